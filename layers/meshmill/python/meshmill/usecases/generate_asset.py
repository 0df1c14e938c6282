"""Build one asset from its message: claimed under a lease, stored once, completed by its owner."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Self

from pydantic import ValidationError

from meshmill.domain import identity, transitions
from meshmill.domain.asset import Asset, AssetError, ErrorClass, StoredFile
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.lanes import Patience
from meshmill.domain.transitions import Lease
from meshmill.domain.work import UnbuildableSpec, WorkItem
from meshmill.geometry.artefact import ArtefactFile
from meshmill.geometry.spec import AssetSpec
from meshmill.ports import ArtefactStore, AssetStore, Clock, Delivery, Engine, Entropy, Standing
from meshmill.settings import GenerateSettings
from meshmill.usecases.exhaustion import fail_if_exhausted
from meshmill.usecases.retries import retry_seconds

PROVENANCE = "provenance.json"
_logger = logging.getLogger(__name__)


class Verdict(Enum):
    """What the consumer tells the queue."""

    ACKNOWLEDGE = auto()
    RETURN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptPolicy:
    """How long a claim holds, and how attempts follow each other."""

    max_attempts: int
    lease_ms: int
    lease_margin_ms: int
    retry_delay_seconds: int

    @classmethod
    def configured(cls, settings: GenerateSettings) -> Self:
        """As the function's settings say."""
        return cls(
            max_attempts=settings.max_attempts,
            lease_ms=settings.lease_ms,
            lease_margin_ms=settings.lease_margin_ms,
            retry_delay_seconds=settings.retry_delay_seconds,
        )

    def lease(self, owner: str, now: int) -> Lease:
        """A lease from now on, watched once its margin has passed too."""
        until = now + self.lease_ms
        return Lease(owner=owner, until=until, due_at=until + self.lease_margin_ms)

    def retry_seconds(self, attempts: int) -> int:
        """Exponential backoff: the delay doubles with each attempt, up to 15 minutes."""
        return retry_seconds(self.retry_delay_seconds, attempts)


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateAsset:
    """The worker. Never acknowledges what is neither done nor watched by somebody else."""

    assets: AssetStore
    artefacts: ArtefactStore
    engine: Engine
    clock: Clock
    entropy: Entropy
    attempts: AttemptPolicy
    patience: Patience

    def __call__(self, item: WorkItem, delivery: Delivery) -> Verdict:
        """Carry one message as far as it goes.

        Raises:
            DependencyUnavailable: nothing is known to have changed; deliver again.
        """
        owner = identity.ulid(self.clock.now_ms(), self.entropy(10))
        asset = self._claim(item, owner)
        if asset is None:
            return Verdict.ACKNOWLEDGE
        try:
            stored = self._adopt(asset) or self._build(asset)
            self._complete(asset, owner, stored)
        except UnbuildableSpec as error:
            self._refuse(asset, owner, str(error))
        except Exception:
            # Whatever it was (a bug, memory, a store), this attempt is over and the next may
            # succeed; after the last one the asset is failed with a reason.
            _logger.exception("Attempt failed", extra={"context": _context(asset)})
            return self._hand_back(asset, owner, delivery)
        return Verdict.ACKNOWLEDGE

    def _claim(self, item: WorkItem, owner: str) -> Asset | None:
        now = self.clock.now_ms()
        claim = transitions.claim(
            item.run,
            self.attempts.lease(owner, now),
            now=now,
            max_attempts=self.attempts.max_attempts,
        )
        outcome = self.assets.transition(item.asset_id, claim)
        if outcome.applied:
            return outcome.asset
        standing = outcome.asset
        if standing is not None and standing.run == item.run and not standing.status.is_final:
            # Refused by a live lease of somebody else, which is watched, or by spent attempts.
            self._fail_if_exhausted(standing)
        return None

    def _fail_if_exhausted(self, asset: Asset) -> None:
        fail_if_exhausted(
            self.assets,
            asset,
            now=self.clock.now_ms(),
            max_attempts=self.attempts.max_attempts,
        )

    def _adopt(self, asset: Asset) -> _Stored | None:
        """The artefact that an earlier run, another user or a dead worker has left complete."""
        key = self._key(asset, PROVENANCE)
        provenance = self.artefacts.read(key)
        return None if provenance is None else self._stored(asset, provenance)

    def _build(self, asset: Asset) -> _Stored:
        artefact = self.engine.generate(_spec_of(asset))
        *content, provenance = artefact.files
        standing = {
            file.filename: found
            for file in content
            if (found := self.artefacts.put_new(self._key(asset, file.filename), file))
        }
        mark = _with_standing(provenance, standing)
        # Last, as the commit mark: whoever reads it finds every file that it names.
        if self.artefacts.put_new(self._key(asset, PROVENANCE), mark) is not None:
            adopted = self._adopt(asset)
            if adopted is None:
                raise DependencyUnavailable("The artefact was committed and is not to be read")
            return adopted
        return self._stored(asset, mark.data)

    def _stored(self, asset: Asset, provenance: bytes) -> _Stored:
        manifest = json.loads(provenance)
        files = [
            StoredFile(
                name=entry["name"],
                filename=entry["filename"],
                media_type=entry["media_type"],
                size=entry["bytes"],
                sha256=entry["sha256"],
                key=self._key(asset, entry["filename"]),
            )
            for entry in manifest["files"]
        ]
        itself = StoredFile(
            name="provenance",
            filename=PROVENANCE,
            media_type="application/json",
            size=len(provenance),
            sha256=hashlib.sha256(provenance).hexdigest(),
            key=self._key(asset, PROVENANCE),
        )
        return _Stored((*files, itself), manifest["stats"])

    def _complete(self, asset: Asset, owner: str, stored: _Stored) -> None:
        done = transitions.complete(
            asset,
            owner,
            now=self.clock.now_ms(),
            engine_version=self.engine.version,
            stats=stored.stats,
            files=stored.files,
        )
        # Refused when our lease lapsed and another owner has taken over: then it is theirs.
        outcome = self.assets.transition(asset.asset_id, done)
        if outcome.applied:
            _logger.info("Asset completed", extra={"context": _context(asset)})

    def _refuse(self, asset: Asset, owner: str, reason: str) -> None:
        error = AssetError("UNBUILDABLE_SPEC", reason, ErrorClass.INPUT, retryable=False)
        refusal = transitions.refuse(asset, owner, error, now=self.clock.now_ms())
        self.assets.transition(asset.asset_id, refusal)

    def _hand_back(self, asset: Asset, owner: str, delivery: Delivery) -> Verdict:
        """Give up the lease and let the message come back, later each time.

        Where even that fails, the lease lapses and the reconciler sends: nothing is lost.
        """
        now = self.clock.now_ms()
        delay = self.attempts.retry_seconds(asset.attempts)
        due_at = now + delay * 1000 + self.patience[asset.lane]
        released = self.assets.transition(
            asset.asset_id, transitions.release(asset.run, owner, now=now, due_at=due_at)
        )
        if released.applied and released.asset is not None:
            self._fail_if_exhausted(released.asset)
            if released.asset.attempts >= self.attempts.max_attempts:
                return Verdict.ACKNOWLEDGE
        delivery.retry_after(delay)
        return Verdict.RETURN

    def _key(self, asset: Asset, filename: str) -> str:
        return self.artefacts.key(asset.spec_id, self.engine.version, filename)


