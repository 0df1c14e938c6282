"""What each function is told by its environment, written by the classes that it is read with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from infra.config import StageConfig
from infra.constructs.endpoints import Endpoints
from infra.constructs.lanes import Lanes
from infra.stacks.data import DataStack
from meshmill.settings import (
    AccountSettings,
    ApiSettings,
    AuditSettings,
    DeadLetterSettings,
    GenerateSettings,
    ReconcileSettings,
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
    download_link_seconds: int


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """Settings whose texts may be CDK tokens, resolved when the stack is deployed."""

    stage: StageConfig
    data: DataStack
    lanes: Lanes
    endpoints: Endpoints

    def api(self) -> ApiSettings:
        """The environment of ``api``."""
        limits = self.stage.limits
        return ApiSettings(
            **self._queues(),
            **self._patience(),
            **self._links(),
            assets_table=self.data.assets.table_name,
            rate_limits_table=self.data.rate_limits.table_name,
            api_keys_table=self.data.api_keys.table_name,
            account_jobs_table=self.data.account_jobs.table_name,
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
            account_jobs_table=self.data.account_jobs.table_name,
        )

    def generate(self) -> GenerateSettings:
        """The environment of ``generate``."""
        attempts = self.stage.attempts
        return GenerateSettings(
            **self._queues(),
            **self._patience(),
            assets_table=self.data.assets.table_name,
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
            max_attempts=self.stage.attempts.maximum,
            max_sends_per_run=self.stage.reconciliation.max_sends_per_run,
            reserve_ms=_milliseconds(self.stage.reconciliation.reserve),
        )

    def account(self) -> AccountSettings:
        """The environment of ``account``."""
        accounts = self.stage.accounts
        return AccountSettings(
            assets_table=self.data.assets.table_name,
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
