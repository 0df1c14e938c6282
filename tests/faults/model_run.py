"""One run of the state machine: an empty cloud, the model beside it, and what must hold."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, TypeVar

from meshmill.domain import identity
from meshmill.domain.asset import Asset
from meshmill.domain.work import WorkItem
from tests.fakes.clock import START_MS
from tests.faults import insides, messages
from tests.faults.audit_model import check_trail
from tests.faults.emptied import forget, rotate_signing_keys
from tests.faults.history import History
from tests.faults.injection import Mode
from tests.faults.ledger import Key, Ledger, Link, View
from tests.faults.platform import Platform
from tests.faults.rotation import rotate
from tests.faults.scenarios import rock
from tests.support import tokens
from tests.support.cloud import Reply

T = TypeVar("T")

USERS = ("ada", "grace")
_PERMISSIONS = ["assets:create", "assets:read", "assets:delete"]
#: Every wait doubles at most to an hour, and there are few attempts.
_LONGEST_RECOVERY_MS = 4 * 60 * 60_000
Faults = Mapping[int, Mode]


class ModelRun:
    """Begins at the same moment each time, so that a failing run fails again.

    ``refused`` counts the specs that the engine has refused for good, ``unreadable`` the messages
    on their way to quarantine.
    """

    def __init__(self, stage: Platform, tally: Counter[str]) -> None:
        self.stage, self.tally = stage, tally
        stage.clock._now_ms = START_MS
        stage.reset()
        rotate_signing_keys(stage.cloud, "current-key", "")
        self.ledger, self.history = Ledger(), History(stage.cloud.changes)
        self.links: list[Link] = []
        self.asked = self.refused = self.unreadable = 0
        self.rotate_from = 0
        self._objects: dict[str, bytes] = {}

    @property
    def now_ms(self) -> int:
        return self.stage.clock.now_ms()

    def invoke(self, function: str, act: Callable[[], T], faults: Faults) -> T | None:
        """One invocation under faults, by number of the call; None when it was cut short."""
        self.stage.aws.arm(faults)
        result = self.stage.attempt(function, act)
        self.tally["faults"] += len(self.stage.aws.struck)
        self.tally[f"{function} invoked"] += 1
        self.stage.aws.arm({})
        return result

    def work(self, lane: str, faults: Faults) -> None:
        """Deliver messages of a lane."""
        self._consume("generate", lane, partial(self.stage.cloud.work, lane), faults)

    def bury(self, lane: str, faults: Faults) -> None:
        """Deliver dead letters of a lane."""
        self._consume("dead_letter", f"{lane}-dead", partial(self.stage.cloud.bury, lane), faults)

    def _consume(self, function: str, name: str, act: Callable[[], int], faults: Faults) -> None:
        """A queue's messages are handed to its function; an error is no acknowledgement."""
        delivered, written = messages.contents(name), len(self.history.written)
        self.invoke(function, act, faults)
        self.history.check_news(self.now_ms)
        touched = {asset.run for asset in self.history.written[written:]}
        assert touched <= {item.run for item in delivered.values() if item}, "not its message"
        left = {identifier for queue in insides.queues() for identifier in messages.contents(queue)}
        records = {asset.asset_id: asset for asset in self.stage.assets()}
        for identifier in delivered.keys() - left:
            item = delivered[identifier]
            asset = records.get(item.asset_id) if item else None
            if item and asset and asset.run == item.run and not asset.status.is_final:
                self._check_watched(function, asset)

    def _check_watched(self, function: str, asset: Asset) -> None:
        """Its message is gone, and it is not at its end."""
        held_until = max(self.now_ms, asset.lease_until or 0)
        if function == "generate":
            assert held_until > self.now_ms, f"acknowledged, and nobody has it: {asset}"
        else:
            assert asset.due_at is not None
            assert asset.due_at <= held_until, f"buried, and not due: {asset}"

    def answer(self, function: str, ask: Callable[[], Reply], faults: Faults) -> Reply | None:
        """What the caller is told; None when it can't tell whether anything happened."""
        reply = self.invoke(function, ask, faults)
        if reply is None or reply.status < 500:
            return reply
        assert faults, f"no reason for {reply.text}"
        assert (reply.status, reply.code) == (503, "SERVICE_UNAVAILABLE"), reply.text
        assert "retry-after" in reply.headers
        return None

    def call(
        self,
        user: str,
        method: str,
        path: str,
        faults: Faults,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Reply | None:
        """A user's request for something under ``/api/v1/assets``."""
        ask = partial(
            self.stage.cloud.request,
            method,
            f"/api/v1/assets{path}",
            body,
            query=query or {},
            bearer=_bearer(user),
        )
        return self.answer("api", ask, faults)

    def ask(self, key: Key, priority: int, query: Mapping[str, str], faults: Faults) -> None:
        """A request for an asset; labels tell which request was the first."""
        user, seed = key
        labels = {"nth": str(self.asked)}
        self.asked += 1
        body = rock(seed, priority=priority, labels=labels)
        reply = self.call(user, "POST", "", faults, body=body, query=query)
        if reply is None:
            self.ledger.settle(key, self.record(key), labels)
        elif reply.status == 409:
            assert query, reply.text
            self.ledger.refused_as_duplicate(key, reply)
        else:
            self.ledger.asked(key, reply, labels)
            self.keep_link(key, reply.json)

    def some_key(self, which: int) -> Key:
        """Something that was asked for, the latest first; it may have been deleted since."""
        return one_of(list(self.ledger.ids)[::-1], which)

    def record(self, key: Key) -> Asset | None:
        """What stands of a request."""
        user = identity.user_id(tokens.ISSUER, key[0])
        mine = [one for one in self.stage.assets() if one.user_id == user]
        found = [one for one in mine if one.canonical_request["parameters"]["seed"] == key[1]]
        return found[0] if found else None

    def shown(self, key: Key, reply: Reply | None) -> None:
        """The asset was asked to be shown."""
        if reply is None:
            return
        if key not in self.ledger.told:
            assert (reply.status, reply.code) == (404, "NOT_FOUND"), reply.text
            return
        assert reply.status == 200, reply.text
        self.view(key, reply.json)

    def poll(self, link: Link, faults: Faults) -> None:
        """A link shows what stands, until it expires; a rotation takes none away."""
        reply = self.answer("status", partial(self.stage.cloud.poll, link.url), faults)
        if self.now_ms < link.expires_ms:
            self.shown(link.key, reply)
        elif reply is not None:
            # Past its key's time too, it is no longer known for one of ours.
            assert reply.code in {"LINK_EXPIRED", "INVALID_SIGNATURE"}, reply.text

    def turned_away(self, user: str, path: str) -> None:
        """Nothing tells somebody else's asset from one that does not exist."""
        for method in ("GET", "DELETE"):
            theirs = self.call(user, method, path, {})
            nobodys = self.call(user, method, f"/{uuid.UUID(int=0)}", {})
            assert theirs is not None
            assert nobodys is not None
            assert (theirs.status, theirs.text) == (404, nobodys.text)

    def view(self, key: Key, view: View) -> None:
        """The asset was shown, with a fresh link or the one that was used."""
        self.ledger.read(key, view)
        self.keep_link(key, view)

    def keep_link(self, key: Key, view: View) -> None:
        link = Link(key, view["status_url"])
        if link not in self.links:
            self.links.append(link)

    def interfere(self, act: Callable[[], None]) -> None:
        """Do something to messages, and keep count of those that nobody understands."""
        before = messages.unreadable()
        act()
        self.unreadable += messages.unreadable() - before

    def is_anything_due(self) -> bool:
        """Whether the reconciler would find something; it finds nothing most of the time."""
        return any((asset.due_at or 0) <= self.now_ms for asset in self.stage.open_assets())

    def check(self) -> None:
        """What must hold after every step."""
        self.history.check_news(self.now_ms)
        assert self.history.refused <= self.refused, "refused, though the engine never said so"
        self.ledger.check_records(self.stage.assets())
        objects = insides.objects("artefacts/")
        changed = [key for key, data in self._objects.items() if objects.get(key) != data]
        assert not changed, "stored bytes have changed"
        self._objects = objects

    def come_to_rest(self) -> None:
        """Without further faults everything ends; what ends badly has a reason, and another go."""
        self.stage.engine._failures.clear()
        self._rest()
        for key, told in list(self.ledger.told.items()):
            if told.status == "failed":
                self.ask(key, 5, {}, {})
        self.check()
        self._repeat_the_past()
        self._rest()
        assert {told.status for told in self.ledger.told.values()} <= {"completed"}
        assert len(insides.objects("quarantine/")) == self.unreadable
        check_trail(self.stage.cloud.changes.everything(), insides.audit_entries())
        rotate(self.stage)
        forget()
        for link in list(self.links):
            self.poll(link, {})

    def _repeat_the_past(self) -> None:
        """Nothing comes of messages of earlier runs."""
        standing = {asset.run for asset in self.stage.assets()}
        for run in self.history.runs:
            if run.run not in standing:
                body = WorkItem.of(run).model_dump_json()
                messages.send(self.stage.cloud, "express", body)
        self.work("express", {})

    def _rest(self) -> None:
        took = self.stage.run_to_rest()
        self.check()
        assert took <= _LONGEST_RECOVERY_MS, f"{took} ms to come to rest"
        assert self.stage.open_assets() == []
        assert list(insides.messages()) == []
        for key, asset_id in self.ledger.ids.items():
            self.shown(key, self.call(key[0], "GET", f"/{asset_id}", {}))


def one_of(choices: Sequence[T], which: int) -> T:
    """The n-th, begun again at the end."""
    return choices[which % len(choices)]


@cache
def _bearer(user: str) -> str:
    return tokens.token(user, exp=4_000_000_000, permissions=_PERMISSIONS)