@dataclass(frozen=True, slots=True)
class _Stored:
    files: tuple[StoredFile, ...]
    stats: dict[str, int]


def _spec_of(asset: Asset) -> AssetSpec:
    """What was asked, under the rules of today's engine.

    Raises:
        UnbuildableSpec: it was accepted by an earlier version, and isn't any more.
    """
    try:
        return AssetSpec.model_validate(asset.canonical_request)
    except ValidationError as error:
        raise UnbuildableSpec(
            f"This version no longer takes the request: {error.error_count()} members don't fit"
        ) from None


def _with_standing(provenance: ArtefactFile, standing: dict[str, Standing]) -> ArtefactFile:
    """Provenance that tells of a file what stands in the store, where another got there first.

    The decoded content is the same everywhere, but its encoding may differ between architectures.
    """
    manifest: dict[str, Any] = json.loads(provenance.data)
    entries = list(_as_standing(manifest["files"], standing))
    if entries == manifest["files"]:
        # Nobody else's files, or the very same: the same spec has the same provenance.
        return provenance
    manifest["files"] = entries
    data = json.dumps(manifest, sort_keys=True, indent=2, ensure_ascii=False).encode() + b"\n"
    return ArtefactFile(provenance.name, provenance.filename, provenance.media_type, data)


def _as_standing(
    entries: list[dict[str, Any]], standing: dict[str, Standing]
) -> Iterator[dict[str, Any]]:
    for entry in entries:
        found = standing.get(entry["filename"])
        yield entry if found is None else entry | {"bytes": found.size, "sha256": found.sha256}


def _context(asset: Asset) -> dict[str, Any]:
    return {
        "asset_id": asset.asset_id,
        "user_id": asset.user_id,
        "run": asset.run,
        "attempt": asset.attempts,
        "trace_id": None if asset.attribution is None else asset.attribution.trace_id,
    }
