"""Killed at every call in turn, a batch ends as if nothing had happened."""

from __future__ import annotations

import dataclasses
import itertools
import random
from collections.abc import Callable

import pytest

from meshmill.domain.batch import Counts
from meshmill.domain.batch_request import BatchRequest
from meshmill.domain.errors import DependencyUnavailable
from tests.fakes.manifests import announcement
from tests.unit.usecases.batches.fates import Killed
from tests.unit.usecases.batches.world import BatchWorld, line, lines
from tests.unit.usecases.world import ADA, ASKED

_FILES = ("results.jsonl", "errors.jsonl", "results.csv", "errors.csv")
# Equal lines stand in one chunk: of those in two whichever comes first is accepted.
_MANIFEST = (
    lines(range(4)) + line(3) + b"nonsense\n\n" + line(90) + lines(range(4, 12)) + b'{"format":"x"}'
)
_Ending = Callable[[], BaseException]
_ENDINGS: list[_Ending] = [Killed, lambda: DependencyUnavailable("injected")]


def _begun() -> BatchWorld:
    """A manifest of three chunks, in two or more stretches each, that meets older assets."""
    world = BatchWorld(chunk_lines=6, stretch_lines=3)
    world.submit(90, priority=2)
    world.build_all()
    world.drop("shelf/rocks.jsonl", _MANIFEST)
    return world


def _end(world: BatchWorld) -> tuple[Counts, dict[str, bytes]]:
    """What the batch counts in the end, but for when, and its files."""
    world.run_to_rest()
    (batch,) = world.batches.all()
    counts = dataclasses.replace(world.counts(batch.batch_id), updated_at=0)
    return counts, {name: world.file(batch.batch_id, name) for name in _FILES}


@pytest.fixture(scope="module")
def undisturbed() -> tuple[Counts, dict[str, bytes], int]:
    world = _begun()
    counts, files = _end(world)
    assert (counts.accepted, counts.duplicate, counts.rejected) == (12, 2, 2)
    return counts, files, len(world.fate.calls)


def _left_behind() -> tuple[BatchWorld, str]:
    """A file of a batch that was deleted, and its key."""
    world = BatchWorld()
    request = BatchRequest(filename="rocks.jsonl", size=100, content_type="application/jsonl")
    batch = world.issue_batch(ADA, request, "key-1", ASKED).state.batch
    world.batches.erase(batch.batch_id)
    version_id = world.manifests.put(batch.upload_key, lines([1]))
    world.upload_queue.put(announcement(batch.upload_key, version_id))
    return world, batch.upload_key


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("ending", _ENDINGS, ids=["death", "failure"])
def test_a_file_of_a_deleted_batch_is_deleted_whoever_ends_on_the_way(
    ending: _Ending, after: bool
) -> None:
    undisturbed, _ = _left_behind()
    undisturbed.run_to_rest()
    for call in range(len(undisturbed.fate.calls)):
        world, key = _left_behind()
        world.fate.choose(call, ending(), after=after)
        world.run_to_rest()
        assert world.manifests.first_version(key) is None, world.fate.calls[call]
        assert not world.batches.all()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("ending", _ENDINGS, ids=["death", "failure"])
def test_one_end_at_any_call_changes_nothing(
    undisturbed: tuple[Counts, dict[str, bytes], int], ending: _Ending, after: bool
) -> None:
    counts, files, calls = undisturbed
    for call in range(calls):
        world = _begun()
        world.fate.choose(call, ending(), after=after)
        assert _end(world) == (counts, files), f"call {call}: {world.fate.calls[call]}"


def test_two_deaths_at_any_calls_change_nothing(
    undisturbed: tuple[Counts, dict[str, bytes], int],
) -> None:
    counts, files, calls = undisturbed
    chances = random.Random(5)
    pairs = list(itertools.combinations(range(calls), 2))
    for pair in chances.sample(pairs, 150):
        world = _begun()
        for call in pair:
            world.fate.choose(call, Killed(), after=chances.random() < 0.5)
        assert _end(world) == (counts, files), pair
