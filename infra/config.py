"""Every time, size and limit of every stage, typed, with the relations between them checked.

Times are in seconds unless the name says otherwise; memory is in MB as Lambda counts it.
"""

from __future__ import annotations

import platform
import re
from dataclasses import dataclass, field
from typing import Final

from infra.choices import (
    Architecture,
    Cognito,
    CrossOrigin,
    ExternalIssuer,
    Identity,
    LayerTarget,
    OnDeletion,
)
from meshmill.http.links import LINK_WINDOW_MS

_ORIGIN: Final = re.compile(r"\*|https?://[a-z0-9.-]+(:[0-9]{1,5})?")
"""Scheme, host and port, without a final slash."""

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE

LANES: Final = ("express", "standard", "bulk")
"""The lanes, fastest first."""

FUNCTIONS: Final = ("api", "status", "generate", "dead_letter", "reconcile", "audit", "account")
"""The verbs; each has its code in ``functions/<verb>``."""

MINIMUM_MAX_RECEIVE_COUNT: Final = 5
"""AWS's advice for queues behind Lambda: a throttled poller spends receives without an attempt."""

MINIMUM_LANE_CONCURRENCY: Final = 2
"""The least that Lambda accepts as an event source mapping's maximum concurrency."""

VISIBILITY_FACTOR: Final = 6
"""Visibility >= 6 x function timeout + window, or a message returns while it is worked upon.

Source: *Configuring a queue to use with Lambda* in the AWS Lambda developer guide.
"""

SLOWEST_CALL: Final = 8
"""Seconds after which the SDK gives up on a service that hangs: ``meshmill.aws.clients``."""

SLOWEST_S3_CALL: Final = 20
"""Likewise for S3, whose bodies take longer."""

KEY_MEMORY: Final = 60
"""Seconds for which a process remembers an API key: ``meshmill.aws.dynamodb_keys``."""

API_CALLS: Final = 3
"""Calls to AWS in an accepted request."""

ENTRIES_PER_CALL: Final = 25
"""Audit entries that one call of DynamoDB takes."""


class ConfigError(Exception):
    """Two values of a stage contradict each other; the message names both."""


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
    download_link: int = 15 * MINUTE
    api_requests_per_second: int = 2_000
    api_burst: int = 4_000

    @property
    def longest_link(self) -> int:
        """For how long a link that we sign is good at most: a replaced key must pass that long."""
        return max(self.status_link, self.account_link)


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
    settle: int = 120
    export_life: int = 3 * 24 * HOUR
    receipt_life: int = 90 * 24 * HOUR


@dataclass(frozen=True, kw_only=True)
class Retention:
    """For how many days what is written along the way is kept."""

    log_days: int
    audit_days: int = 400
    quarantine_days: int = 90
    export_days: int = 7
    incomplete_upload_days: int = 1


@dataclass(frozen=True, kw_only=True)
class StageConfig:
    """One stage. Building one that contradicts itself raises :class:`ConfigError`."""

    name: str
    architecture: Architecture = Architecture.ARM64
    layers: LayerTarget = LayerTarget.LAMBDA
    functions: dict[str, FunctionSize]
    lanes: dict[str, Lane]
    delivery: Delivery
    attempts: Attempts
    limits: Limits = field(default_factory=Limits)
    reconciliation: Reconciliation
    changes: ChangeFeed
    accounts: AccountWork = field(default_factory=AccountWork)
    retention: Retention
    on_deletion: OnDeletion
    identity: Identity = field(default_factory=Cognito)
    cors: CrossOrigin = field(default_factory=CrossOrigin)
    permissions_boundary: str | None = None
    """Name of a managed policy that bounds every role, where an account demands one."""
    api_id: str | None = None
    """Pins the id of the HTTP API, which only the embedded engine lets one choose."""

    def __post_init__(self) -> None:
        """Check what must hold between values.

        Raises:
            ConfigError: with all contradictions of a kind, one a line.
        """
        # The later relations name lanes and functions: they need all of them to be there.
        for relations in (
            _shape,
            _identity_relations,
            _link_relations,
            _lane_relations,
            _delivery_relations,
            _attempt_relations,
            _account_relations,
        ):
            wrong = [message for holds, message in relations(self) if not holds]
            if wrong:
                raise ConfigError("\n".join(f"stage {self.name}: {message}" for message in wrong))


Relations = list[tuple[bool, str]]
"""Whether each relation between two values holds, and the sentence that tells of its breach."""


