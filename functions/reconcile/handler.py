"""Looks after everything overdue, once a minute."""

from __future__ import annotations

import os
from functools import cache

from aws_lambda_powertools.utilities.typing import LambdaContext

from meshmill.aws import clients
from meshmill.aws.clock import SystemClock
from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.aws.sqs_queue import SqsBacklog, SqsWorkQueue
from meshmill.logs import configure_logging
from meshmill.metrics import count_outcomes
from meshmill.settings import ReconcileSettings
from meshmill.usecases.reconcile import Reconcile


def handler(_event: object, context: LambdaContext) -> dict[str, int]:
    """One round; answers what was done how often."""
    done = {str(care): n for care, n in _reconcile()(context.get_remaining_time_in_millis).items()}
    count_outcomes("reconcile", "Overdue", done)
    return done


@cache
def _reconcile() -> Reconcile:
    configure_logging("reconcile")
    settings, clock = ReconcileSettings.from_environment(os.environ), SystemClock()
    return Reconcile(
        assets=DynamoDbAssets(clients.dynamodb(), settings.assets_table),
        queue=SqsWorkQueue(clients.sqs(), settings.queue_urls),
        backlog=SqsBacklog(clients.sqs(), clients.cloudwatch(), settings.queue_urls, clock),
        clock=clock,
        patience=settings.patience,
        max_attempts=settings.max_attempts,
        max_sends=settings.max_sends_per_run,
        reserve_ms=settings.reserve_ms,
    )
