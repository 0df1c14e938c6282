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
from tests.faults import messages
from tests.faults.emptied import forget
from tests.faults.injection import Mode
from tests.faults.model_run import USERS, Faults, ModelRun, one_of
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
#: For what makes a call or two.
EARLY_FAULTS = st.just({}) | st.dictionaries(st.integers(0, 1), MODES, min_size=1, max_size=1)
#: What comes before it is of no consequence.
once_asked = precondition(lambda self: self.run.ledger.ids)
FAILURES: dict[str, type[Exception]] = {"passing": RuntimeError, "unbuildable": UnbuildableSpec}


class Pipeline(RuleBasedStateMachine):
    """Drawn by Hypothesis, step by step."""

    def __init__(self, stage: Platform, tally: Counter[str]) -> None:
        super().__init__()
        self.run = ModelRun(stage, tally)
        tally["examples"] += 1

    # What callers do

    @rule(user=st.sampled_from(USERS), seed=SEEDS, priority=PRIORITIES, reject=st.booleans(),
          faults=FAULTS)  # fmt: skip
    def ask(self, user: str, seed: int, priority: int, reject: bool, faults: Faults) -> None:
        query = {"on_duplicate": "reject"} if reject else {}
        self.run.ask((user, seed), priority, query, faults)

    @once_asked
    @rule(which=WHICH, faults=FAULTS)
    def delete(self, which: int, faults: Faults) -> None:
        run = self.run
        key = run.some_key(which)
        reply = run.call(key[0], "DELETE", f"/{run.ledger.ids[key]}", faults)
        if reply is None:
            run.ledger.settle_deletion(key, run.record(key))
        else:
            run.ledger.deleted(key, reply)

    @once_asked
    @rule(which=WHICH, by=st.sampled_from(["token", "link", "somebody else"]), faults=FAULTS)
    def look(self, which: int, by: str, faults: Faults) -> None:
        run = self.run
        if by == "link" and run.links:
            run.poll(one_of(run.links[::-1], which), faults)
            return
        key = run.some_key(which)
        path = f"/{run.ledger.ids[key]}"
        if by == "somebody else":
            (other,) = set(USERS) - {key[0]}
            run.turned_away(other, path)
        else:
            run.shown(key, run.call(key[0], "GET", path, faults))

    @once_asked
    @rule(user=st.sampled_from(USERS), limit=st.integers(1, 3), faults=FAULTS)
    def page_through(self, user: str, limit: int, faults: Faults) -> None:
        run = self.run
        told = dict(run.ledger.of(user))
        shown, query = [], {"limit": str(limit)}
        while (reply := run.call(user, "GET", "", faults, query=query)) is not None:
            assert reply.status == 200, reply.text
            shown += reply.json["data"]
            if reply.json["next_cursor"] is None:
                assert [view["asset_id"] for view in shown] == list(told)
                break
            query["cursor"] = reply.json["next_cursor"]
        for view in shown:
            run.view(told[view["asset_id"]], view)

    # What the platform does

    @precondition(lambda self: messages.visible_lanes(self.run.now_ms))
    @rule(which=WHICH, faults=FAULTS)
    def work(self, which: int, faults: Faults) -> None:
        lane = one_of(messages.visible_lanes(self.run.now_ms), which)
        self.run.work(lane, faults)

    @precondition(lambda self: messages.visible_lanes(self.run.now_ms))
    @rule(which=WHICH, faults=FAULTS,
          failures=st.lists(st.sampled_from(sorted(FAILURES)), min_size=1, max_size=3))  # fmt: skip
    def work_with_a_failing_engine(
        self, which: int, failures: Sequence[str], faults: Faults
    ) -> None:
        """The first delivery has the faults; what comes back is delivered again at once."""
        run = self.run
        engine, lane = run.stage.engine, one_of(messages.visible_lanes(run.now_ms), which)
        engine.fail_next(*(FAILURES[name]("injected") for name in failures))
        # Refusals that were meant and never met are taken back afterwards.
        run.refused += failures.count("unbuildable")
        for met in (faults, {}, {}):
            run.work(lane, met)
            run.stage.clock.advance(1)
        left = list(engine._failures)
        run.refused -= sum(isinstance(failure, UnbuildableSpec) for failure in left)
        engine._failures.clear()

    @precondition(lambda self: messages.dead_letters() or messages.busy_lanes())
    @rule(which=WHICH, faults=FAULTS)
    def bury(self, which: int, faults: Faults) -> None:
        """Deliver dead letters; where there are none, after what makes some of messages."""
        if not messages.dead_letters():
            messages.give_up(one_of(messages.busy_lanes(), which))
        lane = one_of(messages.dead_letters(), which)
        self.run.bury(lane, faults)

    @precondition(lambda self: self.run.is_anything_due())
    @rule(faults=FAULTS)
    def reconcile(self, faults: Faults) -> None:
        messages.publish_ages(self.run.now_ms)
        self.run.invoke("reconcile", self.run.stage.cloud.reconcile, faults)

    @precondition(lambda self: self.run.stage.cloud.changes.waiting())
    @rule(faults=EARLY_FAULTS)
    def tell_of_changes(self, faults: Faults) -> None:
        self.run.invoke("audit", self.run.stage.cloud.record_changes, faults)

    @once_asked
    @rule(jump=JUMPS)
    def wait(self, jump: int) -> None:
        self.run.stage.clock.advance(jump)
        if jump >= HOUR:
            # No process stays idle for so long, and no message waits for days.
            forget()
            self.run.interfere(partial(messages.expire, self.run.now_ms))

    @precondition(lambda self: messages.busy_lanes())
    @rule(which=WHICH, how=st.sampled_from(["give up", "copy", "lose", "turn round"]))
    def interfere_with_messages(self, which: int, how: str) -> None:
        lane = one_of(messages.busy_lanes(), which)
        acts: dict[str, Callable[[], None]] = {
            "give up": partial(messages.give_up, lane),
            "copy": partial(messages.copy, self.run.stage.cloud, lane),
            "lose": partial(messages.lose, lane),
            "turn round": partial(messages.turn_round, lane),
        }
        self.run.interfere(acts[how])

    @precondition(lambda self: self.run.history.runs)
    @rule(lane=SOME_LANE, which=WHICH, form=st.sampled_from(["old", "stranger's", "nonsense"]))
    def forge(self, lane: str, which: int, form: str) -> None:
        """A message of any run that ever was, with anybody's name, or of no sense at all."""
        item = WorkItem.of(one_of(self.run.history.runs, which))
        if form == "stranger's":
            item = item.model_copy(update={"user_id": identity.user_id("https://nobody", "eve")})
        body = "nobody understands" if form == "nonsense" else item.model_dump_json()
        self.run.interfere(partial(messages.send, self.run.stage.cloud, lane, body))

    @precondition(lambda self: self.run.now_ms >= self.run.rotate_from)
    @once_asked
    @rule()
    def rotate_the_signing_key(self) -> None:
        self.run.rotate_from = self.run.now_ms + HOUR
        done = rotate(self.run.stage)
        self.run.tally["rotations" if done else "rotations refused"] += 1

    # What must hold

    @invariant()
    def nothing_is_lost_or_broken(self) -> None:
        self.run.check()

    def teardown(self) -> None:
        # After a failure there is nothing more to learn.
        if sys.exc_info()[0] is None:
            self.run.come_to_rest()
        self.run.tally.update(self.run.history.seen)
