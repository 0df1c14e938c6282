"""Settles what queues gave up on: fails it, revives it, or puts it into quarantine."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Callable
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
from meshmill.aws.dynamodb_ongoing_batches import DynamoDbOngoingBatches
from meshmill.aws.s3_quarantine import S3Quarantine
from meshmill.logs import configure_logging
from meshmill.metrics import count_outcomes
from meshmill.settings import DeadLetterSettings
from meshmill.usecases.batches.bury_batch_work import BuryBatchWork
from meshmill.usecases.batches.bury_upload import BuryUpload
from meshmill.usecases.bury_message import Burial, BuryMessage

_A_LANES = ""

# What goes wrong with a record is logged; the others of its batch go on.
_processor = BatchProcessor(
    event_type=EventType.SQS,
    raise_on_entire_batch_failure=False,
    logger=logging.getLogger("meshmill.functions.dead_letter"),
)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Process a batch of dead letters."""
    buriers, settled = _buriers(), Counter[str]()

    def settle(record: SQSRecord) -> None:
        queue = record.event_source_arn.rpartition(":")[2]
        bury = buriers.get(queue, buriers[_A_LANES])
        settled[bury(queue, record.message_id, record.body)] += 1

    answer = process_partial_response(event, settle, _processor, context=context)
    settled["returned"] = len(answer["batchItemFailures"])
    count_outcomes("dead_letter", "DeadLetters", settled)
    return dict(answer)


@cache
def _buriers() -> dict[str, Callable[[str, str, str], Burial]]:
    """Who settles the letters of a queue, by its name; those of all lanes have one in common."""
    configure_logging("dead_letter")
    settings, clock = DeadLetterSettings.from_environment(os.environ), SystemClock()
    batches = DynamoDbOngoingBatches(clients.dynamodb(), settings.batches_table)
    quarantine = S3Quarantine(clients.s3(), settings.artefacts_bucket)
    return {
        _name(settings.upload_dead_letters_url): BuryUpload(batches, quarantine, clock),
        _name(settings.batch_dead_letters_url): BuryBatchWork(batches, quarantine, clock),
        _A_LANES: BuryMessage(
            assets=DynamoDbAssets(
                clients.dynamodb(), settings.assets_table, settings.batches_table
            ),
            quarantine=quarantine,
            clock=clock,
            max_attempts=settings.max_attempts,
        ),
    }


def _name(queue_url: str) -> str:
    return queue_url.rpartition("/")[2]
