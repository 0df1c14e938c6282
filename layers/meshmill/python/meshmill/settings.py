"""What each function reads from its environment, typed once.

The CDK app builds the variables from the same classes (:meth:`Settings.as_environment`), so that
a name can't drift between the function and its infrastructure.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from meshmill.domain.lanes import Lane, Patience

_PREFIX = "MESHMILL_"


class SettingsError(Exception):
    """A variable is absent or of the wrong type; its name is in the message, its value is not."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Base: every field is a ``str`` or an ``int`` and maps to ``MESHMILL_<FIELD>``."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read all fields.

        Raises:
            SettingsError: when a variable is absent, or an integer doesn't parse.
        """
        values: dict[str, str | int] = {}
        for field in dataclasses.fields(cls):
            name = _PREFIX + field.name.upper()
            text = environment.get(name)
            if text is None:
                raise SettingsError(f"environment variable {name} is not set")
            try:
                values[field.name] = int(text) if field.type == "int" else text
            except ValueError:
                raise SettingsError(f"environment variable {name} is not an integer") from None
        return cls(**values)

    def as_environment(self) -> dict[str, str]:
        """The variables that :meth:`from_environment` reads back."""
        return {
            _PREFIX + field.name.upper(): str(getattr(self, field.name))
            for field in dataclasses.fields(self)
        }


@dataclass(frozen=True, kw_only=True)
class LaneQueues(Settings):
    """Where the three lanes' messages go."""

    express_queue_url: str
    standard_queue_url: str
    bulk_queue_url: str

    @property
    def queue_urls(self) -> dict[Lane, str]:
        """By lane."""
        return {
            Lane.EXPRESS: self.express_queue_url,
            Lane.STANDARD: self.standard_queue_url,
            Lane.BULK: self.bulk_queue_url,
        }

    def queue_url(self, event_source_arn: str) -> str:
        """The URL of the queue whose ARN an event names.

        Raises:
            SettingsError: it is none of the three.
        """
        name = event_source_arn.rpartition(":")[2]
        for url in self.queue_urls.values():
            if url.rpartition("/")[2] == name:
                return url
        raise SettingsError(f"{name} is not the queue of a lane")


@dataclass(frozen=True, kw_only=True)
class LanePatience(Settings):
    """How long a queued asset may wait in each lane before the reconciler looks after it."""

    express_patience_ms: int
    standard_patience_ms: int
    bulk_patience_ms: int

    @property
    def patience(self) -> Patience:
        """By lane."""
        return {
            Lane.EXPRESS: self.express_patience_ms,
            Lane.STANDARD: self.standard_patience_ms,
            Lane.BULK: self.bulk_patience_ms,
        }


@dataclass(frozen=True, kw_only=True)
class Links(Settings):
    """What answers need to mint status and download links."""

    public_base_url: str
    signing_secret_id: str
    artefacts_bucket: str
    status_link_seconds: int
    account_link_seconds: int
    batch_link_seconds: int
    download_link_seconds: int


@dataclass(frozen=True, kw_only=True)
class ApiSettings(Links, LaneQueues, LanePatience):
    """The ``api`` function."""

    assets_table: str
    batches_table: str
    rate_limits_table: str
    api_keys_table: str
    account_jobs_table: str
    uploads_bucket: str
    batch_queue_url: str
    batch_watch_ms: int
    upload_seconds: int
    token_issuer: str
    token_audience: str
    jwks_url: str
    audit_table: str
    audit_days: int
    user_requests_per_minute: int
    key_requests_per_minute: int


@dataclass(frozen=True, kw_only=True)
class StatusSettings(Links):
    """The ``status`` function."""

    assets_table: str
    batches_table: str
    account_jobs_table: str


@dataclass(frozen=True, kw_only=True)
class GenerateSettings(LaneQueues, LanePatience):
    """The ``generate`` function.

    ``lease_ms`` is how long a claim holds; ``lease_margin_ms`` is added before the reconciler
    takes an expired claim for dead; ``attempt_reserve_ms`` is the remaining invocation time below
    which a record is handed back unclaimed.
    """

    assets_table: str
    batches_table: str
    artefacts_bucket: str
    max_attempts: int
    lease_ms: int
    lease_margin_ms: int
    retry_delay_seconds: int
    attempt_reserve_ms: int


@dataclass(frozen=True, kw_only=True)
class DeadLetterSettings(Settings):
    """The ``dead_letter`` function; two of the queues that it serves are not of a lane."""

    assets_table: str
    batches_table: str
    upload_dead_letters_url: str
    batch_dead_letters_url: str
    artefacts_bucket: str
    max_attempts: int


@dataclass(frozen=True, kw_only=True)
class AuditSettings(Settings):
    """The ``audit`` function; entries are kept for ``audit_days``."""

    audit_table: str
    audit_days: int
    artefacts_bucket: str


@dataclass(frozen=True, kw_only=True)
class ReconcileSettings(LaneQueues, LanePatience):
    """The ``reconcile`` function; it ends a round when less than ``reserve_ms`` is left of it."""

    assets_table: str
    batches_table: str
    uploads_bucket: str
    upload_queue_url: str
    batch_queue_url: str
    max_attempts: int
    max_sends_per_run: int
    split_max_attempts: int
    reserve_ms: int


@dataclass(frozen=True, kw_only=True)
class SplitSettings(Settings):
    """The ``split_manifest`` function.

    ``split_lease_ms`` is how long a splitter holds a batch, ``split_margin_ms`` what is added
    before somebody else looks after it, ``batch_watch_ms`` how long nothing may be heard of a
    batch that is being ingested. Batch entries of the audit trail are kept for ``audit_days``.
    """

    batches_table: str
    rate_limits_table: str
    audit_table: str
    audit_days: int
    uploads_bucket: str
    upload_queue_url: str
    batch_queue_url: str
    split_lease_ms: int
    split_margin_ms: int
    split_max_attempts: int
    split_retry_seconds: int
    batch_watch_ms: int
    lines_per_second: int


@dataclass(frozen=True, kw_only=True)
class IngestSettings(LaneQueues, LanePatience):
    """The ``ingest_manifest`` function.

    ``chunk_lease_ms`` is how long an ingester holds a chunk; it begins no stretch of lines when
    less than ``reserve_ms`` of its invocation is left.
    """

    assets_table: str
    batches_table: str
    rate_limits_table: str
    uploads_bucket: str
    artefacts_bucket: str
    batch_queue_url: str
    chunk_lease_ms: int
    chunk_max_attempts: int
    chunk_retry_seconds: int
    batch_watch_ms: int
    lines_per_second: int
    reserve_ms: int


@dataclass(frozen=True, kw_only=True)
class AccountSettings(Settings):
    """The ``account`` function.

    It begins no step when less than ``reserve_ms`` of it is left. An erasure ends when nothing was
    found for ``settle_ms``; its receipt is kept for ``receipt_seconds``, an export's file for
    ``export_seconds``.
    """

    assets_table: str
    batches_table: str
    rate_limits_table: str
    api_keys_table: str
    account_jobs_table: str
    audit_table: str
    audit_days: int
    artefacts_bucket: str
    uploads_bucket: str
    lease_ms: int
    reserve_ms: int
    settle_ms: int
    export_seconds: int
    receipt_seconds: int
