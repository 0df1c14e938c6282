"""Splits uploaded manifests into chunks, and reports message by message what is not done."""

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
from meshmill.aws.dynamodb_batches import DynamoDbBatches
from meshmill.aws.dynamodb_limits import DynamoDbLineBudget
from meshmill.aws.s3_manifests import S3Manifests
from meshmill.aws.sqs_batches import SqsBatchQueue
from meshmill.aws.sqs_queue import SqsDelivery
from meshmill.logs import configure_logging
from meshmill.metrics import count_outcomes
from meshmill.settings import SplitSettings
from meshmill.usecases.batches.consume_uploads import ConsumeUploads
from meshmill.usecases.batches.split_worker import SplitStores, split_worker

# What goes wrong with a record is logged; the others of its batch go on.
_processor = BatchProcessor(
    event_type=EventType.SQS,
    raise_on_entire_batch_failure=False,
    logger=logging.getLogger("meshmill.functions.split_manifest"),
)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Process what S3 tells of uploads."""
    consume, done = _consumer(), Counter[str]()

    def split(record: SQSRecord) -> None:
        queue_url = _settings().upload_queue_url
        consume(record.body, SqsDelivery(clients.sqs(), queue_url, record.receipt_handle), done)

    answer = process_partial_response(event, split, _processor, context=context)
    done["messages_returned"] = len(answer["batchItemFailures"])
    count_outcomes("split_manifest", "", done)
    return dict(answer)


@cache
def _settings() -> SplitSettings:
    return SplitSettings.from_environment(os.environ)


@cache
def _consumer() -> ConsumeUploads:
    configure_logging("split_manifest")
    settings, clock, dynamodb = _settings(), SystemClock(), clients.dynamodb()
    stores = SplitStores(
        batches=DynamoDbBatches(
            dynamodb, settings.batches_table, settings.audit_table, settings.audit_days
        ),
        manifests=S3Manifests(clients.s3(), settings.uploads_bucket),
        budget=DynamoDbLineBudget(
            dynamodb, settings.rate_limits_table, clock, settings.lines_per_second
        ),
        queue=SqsBatchQueue(clients.sqs(), settings.batch_queue_url),
    )
    return split_worker(stores, settings, clock, os.urandom)
