"""Writes down which changes of assets callers have asked for, from the table's stream."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from meshmill.aws import clients
from meshmill.aws.asset_stream import StreamedChange
from meshmill.aws.dynamodb_audit import DynamoDbAuditTrail
from meshmill.aws.s3_quarantine import S3Quarantine
from meshmill.logs import configure_logging
from meshmill.metrics import count
from meshmill.settings import AuditSettings
from meshmill.usecases.record_changes import RecordChanges


def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Process a batch of stream records; answers from which one on to deliver again."""
    changes = [StreamedChange(record) for record in event["Records"]]
    progress = _record()(changes)
    left = changes[progress.done :]
    count(
        "audit",
        {
            "ChangesRecorded": progress.recorded,
            "ChangesQuarantined": progress.quarantined,
            "ChangesReturned": len(left),
        },
    )
    # One is enough: the platform goes on from the first that is named.
    return {"batchItemFailures": [{"itemIdentifier": one.sequence_number} for one in left[:1]]}


@cache
def _record() -> RecordChanges:
    configure_logging("audit")
    settings = AuditSettings.from_environment(os.environ)
    return RecordChanges(
        trail=DynamoDbAuditTrail(clients.dynamodb(), settings.audit_table, settings.audit_days),
        quarantine=S3Quarantine(clients.s3(), settings.artefacts_bucket),
    )