def _shape(stage: StageConfig) -> Relations:
    return [
        (set(stage.functions) == set(FUNCTIONS), f"functions must be exactly {FUNCTIONS}"),
        (set(stage.lanes) == set(LANES), f"lanes must be exactly {LANES}"),
    ]


def _identity_relations(stage: StageConfig) -> Relations:
    if isinstance(stage.identity, ExternalIssuer):
        return []
    clients = stage.identity.clients
    return [
        (bool(clients), "the user pool needs a client, or nobody could get a token"),
        (len({client.name for client in clients}) == len(clients), "clients' names must differ"),
        *(
            (bool(client.permissions), f"client {client.name} must have a permission")
            for client in clients
        ),
    ]


def _link_relations(stage: StageConfig) -> Relations:
    origins = stage.cors.origins
    return [
        (
            stage.limits.download_link * 1000 >= 2 * LINK_WINDOW_MS,
            "download_link must outlast an unchanged answer's links by as much again",
        ),
        (origins == ("*",) or "*" not in origins, "cors: * allows every origin and stands alone"),
        *(
            (bool(_ORIGIN.fullmatch(origin)), f"cors: {origin} is not what a browser sends")
            for origin in origins
        ),
    ]


def _lane_relations(stage: StageConfig) -> Relations:
    patience = [stage.lanes[lane].patience for lane in LANES]
    return [
        (patience == sorted(patience), "a faster lane must not be the more patient one"),
        *(
            (
                lane.maximum_concurrency >= MINIMUM_LANE_CONCURRENCY,
                f"lane {name}: maximum concurrency must be at least {MINIMUM_LANE_CONCURRENCY}",
            )
            for name, lane in stage.lanes.items()
        ),
    ]


def _delivery_relations(stage: StageConfig) -> Relations:
    delivery = stage.delivery
    generate, dead_letter = stage.functions["generate"], stage.functions["dead_letter"]
    least = VISIBILITY_FACTOR * generate.timeout + delivery.batching_window
    return [
        (delivery.visibility >= least, f"visibility {delivery.visibility} s must be >= {least} s"),
        (
            delivery.dead_letter_visibility >= VISIBILITY_FACTOR * dead_letter.timeout,
            "dead_letter_visibility must be >= 6 x the timeout of dead_letter",
        ),
        (
            delivery.max_receive_count >= MINIMUM_MAX_RECEIVE_COUNT,
            f"max_receive_count must be at least {MINIMUM_MAX_RECEIVE_COUNT}",
        ),
        (
            delivery.retention > delivery.visibility * delivery.max_receive_count,
            "retention must outlast every delivery of a message",
        ),
        (
            stage.functions["reconcile"].timeout <= stage.reconciliation.period_minutes * MINUTE,
            "reconcile must end before its next run",
        ),
        (
            SLOWEST_CALL < stage.reconciliation.reserve < stage.functions["reconcile"].timeout,
            f"reconciliation.reserve must outlast the slowest call, {SLOWEST_CALL} s",
        ),
        (
            stage.functions["status"].timeout > SLOWEST_CALL,
            f"status must outlast the slowest call, {SLOWEST_CALL} s, or polls can't be answered",
        ),
        (
            stage.functions["api"].timeout > API_CALLS * SLOWEST_CALL,
            f"api must outlast {API_CALLS} of the slowest calls, {SLOWEST_CALL} s each",
        ),
        (
            stage.functions["audit"].timeout
            > SLOWEST_CALL * stage.changes.batch_size / ENTRIES_PER_CALL,
            f"audit must outlast the calls for a batch of changes, {SLOWEST_CALL} s each",
        ),
    ]


def _attempt_relations(stage: StageConfig) -> Relations:
    attempts, delivery = stage.attempts, stage.delivery
    timeout = stage.functions["generate"].timeout
    return [
        (
            attempts.lease >= timeout,
            f"lease {attempts.lease} s must outlast generate's timeout {timeout} s",
        ),
        (attempts.lease_margin > 0, "lease_margin must be positive: clocks differ"),
        (
            1 <= attempts.maximum <= delivery.max_receive_count,
            "attempts.maximum must be between 1 and max_receive_count",
        ),
        (
            attempts.retry_delay < delivery.visibility,
            "retry_delay must be below visibility, or a retry comes later than no answer at all",
        ),
        (
            0 < attempts.reserve < timeout,
            "attempts.reserve must be positive and below generate's timeout",
        ),
    ]


