"""The model: what each user has been told, and so what the next answer may be.

It knows nothing of runs, leases or queues. An answer that never came leaves two possibilities;
the record that stands afterwards decides, and must be one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from meshmill.domain.asset import Asset
from meshmill.domain.times import iso
from tests.faults.history import MAX_ATTEMPTS
from tests.support.cloud import Reply

#: A user, and the seed of the request: what an asset's id follows from.
Key = tuple[str, int]
View = Mapping[str, Any]

_OPEN = frozenset({"pending", "processing"})
_REACHABLE = {
    "pending": _OPEN | {"completed", "failed"},
    "processing": _OPEN | {"completed", "failed"},
    "completed": frozenset({"completed"}),
    "failed": frozenset({"failed"}),
}
_CHANGING = ("url", "expires_at")


@dataclass(frozen=True)
class Link:
    """A status link that was given away."""

    key: Key
    url: str

    @property
    def expires_ms(self) -> int:
        return int(parse_qs(urlsplit(self.url).query)["expires"][0]) * 1000


@dataclass
class Told:
    """What the owner of an asset was told of it last; ``files`` without their passing links."""

    asset_id: str
    created_at: str
    labels: Mapping[str, str]
    status: str
    files: list[View] | None = None


@dataclass
class Ledger:
    """The assets that stand, as far as their owners know."""

    told: dict[Key, Told] = field(default_factory=dict)
    ids: dict[Key, str] = field(default_factory=dict)

    def asked(self, key: Key, reply: Reply, labels: Mapping[str, str]) -> None:
        """A request for an asset was answered with success."""
        view = reply.json
        if reply.status == 202:
            assert (view["deduplicated"], view["status"]) == (False, "pending")
            self._queued(key, view, labels)
        else:
            assert (reply.status, view["deduplicated"]) == (200, True), reply.text
            assert key in self.told, "a repetition of nothing"
            assert view["status"] != "failed", "what has failed may be asked for again"
        self.read(key, view)

    def refused_as_duplicate(self, key: Key, reply: Reply) -> None:
        """A request that wanted to be the first was turned away."""
        assert reply.code == "DUPLICATE_REQUEST", reply.text
        assert key in self.told, "a repetition of nothing"
        assert reply.json["error"]["details"]["asset_id"] == self.told[key].asset_id
        assert self.told[key].status != "failed", "what has failed may be asked for again"

    def read(self, key: Key, view: View) -> None:
        """The owner, or who holds the link, was shown the asset."""
        last = self.told[key]
        assert view["asset_id"] == last.asset_id
        assert view["created_at"] == last.created_at
        assert view["labels"] == last.labels, "the first request's labels stand"
        assert view["status"] in _REACHABLE[last.status], f"{last.status}, then {view['status']}"
        assert view["attempts"] <= MAX_ATTEMPTS
        assert ("error" in view) is (view["status"] == "failed")
        files = _lasting(view)
        if last.files is not None:
            assert files == last.files, "a completed asset has other files"
        last.status, last.files = view["status"], files

    def deleted(self, key: Key, reply: Reply) -> None:
        """A deletion was answered."""
        match reply.status:
            case 204:
                assert self.told.pop(key, None) is not None, "nothing was deleted"
            case 404:
                assert key not in self.told, "gone by itself"
            case _:
                assert (reply.status, reply.code) == (409, "INVALID_STATE"), reply.text
                assert "processing" in _REACHABLE[self.told[key].status]

    def settle(self, key: Key, standing: Asset | None, labels: Mapping[str, str]) -> None:
        """A request was not answered: it took effect or it did not."""
        last = self.told.get(key)
        if standing is None:
            assert last is None, "gone by itself"
        elif last is None:
            self.told[key] = Told(
                standing.asset_id, iso(standing.created_at), labels, standing.status
            )
            self._known(key, standing.asset_id)
        elif last.status == "failed" != standing.status:
            last.status = standing.status

    def settle_deletion(self, key: Key, standing: Asset | None) -> None:
        """A deletion was not answered: it took effect or it did not."""
        if standing is None:
            self.told.pop(key, None)

    def check_records(self, records: list[Asset]) -> None:
        """What stands is what was told of, and nothing else."""
        assert {one.asset_id for one in records} == {one.asset_id for one in self.told.values()}

    def of(self, user: str) -> list[tuple[str, Key]]:
        """Ids of what stands of a user's, newest first and equals by id, each with its key."""
        mine = [(told, key) for key, told in self.told.items() if key[0] == user]
        mine.sort(key=lambda one: (one[0].created_at, one[0].asset_id), reverse=True)
        return [(told.asset_id, key) for told, key in mine]

    def _queued(self, key: Key, view: View, labels: Mapping[str, str]) -> None:
        last = self.told.get(key)
        if last is None:
            told = Told(view["asset_id"], view["created_at"], labels, "pending")
            self.told[key] = told
            self._known(key, told.asset_id)
        else:
            assert last.status != "completed", "queued again, though completed"
            last.status = "pending"

    def _known(self, key: Key, asset_id: str) -> None:
        assert self.ids.setdefault(key, asset_id) == asset_id, "the same request, another id"
        assert len(set(self.ids.values())) == len(self.ids), "two requests share an id"


def _lasting(view: View) -> list[View] | None:
    if view["status"] != "completed":
        return None
    return [
        {name: value for name, value in file.items() if name not in _CHANGING}
        for file in view["files"]
    ]
