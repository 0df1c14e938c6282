"""What the functions are told by their environment, in the cloud of the tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from meshmill.settings import (
    AccountSettings,
    ApiSettings,
    AuditSettings,
    DeadLetterSettings,
    GenerateSettings,
    IngestSettings,
    ReconcileSettings,
    Settings,
    SplitSettings,
    StatusSettings,
)
from tests.support import tables, tokens

BASE_URL = "https://api.example"
AUDIT_DAYS = 400
LANES = ("express", "standard", "bulk")
ARTEFACTS, UPLOADS = "artefacts", "uploads"
UPLOAD_QUEUE, BATCH_QUEUE = "upload_events", "batch"
"""The two queues that are of no lane."""

_PATIENCE: dict[str, Any] = {f"{lane}_patience_ms": 60_000 for lane in LANES}
_ATTEMPTS = 3
_WATCH: dict[str, Any] = {"batch_watch_ms": 60_000}
_LINES: dict[str, Any] = {"lines_per_second": 1_000}
_LINKS: dict[str, Any] = {
    "public_base_url": BASE_URL,
    "signing_secret_id": "signing",
    "artefacts_bucket": ARTEFACTS,
    "status_link_seconds": 86_400,
    "account_link_seconds": 604_800,
    "batch_link_seconds": 604_800,
    "download_link_seconds": 900,
}
_AUDIT: dict[str, Any] = {"audit_table": tables.AUDIT, "audit_days": AUDIT_DAYS}


def environment(
    jwks_url: str, queue_urls: Mapping[str, str], dead_letter_urls: Mapping[str, str]
) -> dict[str, str]:
    """Every variable of every function; those of one name have one value."""
    lanes: dict[str, Any] = {f"{lane}_queue_url": queue_urls[lane] for lane in LANES}
    upload_queue: dict[str, Any] = {"upload_queue_url": queue_urls[UPLOAD_QUEUE]}
    batch_queue: dict[str, Any] = {"batch_queue_url": queue_urls[BATCH_QUEUE]}
    every: tuple[Settings, ...] = (
        ApiSettings(
            assets_table=tables.ASSETS,
            batches_table=tables.BATCHES,
            rate_limits_table=tables.RATE_LIMITS,
            api_keys_table=tables.API_KEYS,
            account_jobs_table=tables.ACCOUNT_JOBS,
            uploads_bucket=UPLOADS,
            upload_seconds=3_600,
            token_issuer=tokens.ISSUER,
            token_audience=tokens.AUDIENCE,
            jwks_url=jwks_url,
            user_requests_per_minute=100,
            key_requests_per_minute=1_000,
            **_AUDIT,
            **batch_queue,
            **_WATCH,
            **lanes,
            **_PATIENCE,
            **_LINKS,
        ),
        StatusSettings(
            assets_table=tables.ASSETS,
            batches_table=tables.BATCHES,
            account_jobs_table=tables.ACCOUNT_JOBS,
            **_LINKS,
        ),
        GenerateSettings(
            assets_table=tables.ASSETS,
            batches_table=tables.BATCHES,
            artefacts_bucket=ARTEFACTS,
            max_attempts=_ATTEMPTS,
            lease_ms=60_000,
            lease_margin_ms=1_000,
            retry_delay_seconds=0,
            attempt_reserve_ms=5_000,
            **lanes,
            **_PATIENCE,
        ),
        AccountSettings(
            assets_table=tables.ASSETS,
            batches_table=tables.BATCHES,
            rate_limits_table=tables.RATE_LIMITS,
            api_keys_table=tables.API_KEYS,
            account_jobs_table=tables.ACCOUNT_JOBS,
            artefacts_bucket=ARTEFACTS,
            uploads_bucket=UPLOADS,
            lease_ms=60_000,
            reserve_ms=30_000,
            settle_ms=60_000,
            export_seconds=259_200,
            receipt_seconds=7_776_000,
            **_AUDIT,
        ),
        AuditSettings(artefacts_bucket=ARTEFACTS, **_AUDIT),
        DeadLetterSettings(
            assets_table=tables.ASSETS,
            batches_table=tables.BATCHES,
            upload_dead_letters_url=dead_letter_urls[UPLOAD_QUEUE],
            batch_dead_letters_url=dead_letter_urls[BATCH_QUEUE],
            artefacts_bucket=ARTEFACTS,
            max_attempts=_ATTEMPTS,
        ),
        ReconcileSettings(
            assets_table=tables.ASSETS,
            batches_table=tables.BATCHES,
            uploads_bucket=UPLOADS,
            max_attempts=_ATTEMPTS,
            max_sends_per_run=480,
            split_max_attempts=_ATTEMPTS,
            reserve_ms=10_000,
            **upload_queue,
            **batch_queue,
            **lanes,
            **_PATIENCE,
        ),
        SplitSettings(
            batches_table=tables.BATCHES,
            rate_limits_table=tables.RATE_LIMITS,
            uploads_bucket=UPLOADS,
            split_lease_ms=60_000,
            split_margin_ms=1_000,
            split_max_attempts=_ATTEMPTS,
            split_retry_seconds=0,
            **_AUDIT,
            **upload_queue,
            **batch_queue,
            **_WATCH,
            **_LINES,
        ),
        IngestSettings(
            assets_table=tables.ASSETS,
            batches_table=tables.BATCHES,
            rate_limits_table=tables.RATE_LIMITS,
            uploads_bucket=UPLOADS,
            artefacts_bucket=ARTEFACTS,
            chunk_lease_ms=60_000,
            chunk_max_attempts=_ATTEMPTS,
            chunk_retry_seconds=0,
            reserve_ms=10_000,
            **batch_queue,
            **_WATCH,
            **_LINES,
            **lanes,
            **_PATIENCE,
        ),
    )
    return {name: value for each in every for name, value in each.as_environment().items()}