def _account_relations(stage: StageConfig) -> Relations:
    accounts, timeout = stage.accounts, stage.functions["account"].timeout
    longest_memory = max(stage.functions["api"].timeout, timeout, KEY_MEMORY)
    return [
        (
            accounts.lease >= timeout,
            f"accounts.lease {accounts.lease} s must outlast account's timeout {timeout} s",
        ),
        (
            SLOWEST_S3_CALL < accounts.reserve < timeout,
            f"accounts.reserve must outlast the slowest call, {SLOWEST_S3_CALL} s",
        ),
        (
            accounts.settle > longest_memory,
            f"accounts.settle must outlast requests, workers and known keys, {longest_memory} s",
        ),
        (
            accounts.export_life <= stage.retention.export_days * 24 * HOUR,
            "accounts.export_life must end before the file does",
        ),
        (
            stage.limits.account_link <= accounts.receipt_life,
            "a receipt must be kept for as long as its link is good",
        ),
    ]


def _cloud(name: str, *, log_days: int, on_deletion: OnDeletion) -> StageConfig:
    """The stages on AWS run with the same sizes, so that staging shows what production does."""
    return StageConfig(
        name=name,
        functions={
            "api": FunctionSize(memory_mb=1024, timeout=28),
            "status": FunctionSize(memory_mb=512, timeout=10),
            "generate": FunctionSize(memory_mb=3008, timeout=60),
            "dead_letter": FunctionSize(memory_mb=256, timeout=30),
            "reconcile": FunctionSize(memory_mb=512, timeout=50),
            "audit": FunctionSize(memory_mb=256, timeout=40),
            "account": FunctionSize(memory_mb=512, timeout=110),
        },
        lanes={
            "express": Lane(patience=2 * MINUTE, batch_size=1, maximum_concurrency=200),
            "standard": Lane(patience=10 * MINUTE, batch_size=2, maximum_concurrency=300),
            "bulk": Lane(patience=HOUR, batch_size=5, maximum_concurrency=100),
        },
        delivery=Delivery(
            visibility=370, dead_letter_visibility=180, batching_window=0, max_receive_count=8
        ),
        attempts=Attempts(maximum=5, lease=75, lease_margin=15, retry_delay=20, reserve=25),
        reconciliation=Reconciliation(max_sends_per_run=1_000),
        changes=ChangeFeed(window=5),
        retention=Retention(log_days=log_days),
        on_deletion=on_deletion,
    )


def _local() -> StageConfig:
    """A laptop: visibility and leases are real in the embedded engine, so they are short."""
    machine = platform.machine().lower()
    return StageConfig(
        name="local",
        architecture=(
            Architecture.ARM64 if machine in {"arm64", "aarch64"} else Architecture.X86_64
        ),
        layers=LayerTarget.LOCAL,
        functions={
            "api": FunctionSize(memory_mb=1024, timeout=28),
            "status": FunctionSize(memory_mb=512, timeout=10),
            "generate": FunctionSize(memory_mb=3008, timeout=30),
            "dead_letter": FunctionSize(memory_mb=256, timeout=10),
            "reconcile": FunctionSize(memory_mb=512, timeout=50),
            "audit": FunctionSize(memory_mb=256, timeout=40),
            "account": FunctionSize(memory_mb=512, timeout=110),
        },
        lanes={
            "express": Lane(patience=10, batch_size=1, maximum_concurrency=2),
            "standard": Lane(patience=20, batch_size=2, maximum_concurrency=2),
            "bulk": Lane(patience=40, batch_size=5, maximum_concurrency=2),
        },
        delivery=Delivery(
            visibility=180, dead_letter_visibility=60, batching_window=0, max_receive_count=5
        ),
        attempts=Attempts(maximum=5, lease=30, lease_margin=2, retry_delay=1, reserve=20),
        reconciliation=Reconciliation(max_sends_per_run=100),
        changes=ChangeFeed(window=0),
        retention=Retention(log_days=1),
        on_deletion=OnDeletion.DELETE,
        identity=ExternalIssuer(),
        api_id="meshmill",
    )


def stage_config(name: str) -> StageConfig:
    """The configuration of ``local``, ``staging`` or ``production``.

    Raises:
        ConfigError: when there is no such stage.
    """
    match name:
        case "local":
            return _local()
        case "staging":
            return _cloud("staging", log_days=14, on_deletion=OnDeletion.DELETE)
        case "production":
            return _cloud("production", log_days=90, on_deletion=OnDeletion.RETAIN)
        case _:
            raise ConfigError(f"there is no stage {name!r}: local, staging or production")
