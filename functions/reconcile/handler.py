"""Looks after everything overdue, once a minute."""

from __future__ import annotations

import os
from functools import cache

from aws_lambda_powertools.utilities.typing import LambdaContext

from meshmill.aws import clients
from meshmill.aws.clock import SystemClock
from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.aws.dynamodb_ongoing_batches import DynamoDbOngoingBatches
from meshmill.aws.s3_manifests import S3Manifests
from meshmill.aws.sqs_batches import SqsBatchQueue, SqsUploadAnnouncements
from meshmill.aws.sqs_queue import SqsBacklog, SqsWorkQueue
from meshmill.logs import configure_logging
from meshmill.metrics import count_outcomes
from meshmill.settings import ReconcileSettings
from meshmill.usecases.batches.reconcile_batches import ReconcileBatches
from meshmill.usecases.reconcile import Reconcile


def handler(_event: object, context: LambdaContext) -> dict[str, int]:
    """One round over the batches and one over the assets; answers what was done how often."""
    settings, remaining_ms = _settings(), context.get_remaining_time_in_millis
    # Batches first: they are few, and each has many lines waiting for it. But nobody's many keep
    # the assets waiting, whose is half of the time.
    of_assets = remaining_ms() // 2
    cared_for = _reconcile_batches(settings)(lambda: remaining_ms() - of_assets)
    batches = {str(care): n for care, n in cared_for.items()}
    count_outcomes("reconcile", "OverdueBatches", batches)
    assets = {str(care): n for care, n in _reconcile(settings)(remaining_ms).items()}
    count_outcomes("reconcile", "Overdue", assets)
    return assets | {f"batches_{care}": n for care, n in batches.items()}


@cache
def _settings() -> ReconcileSettings:
    configure_logging("reconcile")
    return ReconcileSettings.from_environment(os.environ)


@cache
def _reconcile_batches(settings: ReconcileSettings) -> ReconcileBatches:
    sqs, uploads = clients.sqs(), settings.uploads_bucket
    return ReconcileBatches(
        batches=DynamoDbOngoingBatches(clients.dynamodb(), settings.batches_table),
        manifests=S3Manifests(clients.s3(), uploads),
        announcements=SqsUploadAnnouncements(sqs, settings.upload_queue_url, uploads),
        queue=SqsBatchQueue(sqs, settings.batch_queue_url),
        clock=SystemClock(),
        split_max_attempts=settings.split_max_attempts,
        reserve_ms=settings.reserve_ms,
    )


@cache
def _reconcile(settings: ReconcileSettings) -> Reconcile:
    clock = SystemClock()
    return Reconcile(
        assets=DynamoDbAssets(clients.dynamodb(), settings.assets_table, settings.batches_table),
        queue=SqsWorkQueue(clients.sqs(), settings.queue_urls),
        backlog=SqsBacklog(clients.sqs(), clients.cloudwatch(), settings.queue_urls, clock),
        clock=clock,
        patience=settings.patience,
        max_attempts=settings.max_attempts,
        max_sends=settings.max_sends_per_run,
        reserve_ms=settings.reserve_ms,
    )
