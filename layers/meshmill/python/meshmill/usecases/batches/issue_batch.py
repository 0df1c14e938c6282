"""Issue a batch: a header, and a form that its manifest is uploaded by."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from meshmill.domain import identity
from meshmill.domain.attribution import Attribution
from meshmill.domain.audit import Action
from meshmill.domain.batch import Batch, BatchState, Counts, Phase, Source
from meshmill.domain.batch_request import BatchRequest
from meshmill.domain.errors import DependencyUnavailable, IdempotencyConflict
from meshmill.domain.manifest.plan import ManifestLimits
from meshmill.ports import Clock, Entropy
from meshmill.ports.batches import BatchStore, UploadForm, UploadForms
from meshmill.usecases.batches.audit import batch_entry


@dataclass(frozen=True, slots=True)
class Issued:
    """The batch that stands for the request; ``form`` as long as its manifest may be uploaded."""

    state: BatchState
    form: UploadForm | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueBatch:
    """One put; one read more where the batch stood there before and its upload is over.

    Forms are good until ``upload_seconds`` after the batch was made, and the batch is looked after
    ``watch_ms`` later: an upload that began in time may take a while.
    """

    batches: BatchStore
    forms: UploadForms
    clock: Clock
    entropy: Entropy
    upload_seconds: int
    watch_ms: int

    def __call__(
        self,
        user_id: str,
        request: BatchRequest,
        idempotency_key: str | None,
        attribution: Attribution,
    ) -> Issued:
        """A new batch, or under the same key of the same user the one that stands.

        Raises:
            IdempotencyConflict: the key stands for another request.
            DependencyUnavailable: it may have been made or not; the same key finds it.
        """
        new = self._new(user_id, request, idempotency_key, attribution)
        entry = batch_entry(attribution, Action.BATCH_CREATED, new, at=new.created_at)
        standing = self.batches.create(new, entry) or new
        if standing.fingerprint != new.fingerprint:
            raise IdempotencyConflict(
                "The idempotency key stands for another request", {"batch_id": standing.batch_id}
            )
        if standing.phase is Phase.AWAITING_UPLOAD:
            return Issued(BatchState(standing, Counts()), self._form(standing))
        state = self.batches.state(standing.batch_id)
        if state is None:
            raise DependencyUnavailable("The batch is being deleted; ask again")
        return Issued(state, None)

    def _new(
        self, user_id: str, request: BatchRequest, key: str | None, attribution: Attribution
    ) -> Batch:
        batch_id = self._random_id() if key is None else identity.issued_batch_id(user_id, key)
        now = self.clock.now_ms()
        upload_until = now + self.upload_seconds * 1000
        return Batch(
            batch_id=batch_id,
            user_id=user_id,
            source=Source.ISSUED,
            phase=Phase.AWAITING_UPLOAD,
            filename=request.filename,
            upload_key=_upload_key(user_id, batch_id, now, request),
            created_at=now,
            updated_at=now,
            attribution=attribution,
            content_type=request.content_type,
            size=request.size,
            fingerprint=request.fingerprint,
            upload_until=upload_until,
            due_at=upload_until + self.watch_ms,
            wait_ms=self.watch_ms,
        )

    def _random_id(self) -> str:
        return str(uuid.UUID(bytes=self.entropy(16), version=4))

    def _form(self, batch: Batch) -> UploadForm | None:
        """A form that ends with the time for the upload; none when that is about over."""
        seconds = ((batch.upload_until or 0) - self.clock.now_ms()) // 1000
        if seconds < 1 or batch.content_type is None:
            return None
        most_bytes = ManifestLimits().max_bytes
        return self.forms.form(batch.upload_key, batch.content_type, most_bytes, seconds)


def _upload_key(user_id: str, batch_id: str, now: int, request: BatchRequest) -> str:
    """An address of nobody's choosing.

    With the time in it, since a batch that was deleted may be made again under its id: what was
    uploaded for the one before must not count as the first version of its manifest.
    """
    return f"uploads/{user_id}/.batches/{batch_id}/manifest-{now}{request.suffix}"
