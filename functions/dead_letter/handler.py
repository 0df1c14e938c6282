"""Settles what the lanes gave up on: fails it, revives it, or puts it into quarantine."""

from __future__ import annotations

import logging
import os
from collections import Counter
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from meshmill.aws import clients
from meshmill.aws.clock import SystemClock
from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.aws.s3_quarantine import S3Quarantine
from meshmill.logs import configure_logging
from meshmill.metrics import count_outcomes
from meshmill.settings import DeadLetterSettings
from meshmill.usecases.bury_message import BuryMessage

# What goes wrong with a record is logged; the others of its batch go on.
_processor = BatchProcessor(
    event_type=EventType.SQS,
    raise_on_entire_batch_failure=False,
    logger=logging.getLogger("meshmill.functions.dead_letter"),
)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Process a batch of dead letters."""
    bury, settled = _bury(), Counter[str]()

    def settle(record: SQSRecord) -> None:
        queue = record.event_source_arn.rpartition(":")[2]
        settled[bury(queue, record.message_id, record.body)] += 1

    answer = process_partial_response(event, settle, _processor, context=context)
    settled["returned"] = len(answer["batchItemFailures"])
    count_outcomes("dead_letter", "DeadLetters", settled)
    return dict(answer)


@cache
def _bury() -> BuryMessage:
    configure_logging("dead_letter")
    settings = DeadLetterSettings.from_environment(os.environ)
    return BuryMessage(
        assets=DynamoDbAssets(clients.dynamodb(), settings.assets_table),
        quarantine=S3Quarantine(clients.s3(), settings.artefacts_bucket),
        clock=SystemClock(),
        max_attempts=settings.max_attempts,
    )
