"""What must hold between the values of a stage for batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.platform_limits import (
    LONGEST_FORM,
    MINIMUM_CONCURRENCY,
    SLOWEST_S3_CALL,
    VISIBILITY_FACTOR,
    Relations,
)
from infra.stage_parts import HOUR

if TYPE_CHECKING:
    from infra.config import StageConfig


def batch_relations(stage: StageConfig) -> Relations:
    """Whether each of them holds, and the sentence that tells of its breach."""
    return [*_lease_relations(stage), *_delivery_relations(stage), *_file_relations(stage)]


def _lease_relations(stage: StageConfig) -> Relations:
    batches = stage.batches
    split = stage.functions["split_manifest"].timeout
    ingest = stage.functions["ingest_manifest"].timeout
    return [
        (batches.split_lease >= split, f"split_lease must outlast split_manifest, {split} s"),
        (batches.split_margin > 0, "split_margin must be positive: clocks differ"),
        (batches.chunk_lease >= ingest, f"chunk_lease must outlast ingest_manifest, {ingest} s"),
        (
            SLOWEST_S3_CALL < batches.reserve < ingest,
            f"batches.reserve must lie between the slowest call, {SLOWEST_S3_CALL} s, and {ingest}",
        ),
    ]


def _delivery_relations(stage: StageConfig) -> Relations:
    batches, delivery = stage.batches, stage.delivery
    verbs = ("split_manifest", "ingest_manifest")
    least = VISIBILITY_FACTOR * max(stage.functions[verb].timeout for verb in verbs)
    return [
        (
            delivery.batch_visibility >= least,
            f"batch_visibility {delivery.batch_visibility} s must be >= {least} s",
        ),
        (
            delivery.retention > delivery.batch_visibility * delivery.max_receive_count,
            "retention must outlast every delivery of a message about a batch",
        ),
        (
            # Else the message of a dead holder meets his lease, and is acknowledged.
            max(batches.split_lease, batches.chunk_lease) < delivery.batch_visibility,
            "split_lease and chunk_lease must lapse before a message comes back",
        ),
        (
            max(batches.split_retry, batches.chunk_retry) < delivery.batch_visibility,
            "split_retry and chunk_retry must be below batch_visibility",
        ),
        *(
            (
                1 <= attempts <= delivery.max_receive_count,
                "attempts at a manifest or a chunk must be between 1 and max_receive_count",
            )
            for attempts in (batches.split_max_attempts, batches.chunk_max_attempts)
        ),
        *(
            (
                concurrency >= MINIMUM_CONCURRENCY,
                f"manifests and chunks: maximum concurrency must be at least {MINIMUM_CONCURRENCY}",
            )
            for concurrency in (batches.split_concurrency, batches.ingest_concurrency)
        ),
    ]


def _file_relations(stage: StageConfig) -> Relations:
    return [
        (
            stage.batches.upload_life <= min(LONGEST_FORM, stage.limits.batch_link),
            "upload_life must end before the batch's link and the signer's credentials do",
        ),
        (
            stage.retention.part_days * 24 * HOUR > stage.delivery.retention,
            "part_days must outlast a message that asks for the parts to be put together",
        ),
    ]
