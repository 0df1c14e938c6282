"""What a stage is made of: its functions, its lanes, and their times, sizes and limits.

Times are in seconds unless the name says otherwise; memory is in MB as Lambda counts it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE

LANES: Final = ("express", "standard", "bulk")
"""The lanes, fastest first."""

FUNCTIONS: Final = (
    "api",
    "status",
    "generate",
    "split_manifest",
    "ingest_manifest",
    "dead_letter",
    "reconcile",
    "audit",
    "account",
)
"""The verbs; each has its code in ``functions/<verb>``."""


@dataclass(frozen=True, kw_only=True)
class FunctionSize:
    """Memory (and with it, CPU) and the time after which Lambda ends an invocation."""

    memory_mb: int
    timeout: int


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A queue of its own with its own share of the workers."""

    patience: int
    """How long an asset may wait here before the reconciler looks after it."""
    batch_size: int
    maximum_concurrency: int


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """How messages are redelivered and when they are given up."""

    visibility: int
    batch_visibility: int
    """Of the queues that manifests are split and ingested by, whose functions run longer."""
    dead_letter_visibility: int
    batching_window: int
    max_receive_count: int
    retention: int = 14 * 24 * HOUR


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """How often an asset is tried, and how long a claim on it holds.

    ``reserve`` is the remaining invocation time below which a record is handed back unclaimed.
    """

    maximum: int
    lease: int
    lease_margin: int
    retry_delay: int
    reserve: int


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a caller may ask for, and for how long a link opens anything."""

    user_requests_per_minute: int = 100
    key_requests_per_minute: int = 1_000
    status_link: int = 24 * HOUR
    account_link: int = 7 * 24 * HOUR
    batch_link: int = 7 * 24 * HOUR
    download_link: int = 15 * MINUTE
    api_requests_per_second: int = 2_000
    api_burst: int = 4_000

    @property
    def longest_link(self) -> int:
        """For how long a link that we sign is good at most: a replaced key must pass that long."""
        return max(self.status_link, self.account_link, self.batch_link)


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """EventBridge Scheduler's finest rate is a minute."""

    period_minutes: int = 1
    max_sends_per_run: int
    reserve: int = 12
    """Seconds of an invocation that are kept for the call in hand and the counts."""


@dataclass(frozen=True, kw_only=True)
class ChangeFeed:
    """How changes of assets are handed on to be written down.

    A batch is sent when it is full, or ``window`` seconds after its first change.
    """

    batch_size: int = 100
    window: int


@dataclass(frozen=True, kw_only=True)
class AccountWork:
    """Exports and erasures of accounts.

    A worker begins no step when less than ``reserve`` is left of its invocation. An erasure ends
    when nothing was found for ``settle``: after that no request that was let in before the fence,
    no key that a process remembers and no other worker can put anything more. ``export_life`` is
    how long a finished export is offered, ``receipt_life`` how long a receipt is kept.
    """

    period_minutes: int = 1
    lease: int = 120
    reserve: int = 30
    settle: int = 150
    export_life: int = 3 * 24 * HOUR
    receipt_life: int = 90 * 24 * HOUR


@dataclass(frozen=True, kw_only=True)
class BatchWork:
    """Manifests: how long one worker has a file or a part of it, and how often it is tried.

    A lease is what a worker holds a manifest (``split``) or a chunk of its lines (``chunk``) by;
    ``split_margin`` is added before somebody else looks after it, ``watch`` is how long nothing may
    be heard of a batch that is being ingested. An ingester begins no further lines when less than
    ``reserve`` is left of its invocation. ``upload_life`` is how long the form for an upload is
    good.
    """

    split_lease: int
    split_margin: int
    split_max_attempts: int = 5
    split_retry: int
    split_concurrency: int
    chunk_lease: int
    chunk_max_attempts: int = 5
    chunk_retry: int
    ingest_concurrency: int
    watch: int
    reserve: int
    lines_per_second: int = 1_000
    upload_life: int = HOUR


@dataclass(frozen=True, kw_only=True)
class Retention:
    """For how many days what is written along the way is kept."""

    log_days: int
    audit_days: int = 400
    quarantine_days: int = 90
    export_days: int = 7
    upload_days: int = 30
    part_days: int = 15
    """What of a report is not put together yet: longer than a message about it is kept."""
    incomplete_upload_days: int = 1
