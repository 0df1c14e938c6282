"""Find the batch that an upload belongs to; a file put into the bucket by itself gets one."""

from __future__ import annotations

from dataclasses import dataclass

from meshmill.domain import identity
from meshmill.domain.audit import Action
from meshmill.domain.batch import Batch, Phase, Source
from meshmill.domain.upload_address import UploadAddress, address_of
from meshmill.domain.upload_events import Upload
from meshmill.ports import Clock
from meshmill.ports.batches import BatchStore, LineBudget, Manifests
from meshmill.usecases.batches.audit import batch_entry


class UploadIgnored(Exception):
    """Nothing is done about an upload; the message says why, without the key: that is private."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitUpload:
    """The tenant comes from the key, and never from the file.

    A batch made here is looked after when nothing was heard of it for ``watch_ms``.
    """

    batches: BatchStore
    manifests: Manifests
    budget: LineBudget
    clock: Clock
    watch_ms: int

    def __call__(self, upload: Upload) -> Batch:
        """The batch.

        Raises:
            UploadIgnored: it is no user's, its batch was deleted, or its user is being erased.
            DependencyUnavailable: the batch may have been made or not; a file of a batch that was
                deleted may stand still.
        """
        address = address_of(upload.key)
        if address is None:
            raise UploadIgnored("of no user")
        # Before anything is written: an erasure counts on it that nothing new comes.
        if self.budget.draw(address.user_id, 1).fenced:
            raise UploadIgnored("of a user who is being erased")
        if address.batch_id is None:
            return self._dropped(upload, address)
        batch = self.batches.get(address.batch_id)
        if batch is None:
            # A form outlives the batch that it was issued for, which was deleted or erased: nothing
            # of it must be left behind.
            self.manifests.remove(upload.key, upload.version_id)
            raise UploadIgnored("of no batch")
        if batch.upload_key != upload.key:
            raise UploadIgnored("of another batch")
        return batch

    def _dropped(self, upload: Upload, address: UploadAddress) -> Batch:
        batch_id = identity.dropped_batch_id(upload.bucket, upload.key, upload.version_id)
        standing = self.batches.get(batch_id)
        if standing is not None:
            return standing
        # What was told of long ago may be gone, and its user erased: no trace must come back, even
        # where the same person started anew and another version of the key stands.
        if not self.manifests.exists(upload.key, upload.version_id):
            raise UploadIgnored("gone")
        now = self.clock.now_ms()
        new = Batch(
            batch_id=batch_id,
            user_id=address.user_id,
            source=Source.DROPPED,
            phase=Phase.VALIDATING,
            filename=address.filename,
            upload_key=upload.key,
            version_id=upload.version_id,
            created_at=now,
            updated_at=now,
            attribution=upload.attribution,
            due_at=now + self.watch_ms,
        )
        entry = batch_entry(upload.attribution, Action.BATCH_CREATED, new, at=now)
        return self.batches.create(new, entry) or new
