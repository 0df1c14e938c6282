"""Two actors on one manifest at once: the second one acts at each call of the first one, in turn.

A normal run takes every twelfth call of each pair; ``MESHMILL_NIGHTLY=1`` takes all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.faults import insides, messages
from tests.faults.actors import Actor, in_another_process
from tests.faults.batch_actors import (
    LEASE_MS,
    MARGIN_MS,
    STANDS_FAILED,
    WATCH_MS,
    At,
    ask,
    batch_id,
    drop,
    ingest,
    ingest_all,
    issue,
    line,
    lines,
    reconcile,
    request_redrive,
    set_up,
    split,
    upload,
)
from tests.faults.batch_beginnings import (
    bury_the_chunks,
    have_a_failed_asset,
    have_every_line_counted,
    have_failures,
    lose_one_chunk,
)
from tests.faults.batch_oracle import outcome
from tests.faults.depth import thinned
from tests.faults.injection import representatives
from tests.faults.platform import Platform, platform
from tests.faults.scenarios import rock
from tests.faults.shards import one_shard_each
from tests.support.cloud_settings import BATCH_QUEUE, UPLOAD_QUEUE

_STRIDE = 12
_VISIBILITY_MS = 30_000


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with (
        pytest.MonkeyPatch.context() as patch,
        platform(tmp_path_factory.mktemp("cloud")) as running,
    ):
        one_shard_each(patch)
        set_up(patch)
        yield running


@dataclass(frozen=True, slots=True)
class Pair:
    """``first`` is interrupted by ``second``; the end is ``same`` as without it, or just sound."""

    prepare: Actor
    first: Actor
    second: Actor
    same: bool = True


def have_a_chunk_twice(stage: Platform) -> None:
    """One chunk of two stretches, which meets an older asset; its message is there twice."""
    have_a_failed_asset(stage)
    drop(stage, line(0) + line(STANDS_FAILED) + line(0))
    split(stage)
    messages.copy(stage.cloud, BATCH_QUEUE)


def have_an_upload_twice(stage: Platform) -> None:
    drop(stage, lines(range(4)))
    stage.cloud.announce_uploads()
    messages.copy(stage.cloud, UPLOAD_QUEUE)


def have_two_batches_of_the_same(stage: Platform) -> None:
    """Of one chunk each, in the other's order."""
    drop(stage, lines(range(3)), "first.jsonl")
    drop(stage, lines(reversed(range(3))), "second.jsonl")
    split(stage)
    split(stage)


def have_an_issued_upload(stage: Platform) -> None:
    upload(stage, issue(stage))
    stage.cloud.announce_uploads()


def have_a_redrive(stage: Platform) -> None:
    have_failures(stage)
    request_redrive(stage)
    messages.copy(stage.cloud, BATCH_QUEUE)


def have_dead_chunks(stage: Platform) -> None:
    bury_the_chunks(stage)
    stage.clock.advance(WATCH_MS)


def have_a_finish_twice(stage: Platform) -> None:
    have_every_line_counted(stage)
    reconcile(stage)
    messages.copy(stage.cloud, BATCH_QUEUE)


def have_a_batch_to_build(stage: Platform) -> None:
    drop(stage, lines(range(2)))
    ingest_all(stage)


def outlive_the_lease_and_ingest(stage: Platform) -> None:
    stage.clock.advance(LEASE_MS + 1)
    ingest(stage)


def outlive_the_lease_and_split(stage: Platform) -> None:
    stage.clock.advance(LEASE_MS + 1)
    split(stage)


def outlive_the_lease_and_begin_to_ingest(stage: Platform) -> None:
    """Whoever takes over is done, and so is a chunk or two."""
    outlive_the_lease_and_split(stage)
    ingest(stage)
    ingest(stage)


def outlive_the_watch_and_reconcile(stage: Platform) -> None:
    stage.clock.advance(LEASE_MS + MARGIN_MS + WATCH_MS)
    reconcile(stage)
    ingest(stage)


def wait_for_redelivery_and_ingest(stage: Platform) -> None:
    stage.clock.advance(_VISIBILITY_MS + 1)
    ingest(stage)


def work(stage: Platform) -> None:
    for lane in ("express", "standard"):
        stage.attempt("generate", lambda: stage.cloud.work(lane))  # noqa: B023 - called at once


def delete_assets(stage: Platform) -> None:
    """Whatever stands, if it may be; of a line that is not counted it may not."""
    for asset in stage.assets():
        assert stage.delete(asset.asset_id).status in {204, 404, 409}


def delete_batch(stage: Platform) -> None:
    for state in insides.batches():
        reply = ask(stage, "DELETE", f"/api/v1/batches/{state.batch.batch_id}")
        assert reply.status in {204, 404, 409}, reply.text


