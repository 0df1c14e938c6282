"""Split a manifest: planned once, under a lease, and its chunks sent to the ingesters."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from meshmill.domain import batch_transitions, identity
from meshmill.domain.batch import Batch, BatchError, Phase
from meshmill.domain.chunk_work import ChunkItem
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.manifest.plan import ManifestLimits, ManifestRefused
from meshmill.domain.manifest.planning import plan_manifest
from meshmill.domain.upload_events import Upload
from meshmill.ports import Clock, Delivery, Entropy
from meshmill.ports.batches import BatchQueue, ManifestLost, Manifests, OngoingBatches
from meshmill.settings import SplitSettings
from meshmill.usecases.batches.admit_upload import AdmitUpload, UploadIgnored
from meshmill.usecases.batches.giving_up import LOST, spent
from meshmill.usecases.consume import Returned
from meshmill.usecases.retries import retry_seconds

_MS_PER_SECOND = 1000
_logger = logging.getLogger(__name__)


class Splitting(StrEnum):
    """What became of an upload; each is counted."""

    SPLIT = "manifests_split"
    REFUSED = "manifests_refused"
    FAILED = "manifests_failed"
    IGNORED = "uploads_ignored"
    MOVED_ON = "uploads_moved_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPolicy:
    """How long a splitter holds a batch, how often it is tried, and when it is looked after."""

    lease_ms: int
    margin_ms: int
    max_attempts: int
    retry_seconds: int
    watch_ms: int

    @classmethod
    def configured(cls, settings: SplitSettings) -> Self:
        """As the function's settings say."""
        return cls(
            lease_ms=settings.split_lease_ms,
            margin_ms=settings.split_margin_ms,
            max_attempts=settings.split_max_attempts,
            retry_seconds=settings.split_retry_seconds,
            watch_ms=settings.batch_watch_ms,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitManifest:
    """Goes on from what is recorded, whoever died on the way.

    The plan is recorded once; messages may be sent more than once.
    """

    admit: AdmitUpload
    batches: OngoingBatches
    manifests: Manifests
    queue: BatchQueue
    clock: Clock
    entropy: Entropy
    policy: SplitPolicy
    limits: ManifestLimits = field(default_factory=ManifestLimits)

    def __call__(self, upload: Upload, delivery: Delivery) -> Splitting:
        """Carry one upload as far as it goes.

        Raises:
            Returned: not done; deliver again.
            DependencyUnavailable: likewise.
        """
        try:
            batch = self.admit(upload)
        except UploadIgnored as reason:
            _logger.warning("Upload ignored", extra={"context": {"upload": str(reason)}})
            return Splitting.IGNORED
        match batch.phase:
            case Phase.AWAITING_UPLOAD | Phase.VALIDATING:
                return self._split(batch, delivery)
            case Phase.INGESTING if batch.dispatched_at is None:
                return self._dispatch(batch)
        return Splitting.MOVED_ON

    def _split(self, batch: Batch, delivery: Delivery) -> Splitting:
        now = self.clock.now_ms()
        if batch.owner is not None and (batch.lease_until or 0) > now:
            # Somebody else splits it, and should he die, the batch is due.
            return Splitting.MOVED_ON
        if batch.attempts >= self.policy.max_attempts:
            return self._fail(batch, spent(batch.attempts), Splitting.FAILED)
        # The oldest version counts, whichever was told of: a form is good for several uploads.
        version_id = batch.version_id or self.manifests.first_version(batch.upload_key)
        if version_id is None:
            return Splitting.IGNORED
        taken = self._take(batch, version_id, now)
        if taken is None:
            return Splitting.MOVED_ON
        try:
            return self._carry_on(taken)
        except Exception as error:
            # Whatever it was, this attempt is over and the next may succeed; after the last one
            # the batch is failed with a reason.
            _logger.exception("Manifest not split", extra={"context": _context(taken)})
            self._hand_back(taken, delivery)
            raise Returned("the attempt failed") from error

    def _take(self, batch: Batch, version_id: str, now: int) -> Batch | None:
        take = batch_transitions.take(
            batch,
            identity.ulid(now, self.entropy(10)),
            version_id=version_id,
            now=now,
            lease_ms=self.policy.lease_ms,
            margin_ms=self.policy.margin_ms,
        )
        return self.batches.change(batch, take)

    def _carry_on(self, taken: Batch) -> Splitting:
        try:
            planned = self._plan(taken)
        except ManifestRefused as refusal:
            return self._fail(taken, BatchError(refusal.code, refusal.message), Splitting.REFUSED)
        except ManifestLost:
            return self._fail(taken, LOST, Splitting.FAILED)
        return Splitting.MOVED_ON if planned is None else self._dispatch(planned)

    def _plan(self, taken: Batch) -> Batch | None:
        manifest = self.manifests.open(taken.upload_key, taken.version_id or "")
        if manifest.size > self.limits.max_bytes:
            # Not one byte of it needs to be read to know.
            raise ManifestRefused(
                "MANIFEST_TOO_LARGE", f"The file is over {self.limits.max_bytes} bytes"
            )
        plan = plan_manifest(manifest.blocks, self.limits)
        recorded = batch_transitions.plan(
            taken,
            plan,
            size=manifest.size,
            now=self.clock.now_ms(),
            wait_ms=self.policy.watch_ms,
        )
        return self.batches.record_plan(taken, recorded, plan)

    def _dispatch(self, batch: Batch) -> Splitting:
        self.queue.send(
            [
                ChunkItem(batch_id=batch.batch_id, user_id=batch.user_id, chunk=number)
                for number in range(batch.chunks or 0)
            ]
        )
        # Refused where an ingester was faster than we: then nobody needs to be told.
        self.batches.change(batch, batch_transitions.dispatched(batch, now=self.clock.now_ms()))
        context = _context(batch) | {"lines": batch.lines, "chunks": batch.chunks}
        _logger.info("Manifest split", extra={"context": context})
        return Splitting.SPLIT

    def _fail(self, batch: Batch, error: BatchError, splitting: Splitting) -> Splitting:
        failed = self.batches.change(
            batch, batch_transitions.fail(batch, error, now=self.clock.now_ms())
        )
        if failed is None:
            return Splitting.MOVED_ON
        _logger.warning("Batch failed", extra={"context": _context(batch) | {"code": error.code}})
        return splitting

    def _hand_back(self, taken: Batch, delivery: Delivery) -> None:
        """Give up the lease and let the message come back, later each time.

        Where even that fails, the message comes back when the lease has lapsed.
        """
        now = self.clock.now_ms()
        delay = retry_seconds(self.policy.retry_seconds, taken.attempts)
        due_at = now + delay * _MS_PER_SECOND + self.policy.margin_ms
        try:
            self.batches.change(taken, batch_transitions.hand_back(taken, now=now, due_at=due_at))
        except DependencyUnavailable:
            _logger.warning("Lease kept", extra={"context": _context(taken)}, exc_info=True)
            delay = max(delay, -(-self.policy.lease_ms // _MS_PER_SECOND))
        delivery.retry_after(delay)


def _context(batch: Batch) -> dict[str, Any]:
    return {"batch_id": batch.batch_id, "user_id": batch.user_id, "attempt": batch.attempts}
