"""Everything that outlives a release: tables, buckets with their events, and the signing key."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.choices import Cognito, OnDeletion
from infra.config import StageConfig
from infra.constructs.buckets import UPLOADS, PrivateBucket, artefacts_bucket, uploads_bucket
from infra.constructs.identity import ClientPool
from infra.constructs.queues import WorkQueue
from infra.constructs.signing_secret import SigningSecret
from infra.constructs.tables import Table
from infra.constructs.upload_events import announce_uploads

BY_USER = "by_user"
"""Index of what a user has, newest last: assets, over four shards, and batches."""

BY_DUE = "by_due"
"""Index of whatever isn't done (assets, batches, account jobs), by when somebody must look."""


class DataStack(Stack):
    """One table per entity, so that each role can name exactly what it touches."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: StageConfig) -> None:
        super().__init__(
            scope,
            construct_id,
            description=f"Meshmill {stage.name}: data",
            termination_protection=stage.on_deletion is OnDeletion.RETAIN,
        )
        fate = stage.on_deletion
        self.assets = self._make_assets(fate)
        self.rate_limits = Table(
            self,
            "RateLimits",
            partition_key="bucket",
            expires_at="expires_at",
            on_deletion=fate,
        )
        self.api_keys = Table(self, "ApiKeys", partition_key="key_id", on_deletion=fate)
        self.audit = Table(
            self,
            "Audit",
            partition_key="subject",
            sort_key="at_id",
            expires_at="expires_at",
            on_deletion=fate,
        )
        self.account_jobs = self._make_account_jobs(fate)
        self.batches = self._make_batches(fate)
        self.artefacts, self.uploads = self._make_buckets(stage)
        self.upload_events = WorkQueue(
            self,
            "UploadEvents",
            visibility=stage.delivery.batch_visibility,
            delivery=stage.delivery,
        )
        announce_uploads(self.uploads, self.upload_events, UPLOADS)
        self.artefacts_arn_export = self._export_name(self.artefacts.bucket_arn)
        """Under which the service stack imports the bucket's ARN."""
        self.uploads_arn_export = self._export_name(self.uploads.bucket_arn)
        """Likewise."""
        self.signing_secret = SigningSecret(self, "SigningSecret", on_deletion=fate)
        self.client_pool = self._make_client_pool(stage)

    def _make_assets(self, fate: OnDeletion) -> Table:
        assets = Table(
            self,
            "Assets",
            partition_key="asset_id",
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            on_deletion=fate,
        )
        assets.index_keys(
            BY_USER, partition="user_shard", sort="position", kind=dynamodb.AttributeType.STRING
        )
        assets.index_keys(
            BY_DUE, partition="due_shard", sort="due_at", kind=dynamodb.AttributeType.NUMBER
        )
        return assets

    def _make_account_jobs(self, fate: OnDeletion) -> Table:
        account_jobs = Table(
            self,
            "AccountJobs",
            partition_key="user_id",
            sort_key="kind",
            expires_at="expires_at",
            on_deletion=fate,
        )
        account_jobs.index_keys(
            BY_DUE,
            partition="kind",
            sort="due_at",
            kind=dynamodb.AttributeType.NUMBER,
            partition_kind=dynamodb.AttributeType.STRING,
        )
        return account_jobs

    def _make_batches(self, fate: OnDeletion) -> Table:
        """Headers, and beside them plans, chunks, counts and what failed; headers are indexed."""
        batches = Table(
            self, "Batches", partition_key="batch_id", sort_key="item", on_deletion=fate
        )
        batches.index_keys(
            BY_USER, partition="user_id", sort="position", kind=dynamodb.AttributeType.STRING
        )
        batches.index_keys(
            BY_DUE, partition="due_shard", sort="due_at", kind=dynamodb.AttributeType.NUMBER
        )
        return batches

    def _make_buckets(self, stage: StageConfig) -> tuple[PrivateBucket, PrivateBucket]:
        """The buckets of artefacts and of uploads."""
        retention, fate, cors = stage.retention, stage.on_deletion, stage.cors
        return (
            artefacts_bucket(self, retention=retention, on_deletion=fate, cors=cors),
            uploads_bucket(self, retention=retention, on_deletion=fate, cors=cors),
        )

    def _make_client_pool(self, stage: StageConfig) -> ClientPool | None:
        """The issuer of tokens, where the stage does not trust somebody else's."""
        match stage.identity:
            case Cognito() as choice:
                return ClientPool(
                    self,
                    "Identity",
                    stage_name=stage.name,
                    choice=choice,
                    on_deletion=stage.on_deletion,
                )
            case _:
                return None

    def _export_name(self, value: str) -> str:
        """The name of the export that references to ``value`` from other stacks make."""
        name: str = self.resolve(self.export_value(value))["Fn::ImportValue"]
        return name
