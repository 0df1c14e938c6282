"""The stages, with every value of each; one that contradicts itself can't be built."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field

from infra.choices import (
    Architecture,
    Cognito,
    CrossOrigin,
    ExternalIssuer,
    Identity,
    LayerTarget,
    OnDeletion,
)
from infra.relations import contradictions
from infra.stage_parts import (
    HOUR,
    MINUTE,
    AccountWork,
    Attempts,
    BatchWork,
    ChangeFeed,
    Delivery,
    FunctionSize,
    Lane,
    Limits,
    Reconciliation,
    Retention,
)


class ConfigError(Exception):
    """Two values of a stage contradict each other; the message names both."""


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
    batches: BatchWork
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
        wrong = contradictions(self)
        if wrong:
            raise ConfigError("\n".join(f"stage {self.name}: {message}" for message in wrong))


def _cloud(name: str, *, log_days: int, on_deletion: OnDeletion) -> StageConfig:
    """The stages on AWS run with the same sizes, so that staging shows what production does."""
    return StageConfig(
        name=name,
        functions={
            "api": FunctionSize(memory_mb=1024, timeout=28),
            "status": FunctionSize(memory_mb=512, timeout=10),
            "generate": FunctionSize(memory_mb=3008, timeout=60),
            "split_manifest": FunctionSize(memory_mb=1024, timeout=110),
            "ingest_manifest": FunctionSize(memory_mb=1769, timeout=110),
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
            visibility=370,
            batch_visibility=670,
            dead_letter_visibility=180,
            batching_window=0,
            max_receive_count=8,
        ),
        attempts=Attempts(maximum=5, lease=75, lease_margin=15, retry_delay=20, reserve=25),
        batches=BatchWork(
            split_lease=125,
            split_margin=15,
            split_retry=20,
            split_concurrency=5,
            chunk_lease=125,
            chunk_retry=20,
            ingest_concurrency=10,
            watch=5 * MINUTE,
            reserve=40,
        ),
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
            "split_manifest": FunctionSize(memory_mb=1024, timeout=60),
            "ingest_manifest": FunctionSize(memory_mb=1769, timeout=50),
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
            visibility=180,
            batch_visibility=360,
            dead_letter_visibility=60,
            batching_window=0,
            max_receive_count=5,
        ),
        attempts=Attempts(maximum=5, lease=30, lease_margin=2, retry_delay=1, reserve=20),
        batches=BatchWork(
            split_lease=60,
            split_margin=2,
            split_retry=1,
            split_concurrency=2,
            chunk_lease=60,
            chunk_retry=1,
            ingest_concurrency=2,
            watch=20,
            reserve=30,
        ),
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
