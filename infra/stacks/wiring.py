"""What each function is told by its environment, written by the classes that it is read with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from infra.config import StageConfig
from infra.constructs.endpoints import Endpoints
from infra.constructs.lanes import Lanes
from infra.constructs.queues import WorkQueue
from infra.stacks.data import DataStack
from meshmill.settings import (
    AccountSettings,
    ApiSettings,
    AuditSettings,
    DeadLetterSettings,
    GenerateSettings,
    IngestSettings,
    ReconcileSettings,
    SplitSettings,
    StatusSettings,
)


class _Queues(TypedDict):
    """The fields of :class:`meshmill.settings.LaneQueues`."""

    express_queue_url: str
    standard_queue_url: str
    bulk_queue_url: str


class _Patience(TypedDict):
    """The fields of :class:`meshmill.settings.LanePatience`."""

    express_patience_ms: int
    standard_patience_ms: int
    bulk_patience_ms: int


class _Links(TypedDict):
    """The fields of :class:`meshmill.settings.Links`."""

    public_base_url: str
    signing_secret_id: str
    artefacts_bucket: str
    status_link_seconds: int
    account_link_seconds: int
    batch_link_seconds: int
    download_link_seconds: int


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """Settings whose texts may be CDK tokens, resolved when the stack is deployed."""

    stage: StageConfig
    data: DataStack
    lanes: Lanes
    batch: WorkQueue
    endpoints: Endpoints

    def api(self) -> ApiSettings:
        """The environment of ``api``."""
        limits = self.stage.limits
        return ApiSettings(
            **self._queues(),
            **self._patience(),
            **self._links(),
            assets_table=self.data.assets.table_name,
            batches_table=self.data.batches.table_name,
            rate_limits_table=self.data.rate_limits.table_name,
            api_keys_table=self.data.api_keys.table_name,
            account_jobs_table=self.data.account_jobs.table_name,
            uploads_bucket=self.data.uploads.bucket_name,
            batch_queue_url=self.batch.queue.queue_url,
            batch_watch_ms=_milliseconds(self.stage.batches.watch),
            upload_seconds=self.stage.batches.upload_life,
            token_issuer=self.endpoints.trusted.issuer,
            token_audience=self.endpoints.trusted.audience,
            jwks_url=self.endpoints.trusted.jwks_url,
            audit_table=self.data.audit.table_name,
            audit_days=self.stage.retention.audit_days,
            user_requests_per_minute=limits.user_requests_per_minute,
            key_requests_per_minute=limits.key_requests_per_minute,
        )

    def status(self) -> StatusSettings:
        """The environment of ``status``."""
        return StatusSettings(
            **self._links(),
            assets_table=self.data.assets.table_name,
            batches_table=self.data.batches.table_name,
            account_jobs_table=self.data.account_jobs.table_name,
        )

    def generate(self) -> GenerateSettings:
        """The environment of ``generate``."""
        attempts = self.stage.attempts
        return GenerateSettings(
            **self._queues(),
            **self._patience(),
            assets_table=self.data.assets.table_name,
            batches_table=self.data.batches.table_name,
            artefacts_bucket=self.data.artefacts.bucket_name,
            max_attempts=attempts.maximum,
            lease_ms=_milliseconds(attempts.lease),
            lease_margin_ms=_milliseconds(attempts.lease_margin),
            retry_delay_seconds=attempts.retry_delay,
            attempt_reserve_ms=_milliseconds(attempts.reserve),
        )

    def dead_letter(self) -> DeadLetterSettings:
        """The environment of ``dead_letter``."""
        return DeadLetterSettings(
            assets_table=self.data.assets.table_name,
            batches_table=self.data.batches.table_name,
            upload_dead_letters_url=self.data.upload_events.dead_letters.queue_url,
            batch_dead_letters_url=self.batch.dead_letters.queue_url,
            artefacts_bucket=self.data.artefacts.bucket_name,
            max_attempts=self.stage.attempts.maximum,
        )

    def audit(self) -> AuditSettings:
        """The environment of ``audit``."""
        return AuditSettings(
            audit_table=self.data.audit.table_name,
            audit_days=self.stage.retention.audit_days,
            artefacts_bucket=self.data.artefacts.bucket_name,
        )

    def reconcile(self) -> ReconcileSettings:
        """The environment of ``reconcile``."""
        return ReconcileSettings(
            **self._queues(),
            **self._patience(),
            assets_table=self.data.assets.table_name,
            batches_table=self.data.batches.table_name,
            uploads_bucket=self.data.uploads.bucket_name,
            upload_queue_url=self.data.upload_events.queue.queue_url,
            batch_queue_url=self.batch.queue.queue_url,
            max_attempts=self.stage.attempts.maximum,
            split_max_attempts=self.stage.batches.split_max_attempts,
            max_sends_per_run=self.stage.reconciliation.max_sends_per_run,
            reserve_ms=_milliseconds(self.stage.reconciliation.reserve),
        )

    def split_manifest(self) -> SplitSettings:
        """The environment of ``split_manifest``."""
        batches = self.stage.batches
        return SplitSettings(
            batches_table=self.data.batches.table_name,
            rate_limits_table=self.data.rate_limits.table_name,
            audit_table=self.data.audit.table_name,
            audit_days=self.stage.retention.audit_days,
            uploads_bucket=self.data.uploads.bucket_name,
            upload_queue_url=self.data.upload_events.queue.queue_url,
            batch_queue_url=self.batch.queue.queue_url,
            split_lease_ms=_milliseconds(batches.split_lease),
            split_margin_ms=_milliseconds(batches.split_margin),
            split_max_attempts=batches.split_max_attempts,
            split_retry_seconds=batches.split_retry,
            batch_watch_ms=_milliseconds(batches.watch),
            lines_per_second=batches.lines_per_second,
        )

    def ingest_manifest(self) -> IngestSettings:
        """The environment of ``ingest_manifest``."""
        batches = self.stage.batches
        return IngestSettings(
            **self._queues(),
            **self._patience(),
            assets_table=self.data.assets.table_name,
            batches_table=self.data.batches.table_name,
            rate_limits_table=self.data.rate_limits.table_name,
            uploads_bucket=self.data.uploads.bucket_name,
            artefacts_bucket=self.data.artefacts.bucket_name,
            batch_queue_url=self.batch.queue.queue_url,
            chunk_lease_ms=_milliseconds(batches.chunk_lease),
            chunk_max_attempts=batches.chunk_max_attempts,
            chunk_retry_seconds=batches.chunk_retry,
            batch_watch_ms=_milliseconds(batches.watch),
            lines_per_second=batches.lines_per_second,
            reserve_ms=_milliseconds(batches.reserve),
        )

    def account(self) -> AccountSettings:
        """The environment of ``account``."""
        accounts = self.stage.accounts
        return AccountSettings(
            assets_table=self.data.assets.table_name,
            batches_table=self.data.batches.table_name,
            rate_limits_table=self.data.rate_limits.table_name,
            api_keys_table=self.data.api_keys.table_name,
            account_jobs_table=self.data.account_jobs.table_name,
            audit_table=self.data.audit.table_name,
            audit_days=self.stage.retention.audit_days,
            artefacts_bucket=self.data.artefacts.bucket_name,
            uploads_bucket=self.data.uploads.bucket_name,
            lease_ms=_milliseconds(accounts.lease),
            reserve_ms=_milliseconds(accounts.reserve),
            settle_ms=_milliseconds(accounts.settle),
            export_seconds=accounts.export_life,
            receipt_seconds=accounts.receipt_life,
        )

    def _links(self) -> _Links:
        limits = self.stage.limits
        return {
            "public_base_url": self.endpoints.public_base_url,
            "signing_secret_id": self.data.signing_secret.secret_arn,
            "artefacts_bucket": self.data.artefacts.bucket_name,
            "status_link_seconds": limits.status_link,
            "account_link_seconds": limits.account_link,
            "batch_link_seconds": limits.batch_link,
            "download_link_seconds": limits.download_link,
        }

    def _queues(self) -> _Queues:
        lanes = self.lanes.by_name
        return {
            "express_queue_url": lanes["express"].queue.queue_url,
            "standard_queue_url": lanes["standard"].queue.queue_url,
            "bulk_queue_url": lanes["bulk"].queue.queue_url,
        }

    def _patience(self) -> _Patience:
        lanes = self.stage.lanes
        return {
            "express_patience_ms": _milliseconds(lanes["express"].patience),
            "standard_patience_ms": _milliseconds(lanes["standard"].patience),
            "bulk_patience_ms": _milliseconds(lanes["bulk"].patience),
        }


def _milliseconds(seconds: int) -> int:
    return seconds * 1_000
