"""Ingests chunks of manifests and redrives, and reports message by message what is not done."""

from __future__ import annotations

import logging
import os
from collections import Counter
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
from meshmill.aws.dynamodb_asset_bulk import DynamoDbAssetBulk
from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.aws.dynamodb_limits import DynamoDbLineBudget
from meshmill.aws.dynamodb_ongoing_batches import DynamoDbOngoingBatches
from meshmill.aws.s3_manifests import S3Manifests
from meshmill.aws.s3_reports import S3ReportFiles
from meshmill.aws.side_by_side import each
from meshmill.aws.sqs_batches import SqsBatchQueue
from meshmill.aws.sqs_bulk import SqsWorkBulk
from meshmill.aws.sqs_queue import SqsDelivery
from meshmill.logs import configure_logging
from meshmill.metrics import count_outcomes
from meshmill.settings import IngestSettings
from meshmill.usecases.batches.consume_batch_work import ConsumeBatchWork
from meshmill.usecases.batches.ingest_worker import IngestStores, ingest_worker

_THREADS = 8

# What goes wrong with a record is logged; the others of its batch go on.
_processor = BatchProcessor(
    event_type=EventType.SQS,
    raise_on_entire_batch_failure=False,
    logger=logging.getLogger("meshmill.functions.ingest_manifest"),
)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Process work on batches."""
    consume, done = _consumer(), Counter[str]()

    def ingest(record: SQSRecord) -> None:
        delivery = SqsDelivery(clients.sqs(), _settings().batch_queue_url, record.receipt_handle)
        consume(record.body, delivery, context.get_remaining_time_in_millis, done)

    answer = process_partial_response(event, ingest, _processor, context=context)
    done["messages_returned"] = len(answer["batchItemFailures"])
    count_outcomes("ingest_manifest", "", done)
    return dict(answer)


@cache
def _settings() -> IngestSettings:
    return IngestSettings.from_environment(os.environ)


@cache
def _consumer() -> ConsumeBatchWork:
    configure_logging("ingest_manifest")
    settings, clock = _settings(), SystemClock()
    dynamodb, s3, sqs = clients.dynamodb(), clients.s3(), clients.sqs()
    stores = IngestStores(
        assets=DynamoDbAssets(dynamodb, settings.assets_table, settings.batches_table),
        bulk=DynamoDbAssetBulk(clients.dynamodb_bulk(), settings.assets_table),
        work=SqsWorkBulk(clients.sqs_bulk(), settings.queue_urls),
        batches=DynamoDbOngoingBatches(dynamodb, settings.batches_table),
        manifests=S3Manifests(s3, settings.uploads_bucket),
        reports=S3ReportFiles(s3, settings.artefacts_bucket),
        budget=DynamoDbLineBudget(
            dynamodb, settings.rate_limits_table, clock, settings.lines_per_second
        ),
        queue=SqsBatchQueue(sqs, settings.batch_queue_url),
        each=partial(each, threads=_THREADS),
    )
    return ingest_worker(stores, settings, clock, os.urandom)