def bury(stage: Platform) -> None:
    stage.attempt("dead_letter", lambda: stage.cloud.bury(BATCH_QUEUE))


def redrive(stage: Platform) -> None:
    reply = request_redrive(stage)
    assert reply.status == 202, reply.text
    assert reply.json["batch_id"] == batch_id(stage)


PAIRS = {
    "two ingesters of one chunk": Pair(have_a_chunk_twice, ingest, ingest),
    "an ingester takes over a lapsed lease": Pair(
        have_a_chunk_twice, ingest, outlive_the_lease_and_ingest
    ),
    "the reconciler sends a chunk that is ingested": Pair(
        have_a_chunk_twice, ingest, outlive_the_watch_and_reconcile
    ),
    "assets built while their lines are ingested": Pair(have_a_chunk_twice, ingest, work),
    "two splitters of one upload": Pair(have_an_upload_twice, split, split),
    "a splitter takes over a lapsed lease": Pair(
        have_an_upload_twice, split, outlive_the_lease_and_split
    ),
    "a splitter overtaken by ingesters": Pair(
        have_an_upload_twice, split, outlive_the_lease_and_begin_to_ingest
    ),
    "ingested before the splitter is done": Pair(have_an_upload_twice, split, ingest),
    "a chunk lost while the reconciler is at it": Pair(lose_one_chunk, reconcile, reconcile),
    "a dead letter while the reconciler sends": Pair(have_dead_chunks, reconcile, bury),
    "the reconciler while a dead letter is settled": Pair(have_dead_chunks, bury, reconcile),
    "two who finish": Pair(have_a_finish_twice, ingest, ingest),
    "deleted while its line is counted": Pair(
        have_a_chunk_twice, ingest, delete_assets, same=False
    ),
    "deleted while it is built": Pair(have_a_batch_to_build, work, delete_assets, same=False),
    "built while it is deleted": Pair(have_a_batch_to_build, delete_assets, work, same=False),
    "a second batch that asks for the same": Pair(
        have_two_batches_of_the_same, ingest, ingest, same=False
    ),
    "a batch deleted while it is split": Pair(
        have_an_issued_upload, split, delete_batch, same=False
    ),
    "a batch split while it is deleted": Pair(
        have_an_issued_upload, delete_batch, split, same=False
    ),
    "twins issue a batch": Pair(lambda stage: None, issue, issue),
    "redriven twice at once": Pair(have_failures, redrive, redrive),
    "two who redrive": Pair(have_a_redrive, ingest, wait_for_redelivery_and_ingest),
    "an asset deleted while it is redriven": Pair(
        have_a_redrive, ingest, delete_assets, same=False
    ),
}


def test_who_lost_a_chunk_does_not_replace_what_is_counted_of_it(stage: Platform) -> None:
    """He met an asset that was deleted since: to him alone the line is a duplicate."""
    stage.reset()
    stage.create(rock())
    stage.run_to_rest()
    drop(stage, lines(range(4)))
    split(stage)

    def overtake(stage: Platform) -> None:
        delete_assets(stage)
        outlive_the_lease_and_ingest(stage)

    stage.aws.arm(At(stage.aws, "PutObject", in_another_process(stage, overtake)))
    ingest(stage)
    assert len(stage.aws.struck) == 1
    settle(stage)
    (state,) = insides.batches()
    assert (state.counts.accepted, state.counts.duplicate) == (4, 0)


def test_who_lost_a_batch_does_not_plan_it_anew_over_what_is_counted(stage: Platform) -> None:
    stage.reset()
    have_an_issued_upload(stage)
    messages.copy(stage.cloud, UPLOAD_QUEUE)
    overtake = in_another_process(stage, outlive_the_lease_and_begin_to_ingest)
    stage.aws.arm(At(stage.aws, "TransactWriteItems", overtake))
    split(stage)
    assert len(stage.aws.struck) == 1
    settle(stage)


def settle(stage: Platform) -> None:
    stage.run_to_rest()
    stage.check_at_rest()


@pytest.mark.parametrize("name", PAIRS)
def test_two_at_once_count_every_line_and_asset_once(stage: Platform, name: str) -> None:
    pair = PAIRS[name]
    stage.reset()
    pair.prepare(stage)
    stage.aws.arm({})
    pair.first(stage)
    numbers = representatives(stage.aws.calls)
    settle(stage)
    expected = outcome()
    assert len(numbers) > 1
    chosen = thinned(numbers, _STRIDE, list(PAIRS).index(name))
    for number in chosen:
        stage.reset()
        pair.prepare(stage)
        stage.aws.arm({number: in_another_process(stage, pair.second)})
        pair.first(stage)
        assert stage.aws.struck == [number]
        settle(stage)
        if pair.same:
            assert outcome() == expected, f"at {number}"
    print(f"{name}: {len(chosen)} of {len(numbers)} schedules")
