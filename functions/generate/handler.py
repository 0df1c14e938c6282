"""Builds assets from the lanes' queues, and reports message by message what is not done."""

from __future__ import annotations

import logging
import os
from functools import cache, partial
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
from meshmill.aws.s3_artefacts import S3Artefacts
from meshmill.aws.sqs_queue import SqsDelivery
from meshmill.engine import GeometryEngine
from meshmill.logs import configure_logging
from meshmill.metrics import count
from meshmill.settings import GenerateSettings
from meshmill.usecases.consume import ConsumeWork
from meshmill.usecases.generate_asset import AttemptPolicy, GenerateAsset

# What goes wrong with a record is logged; the others of its batch go on.
_processor = BatchProcessor(
    event_type=EventType.SQS,
    raise_on_entire_batch_failure=False,
    logger=logging.getLogger("meshmill.functions.generate"),
)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Process a batch of SQS messages."""
    consume = partial(_consume, context=context)
    answer = process_partial_response(event, consume, _processor, context=context)
    count("generate", {"MessagesReturned": len(answer["batchItemFailures"])})
    return dict(answer)


def _consume(record: SQSRecord, context: LambdaContext) -> None:
    queue_url = _settings().queue_url(record.event_source_arn)
    delivery = SqsDelivery(clients.sqs(), queue_url, record.receipt_handle)
    _consumer()(record.body, delivery, context.get_remaining_time_in_millis)


@cache
def _settings() -> GenerateSettings:
    return GenerateSettings.from_environment(os.environ)


@cache
def _consumer() -> ConsumeWork:
    configure_logging("generate")
    settings = _settings()
    generate = GenerateAsset(
        assets=DynamoDbAssets(clients.dynamodb(), settings.assets_table, settings.batches_table),
        artefacts=S3Artefacts(clients.s3(), settings.artefacts_bucket),
        engine=GeometryEngine(),
        clock=SystemClock(),
        entropy=os.urandom,
        attempts=AttemptPolicy.configured(settings),
        patience=settings.patience,
    )
    return ConsumeWork(generate=generate, attempt_reserve_ms=settings.attempt_reserve_ms)
