"""Three actors at once: at each call of the first, the second acts; at each later call, the third.

A later call is one of the first actor or of the second, so that the three are nested in every way.
Schedules are sampled with a fixed seed; ``MESHMILL_NIGHTLY=1`` tries all of them.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.faults import messages
from tests.faults.actors import (
    LEASE_MS,
    MARGIN_MS,
    Actor,
    ask,
    bury,
    delete,
    in_another_process,
    outlive_the_lease_and_reconcile,
    outlive_the_lease_and_work,
    reconcile,
    work,
)
from tests.faults.depth import IS_NIGHTLY
from tests.faults.injection import representatives
from tests.faults.platform import Platform, platform
from tests.faults.shards import one_shard_each

_SEED = 20_261_122
#: First interruptions of each scenario, and second ones of each of those; None: all.
_FIRST, _SECOND = (None, None) if IS_NIGHTLY else (6, 2)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with (
        pytest.MonkeyPatch.context() as patch,
        platform(tmp_path_factory.mktemp("cloud")) as running,
    ):
        one_shard_each(patch)
        yield running


@dataclass(frozen=True, slots=True)
class Trio:
    """``first`` is interrupted by the two others, in either order."""

    prepare: Actor
    first: Actor
    others: tuple[Actor, Actor]


def nobody(_: Platform) -> None:
    """Nothing happened before."""


def let_the_lease_lapse(stage: Platform) -> None:
    """Time passes, and nothing else happens."""
    stage.clock.advance(LEASE_MS + MARGIN_MS)


def give_up_and_bury(stage: Platform) -> None:
    """The message was received too often, and its dead letter is settled."""
    messages.give_up("standard")
    bury(stage)


TRIOS = {
    "two workers and the reconciler on one message": Trio(
        ask, work, (outlive_the_lease_and_work, outlive_the_lease_and_reconcile)
    ),
    "a twin, a worker and a dead letter": Trio(ask, ask, (work, give_up_and_bury)),
    "a worker, a lapsing lease and another worker": Trio(ask, work, (let_the_lease_lapse, work)),
    "a worker, a lapsing lease and the reconciler": Trio(
        ask, work, (let_the_lease_lapse, reconcile)
    ),
    "twins ask, and it is deleted": Trio(nobody, ask, (delete, ask)),
    "deleted and asked for again while one works": Trio(ask, work, (delete, ask)),
}


#: Who acts, just before which call of all calls so far.
Schedule = list[tuple[int, Actor]]


def play(stage: Platform, trio: Trio, schedule: Schedule) -> None:
    """One schedule, from an empty cloud on."""
    stage.reset()
    trio.prepare(stage)
    stage.aws.arm({number: in_another_process(stage, actor) for number, actor in schedule})
    trio.first(stage)
    assert stage.aws.struck == [number for number, _ in schedule]


def schedules(stage: Platform, trio: Trio) -> Iterator[Schedule]:
    """Depth first: the calls after an interruption are known from playing it."""
    chance = random.Random(_SEED)
    play(stage, trio, [])
    numbers = representatives(stage.aws.calls)
    orders = list(itertools.product(numbers, (trio.others, trio.others[::-1])))
    chance.shuffle(orders)
    for number, (second, third) in orders[:_FIRST]:
        play(stage, trio, [(number, second)])
        later = [call for call in representatives(stage.aws.calls) if call > number]
        chance.shuffle(later)
        for call in later[:_SECOND]:
            yield [(number, second), (call, third)]


@pytest.mark.parametrize("name", TRIOS)
def test_three_actors_at_once_do_no_harm(stage: Platform, name: str) -> None:
    trio, explored = TRIOS[name], 0
    for schedule in schedules(stage, trio):
        play(stage, trio, schedule)
        stage.run_to_rest()
        stage.check_at_rest()
        explored += 1
    print(f"{name}: {explored} schedules")
