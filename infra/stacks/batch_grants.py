"""What roles may do for batches: beside what each function does without them."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_iam as iam

from infra.constructs import access
from infra.constructs.buckets import BATCHES, ISSUED, PARTS, UPLOADS
from infra.constructs.lanes import Lanes
from infra.constructs.queues import WorkQueue
from infra.stacks.data import BY_DUE, BY_USER, DataStack


@dataclass(frozen=True, kw_only=True)
class BatchGrants:
    """Statements by function."""

    data: DataStack
    lanes: Lanes
    batch: WorkQueue

    def api(self) -> list[iam.PolicyStatement]:
        """Makes, shows, redrives and deletes batches; forms and links are signed."""
        return [
            access.on_table(
                self.data.batches,
                "BatchGetItem",
                # Within the transaction that deletes an asset.
                "ConditionCheckItem",
                "DeleteItem",
                "GetItem",
                "PutItem",
                "Query",
                "UpdateItem",
            ),
            access.on_index(self.data.batches, BY_USER, "Query"),
            access.on_queues([self.batch.queue], "SendMessage"),
            # A presigned form can do what its signer may do.
            access.on_objects(self.data.uploads, ISSUED, "PutObject"),
            access.on_objects(self.data.artefacts, BATCHES, "GetObject"),
        ]

    def status(self) -> list[iam.PolicyStatement]:
        """One query; links are signed."""
        return [
            access.on_table(self.data.batches, "Query"),
            access.on_objects(self.data.artefacts, BATCHES, "GetObject"),
        ]

    def counted_ends(self) -> list[iam.PolicyStatement]:
        """Counts what was completed or failed, and marks what failed, in the asset's own write."""
        return [access.on_table(self.data.batches, "PutItem", "UpdateItem")]

    def dead_letter(self) -> list[iam.PolicyStatement]:
        """Makes batches due whose messages were given up."""
        dead_letters = [self.data.upload_events.dead_letters, self.batch.dead_letters]
        return [
            *self.counted_ends(),
            access.polled(dead_letters),
            access.on_table(self.data.batches, "GetItem"),
        ]

    def reconcile(self) -> list[iam.PolicyStatement]:
        """Finds batches that are due, looks how far they are, and announces or sends them again."""
        return [
            *self.counted_ends(),
            access.on_index(self.data.batches, BY_DUE, "Query"),
            access.on_table(self.data.batches, "GetItem", "Query"),
            access.list_versions_below(self.data.uploads, UPLOADS),
            access.on_queues([self.data.upload_events.queue, self.batch.queue], "SendMessage"),
        ]

    def split_manifest(self) -> list[iam.PolicyStatement]:
        """Takes a batch, reads its file once, records the plan and sends a message per chunk."""
        uploads = self.data.upload_events.queue
        return [
            access.polled([uploads]),
            access.on_queues([uploads], "ChangeMessageVisibility"),
            access.on_queues([self.batch.queue], "SendMessage"),
            access.on_table(self.data.batches, "GetItem", "PutItem", "UpdateItem"),
            access.on_table(self.data.audit, "PutItem"),
            access.on_table(self.data.rate_limits, "UpdateItem"),
            access.on_objects(self.data.uploads, UPLOADS, "GetObjectVersion"),
            # What comes by a form whose batch is gone.
            access.on_objects(self.data.uploads, ISSUED, "DeleteObjectVersion"),
            access.list_below(self.data.uploads, UPLOADS),
            access.list_versions_below(self.data.uploads, UPLOADS),
        ]

    def ingest_manifest(self) -> list[iam.PolicyStatement]:
        """Reads lines, makes and sends assets, counts, and puts the reports together."""
        data = self.data
        return [
            access.polled([self.batch.queue]),
            access.on_queues([self.batch.queue], "ChangeMessageVisibility", "SendMessage"),
            access.on_queues(self.lanes.queues, "SendMessage"),
            access.on_table(data.assets, "BatchGetItem", "PutItem", "UpdateItem"),
            access.on_table(
                data.batches,
                # Within the transaction that opens a chunk.
                "ConditionCheckItem",
                "DeleteItem",
                "GetItem",
                "PutItem",
                "Query",
                "UpdateItem",
            ),
            access.on_table(data.rate_limits, "UpdateItem"),
            access.on_objects(data.uploads, UPLOADS, "GetObjectVersion"),
            access.list_below(data.uploads, UPLOADS),
            access.on_objects(data.artefacts, PARTS, "GetObject", "PutObject"),
            access.on_objects(
                data.artefacts, BATCHES, "AbortMultipartUpload", "GetObject", "PutObject"
            ),
            access.list_below(data.artefacts, BATCHES),
        ]

    def account(self) -> list[iam.PolicyStatement]:
        """Finds the batches of a user, and reads or deletes them and their files."""
        data = self.data
        return [
            access.on_index(data.batches, BY_USER, "Query"),
            access.on_table(
                data.batches, "BatchGetItem", "BatchWriteItem", "GetItem", "Query", "UpdateItem"
            ),
            *(
                statement
                for prefix in (BATCHES, PARTS)
                for statement in (
                    # The bucket keeps no versions: what is called null there takes the former.
                    access.on_objects(
                        data.artefacts, prefix, "DeleteObject", "DeleteObjectVersion"
                    ),
                    access.list_versions_below(data.artefacts, prefix),
                )
            ),
        ]
