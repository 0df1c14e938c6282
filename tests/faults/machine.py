"""The whole pipeline as a state machine: callers, workers, messages, weather and time.

Each step is one invocation, or one thing that the platform does. The model (``ledger.py``) says
which answers are right, and ``history.py`` which writes are.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from meshmill.domain import identity
from meshmill.domain.work import UnbuildableSpec, WorkItem
from tests.faults import passage
from tests.faults.emptied import forget
from tests.faults.example import USERS, Example, Faults, one_of
from tests.faults.injection import Mode
from tests.faults.platform import Platform
from tests.faults.rotation import rotate
from tests.support.cloud import LANES

SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000
DAY = 24 * HOUR

SEEDS, PRIORITIES = st.integers(0, 1), st.sampled_from([5, 1, 9])
WHICH, SOME_LANE = st.integers(0, 9), st.sampled_from(LANES)
JUMPS = st.sampled_from([SECOND, 31 * SECOND, 62 * SECOND, 5 * MINUTE, HOUR, 26 * HOUR, 8 * DAY])
#: As often as each other: a call that fails without effect, or with it, and a process that dies.
MODES = (
    st.sampled_from([Mode.FAILS, Mode.RESET, Mode.THROTTLED])
    | st.sampled_from([Mode.FAILS_AFTER_EFFECT, Mode.ANSWER_LOST])
    | st.sampled_from([Mode.FAILS_AFTER_EFFECT_ONCE, Mode.ANSWER_LOST_ONCE])
    | st.sampled_from([Mode.FAILS_ONCE, Mode.RESET_ONCE, Mode.THROTTLED_ONCE])
    | st.sampled_from([Mode.DIES_BEFORE, Mode.DIES_AFTER])
)
NUMBERS = st.integers(0, 3) | st.integers(4, 11)
#: By number of the call within the invocation; a part of all invocations is left in peace.
FAULTS = st.just({}) | st.dictionaries(NUMBERS, MODES, min_size=1, max_size=2)
#: What comes before it is of no consequence.
once_asked = precondition(lambda self: self.example.ledger.ids)
FAILURES: dict[str, type[Exception]] = {"passing": RuntimeError, "unbuildable": UnbuildableSpec}


class Pipeline(RuleBasedStateMachine):
    """Drawn by Hypothesis, step by step."""

    def __init__(self, stage: Platform, tally: Counter[str]) -> None:
        super().__init__()
        self.example = Example(stage, tally)
        tally["examples"] += 1

    # What callers do

    @rule(user=st.sampled_from(USERS), seed=SEEDS, priority=PRIORITIES, reject=st.booleans(),
          faults=FAULTS)  # fmt: skip
    def ask(self, user: str, seed: int, priority: int, reject: bool, faults: Faults) -> None:
        query = {"on_duplicate": "reject"} if reject else {}
        self.example.ask((user, seed), priority, query, faults)

    @once_asked
    @rule(which=WHICH, faults=FAULTS)
    def delete(self, which: int, faults: Faults) -> None:
        example = self.example
        key = example.some_key(which)
        reply = example.call(key[0], "DELETE", f"/{example.ledger.ids[key]}", faults)
        if reply is None:
            example.ledger.settle_deletion(key, example.record(key))
        else:
            example.ledger.deleted(key, reply)

    @once_asked
    @rule(which=WHICH, by=st.sampled_from(["token", "link", "somebody else"]), faults=FAULTS)
    def look(self, which: int, by: str, faults: Faults) -> None:
        example = self.example
        if by == "link" and example.links:
            example.poll(one_of(example.links[::-1], which), faults)
            return
        key = example.some_key(which)
        path = f"/{example.ledger.ids[key]}"
        if by == "somebody else":
            (other,) = set(USERS) - {key[0]}
            example.turned_away(other, path)
        else:
            example.shown(key, example.call(key[0], "GET", path, faults))

    @once_asked
    @rule(user=st.sampled_from(USERS), limit=st.integers(1, 3), faults=FAULTS)
    def page_through(self, user: str, limit: int, faults: Faults) -> None:
        example = self.example
        told = dict(example.ledger.of(user))
        shown, query = [], {"limit": str(limit)}
        while (reply := example.call(user, "GET", "", faults, query=query)) is not None:
            assert reply.status == 200, reply.text
            shown += reply.json["data"]
            if reply.json["next_cursor"] is None:
                assert [view["asset_id"] for view in shown] == list(told)
                break
            query["cursor"] = reply.json["next_cursor"]
        for view in shown:
            example.view(told[view["asset_id"]], view)

    # What the platform does

    @precondition(lambda self: passage.visible_lanes(self.example.now_ms))
    @rule(which=WHICH, faults=FAULTS)
    def work(self, which: int, faults: Faults) -> None:
        lane = one_of(passage.visible_lanes(self.example.now_ms), which)
        self.example.work(lane, faults)

    @precondition(lambda self: passage.visible_lanes(self.example.now_ms))
    @rule(which=WHICH, faults=FAULTS,
          failures=st.lists(st.sampled_from(sorted(FAILURES)), min_size=1, max_size=3))  # fmt: skip
    def work_with_a_failing_engine(
        self, which: int, failures: Sequence[str], faults: Faults
    ) -> None:
        """The first delivery has the faults; what comes back is delivered again at once."""
        example = self.example
        engine, lane = example.stage.engine, one_of(passage.visible_lanes(example.now_ms), which)
        engine.fail_next(*(FAILURES[name]("injected") for name in failures))
        # Refusals that were meant and never met are taken back afterwards.
        example.refused += failures.count("unbuildable")
        for met in (faults, {}, {}):
            example.work(lane, met)
            example.stage.clock.advance(1)
        left = list(engine._failures)
        example.refused -= sum(isinstance(failure, UnbuildableSpec) for failure in left)
        engine._failures.clear()

    @precondition(lambda self: passage.dead_letters() or passage.busy_lanes())
    @rule(which=WHICH, faults=FAULTS)
    def bury(self, which: int, faults: Faults) -> None:
        """Deliver dead letters; where there are none, after what makes some of messages."""
        if not passage.dead_letters():
            passage.give_up(one_of(passage.busy_lanes(), which))
        lane = one_of(passage.dead_letters(), which)
        self.example.bury(lane, faults)

    @precondition(lambda self: self.example.is_anything_due())
    @rule(faults=FAULTS)
    def reconcile(self, faults: Faults) -> None:
        passage.publish_ages(self.example.now_ms)
        self.example.invoke("reconcile", self.example.stage.cloud.reconcile, faults)

    @precondition(lambda self: self.example.stage.cloud.changes.waiting())
    @rule(faults=FAULTS)
    def tell_of_changes(self, faults: Faults) -> None:
        self.example.invoke("audit", self.example.stage.cloud.record_changes, faults)

    @once_asked
    @rule(jump=JUMPS)
    def wait(self, jump: int) -> None:
        self.example.stage.clock.advance(jump)
        if jump >= HOUR:
            # No process stays idle for so long, and no message waits for days.
            forget()
            self.example.interfere(partial(passage.expire, self.example.now_ms))

    @precondition(lambda self: passage.busy_lanes())
    @rule(which=WHICH, how=st.sampled_from(["give up", "copy", "lose", "turn round"]))
    def interfere_with_messages(self, which: int, how: str) -> None:
        lane = one_of(passage.busy_lanes(), which)
        acts: dict[str, Callable[[], None]] = {
            "give up": partial(passage.give_up, lane),
            "copy": partial(passage.copy, self.example.stage.cloud, lane),
            "lose": partial(passage.lose, lane),
            "turn round": partial(passage.turn_round, lane),
        }
        self.example.interfere(acts[how])

    @precondition(lambda self: self.example.history.runs)
    @rule(lane=SOME_LANE, which=WHICH, form=st.sampled_from(["old", "stranger's", "nonsense"]))
    def forge(self, lane: str, which: int, form: str) -> None:
        """A message of any run that ever was, with anybody's name, or of no sense at all."""
        item = WorkItem.of(one_of(self.example.history.runs, which))
        if form == "stranger's":
            item = item.model_copy(update={"user_id": identity.user_id("https://nobody", "eve")})
        body = "nobody understands" if form == "nonsense" else item.model_dump_json()
        self.example.interfere(partial(passage.send, self.example.stage.cloud, lane, body))

    @precondition(lambda self: self.example.now_ms >= self.example.rotate_from)
    @once_asked
    @rule()
    def rotate_the_signing_key(self) -> None:
        self.example.rotate_from = self.example.now_ms + HOUR
        done = rotate(self.example.stage)
        self.example.tally["rotations" if done else "rotations refused"] += 1

    # What must hold

    @invariant()
    def nothing_is_lost_or_broken(self) -> None:
        self.example.check()

    def teardown(self) -> None:
        # After a failure there is nothing more to learn.
        if sys.exc_info()[0] is None:
            self.example.come_to_rest()
        self.example.tally.update(self.example.history.seen)
