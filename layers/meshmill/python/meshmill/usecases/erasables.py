"""The kinds of things that an erasure finds and deletes, each told by a text of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from meshmill.domain import identity, transitions
from meshmill.domain.account_job import AccountJob
from meshmill.domain.asset import Asset
from meshmill.domain.audit import Action, entry_of
from meshmill.domain.batch import Batch, BatchError, Phase
from meshmill.domain.batch_transitions import fail
from meshmill.ports import ApiKeyStore, AssetStore, Clock
from meshmill.ports.accounts import AssetErasure, Fences, UserFiles
from meshmill.ports.batches import BatchStore

_PAGE = 100


@dataclass(frozen=True, slots=True)
class Findings:
    """What may be deleted now, and ``position`` to look on from; None at the end.

    ``held_until`` is when the first of what can't be deleted yet may be.
    """

    targets: tuple[str, ...] = ()
    position: str | None = None
    held_until: int | None = None


class Erasable(Protocol):
    """One kind of thing that a user has."""

    def find(self, user_id: str, position: str | None, /) -> Findings:
        """A page of what there is after a position."""
        ...

    def erase(self, job: AccountJob, targets: Sequence[str], /) -> int:
        """Delete what was found, once more if need be; how many of it are gone."""
        ...


@dataclass(frozen=True, slots=True)
class ErasableAssets:
    """Records of assets, ``{asset_id}#{run}``: one asked for anew is another one.

    Their files stay. They hold no personal data, and other users' records share them.
    """

    assets: AssetStore
    erasure: AssetErasure
    clock: Clock

    def find(self, user_id: str, position: str | None) -> Findings:
        """Records as they stand, by a listing that may lag behind them."""
        positions = self.assets.listed(user_id, position, _PAGE)
        if not positions:
            return Findings()
        found = self.assets.get_many([place.partition("#")[2] for place in positions])
        now = self.clock.now_ms()
        held = [asset for asset in found.values() if _is_held(asset, now)]
        free = [asset for asset in found.values() if not _is_held(asset, now)]
        return Findings(
            targets=tuple(f"{asset.asset_id}#{asset.run}" for asset in free),
            position=positions[-1],
            held_until=min((asset.lease_until or now for asset in held), default=None),
        )

    def erase(self, _job: AccountJob, targets: Sequence[str]) -> int:
        """Delete each unless a worker has taken it meanwhile."""
        standing = 0
        for target in targets:
            asset_id, _, run = target.partition("#")
            standing += self.erasure.erase(asset_id, run, self.clock.now_ms()) is not None
        return len(targets) - standing


@dataclass(frozen=True, slots=True)
class ErasableBatches:
    """Batches with all that is counted of them; their files are found by themselves."""

    batches: BatchStore
    clock: Clock

    def find(self, user_id: str, position: str | None) -> Findings:
        """Batches by a listing that may lag behind them."""
        positions = self.batches.listed(user_id, position, _PAGE)
        if not positions:
            return Findings()
        return Findings(tuple(place.partition("#")[2] for place in positions), positions[-1])

    def erase(self, _job: AccountJob, targets: Sequence[str]) -> int:
        """Cancel each, so that nobody begins with a part of it any more, and delete it."""
        return sum(self._erased(batch_id) for batch_id in targets)

    def _erased(self, batch_id: str) -> bool:
        batch = self.batches.get(batch_id)
        if batch is not None and self._cancelled(batch) is None:
            # Somebody has moved it on just now; a later pass will find it.
            return False
        self.batches.erase(batch_id)
        return True

    def _cancelled(self, batch: Batch) -> Batch | None:
        if batch.phase in {Phase.REPORTED, Phase.FAILED}:
            return batch
        error = BatchError("CANCELLED", "The account is being erased")
        return self.batches.change(batch, fail(batch, error, now=self.clock.now_ms()))


@dataclass(frozen=True, slots=True)
class ErasableKeys:
    """API keys, by their ids. The table is scanned: it is small, and erasures are rare."""

    keys: ApiKeyStore
    fences: Fences
    clock: Clock

    def find(self, user_id: str, _position: str | None) -> Findings:
        """All at once: nobody has more than a few."""
        ids = sorted(key.key_id for key in self.keys.every() if key.user_id == user_id)
        return Findings(tuple(ids))

    def erase(self, job: AccountJob, targets: Sequence[str]) -> int:
        """Fence each and delete it: processes remember a key for a while after it is gone."""
        for key_id in targets:
            self.fences.put(identity.key_bucket(key_id))
            entry = entry_of(
                job.attribution,
                Action.API_KEY_REVOKED,
                subject=job.user_id,
                target=f"api_key:{key_id}",
                at=self.clock.now_ms(),
                entry_id=f"{job.job_id}#{key_id}",
            )
            self.keys.delete(key_id, entry)
        return len(targets)


@dataclass(frozen=True, slots=True)
class ErasableFiles:
    """Versions of stored files. What is deleted is not found again, so each page is the first."""

    files: UserFiles

    def find(self, user_id: str, _position: str | None) -> Findings:
        """Some versions; the first page again for as long as there are any."""
        return Findings(tuple(self.files.found(user_id, _PAGE)))

    def erase(self, _job: AccountJob, targets: Sequence[str]) -> int:
        """Delete all of them."""
        self.files.erase(targets)
        return len(targets)


def _is_held(asset: Asset, now: int) -> bool:
    return not transitions.idle(asset.run, now=now).holds(asset.attributes())
