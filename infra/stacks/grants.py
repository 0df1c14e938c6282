"""What each function's role may do: every AWS call that its use case makes, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_iam as iam

from infra.constructs import access
from infra.constructs.buckets import ARTEFACTS, EXPORTS, QUARANTINE, UPLOADS
from infra.constructs.lanes import Lanes
from infra.stacks.batch_grants import BatchGrants
from infra.stacks.data import BY_DUE, BY_USER, DataStack


@dataclass(frozen=True, kw_only=True)
class Grants:
    """Statements by function."""

    data: DataStack
    lanes: Lanes
    batches: BatchGrants

    def api(self) -> list[iam.PolicyStatement]:
        """One rate-limit update, one put or a read of records, one message; links are signed."""
        return [
            *self.batches.api(),
            access.on_table(self.data.rate_limits, "UpdateItem"),
            access.on_table(
                self.data.assets, "BatchGetItem", "DeleteItem", "GetItem", "PutItem", "UpdateItem"
            ),
            # Within the transaction of a deletion, and for an admin's reading.
            access.on_table(self.data.audit, "BatchWriteItem", "PutItem"),
            access.on_index(self.data.assets, BY_USER, "Query"),
            access.on_table(self.data.api_keys, "GetItem"),
            access.on_table(self.data.account_jobs, "GetItem", "PutItem"),
            access.on_queues(self.lanes.queues, "SendMessage"),
            access.read_secret(self.data.signing_secret),
            # A presigned URL can do what its signer may do: without this every link is a 403.
            access.on_objects(self.data.artefacts, ARTEFACTS, "GetObject"),
            access.on_objects(self.data.artefacts, EXPORTS, "GetObject"),
        ]

    def status(self) -> list[iam.PolicyStatement]:
        """One read; links are signed."""
        return [
            *self.batches.status(),
            access.on_table(self.data.assets, "GetItem"),
            access.on_table(self.data.account_jobs, "GetItem"),
            access.read_secret(self.data.signing_secret),
            access.on_objects(self.data.artefacts, ARTEFACTS, "GetObject"),
            access.on_objects(self.data.artefacts, EXPORTS, "GetObject"),
        ]

    def generate(self) -> list[iam.PolicyStatement]:
        """Claims, stores and completes; sets the visibility of what it hands back."""
        return [
            *self.batches.counted_ends(),
            access.polled(self.lanes.queues),
            access.on_queues(self.lanes.queues, "ChangeMessageVisibility"),
            access.on_table(self.data.assets, "UpdateItem"),
            access.on_objects(self.data.artefacts, ARTEFACTS, "GetObject", "PutObject"),
            access.list_below(self.data.artefacts, ARTEFACTS),
        ]

    def dead_letter(self) -> list[iam.PolicyStatement]:
        """Fails or re-dates what a lane gave up, and keeps what it can't read."""
        return [
            *self.batches.dead_letter(),
            access.polled(self.lanes.dead_letters),
            access.on_table(self.data.assets, "GetItem", "UpdateItem"),
            access.on_objects(self.data.artefacts, QUARANTINE, "PutObject"),
        ]

    def audit(self) -> list[iam.PolicyStatement]:
        """Writes down what it is told of, and keeps what it can't read."""
        return [
            access.read_stream(self.data.assets.changes_arn),
            access.on_table(self.data.audit, "BatchWriteItem"),
            access.on_objects(self.data.artefacts, QUARANTINE, "PutObject"),
        ]

    def reconcile(self) -> list[iam.PolicyStatement]:
        """Finds what is due, looks how far behind its lane is, and sends it again."""
        return [
            *self.batches.reconcile(),
            access.on_index(self.data.assets, BY_DUE, "Query"),
            access.on_table(self.data.assets, "GetItem", "UpdateItem"),
            access.on_queues(self.lanes.queues, "GetQueueAttributes", "SendMessage"),
            access.read_metrics(),
        ]

    def account(self) -> list[iam.PolicyStatement]:
        """Reads everything of a user into a file, or finds and deletes it."""
        data = self.data
        return [
            *self.batches.account(),
            access.on_index(data.account_jobs, BY_DUE, "Query"),
            access.on_table(data.account_jobs, "DeleteItem", "GetItem", "UpdateItem"),
            access.on_index(data.assets, BY_USER, "Query"),
            access.on_table(data.assets, "BatchGetItem", "DeleteItem"),
            access.on_table(data.api_keys, "DeleteItem", "Scan"),
            access.on_table(data.rate_limits, "UpdateItem"),
            access.on_table(data.audit, "BatchWriteItem", "PutItem", "Query"),
            access.on_objects(
                data.artefacts,
                EXPORTS,
                "AbortMultipartUpload",
                # The bucket keeps no versions: what is called null there takes the former.
                "DeleteObject",
                "DeleteObjectVersion",
                "GetObject",
                "PutObject",
            ),
            access.list_below(data.artefacts, EXPORTS),
            access.list_versions_below(data.artefacts, EXPORTS),
            access.on_objects(data.uploads, UPLOADS, "DeleteObjectVersion"),
            access.list_versions_below(data.uploads, UPLOADS),
        ]
