"""What ingestion is measured beside: line by line, a PutItem and a SendMessage.

It validates by the same model and puts the same items, by clients as boto3 makes them. It keeps no
offset, writes no results, draws on no budget and counts nothing.
"""

from __future__ import annotations

import os
from typing import Any

import boto3
from botocore.config import Config

from meshmill.aws.attributes import to_item
from meshmill.domain import identity
from meshmill.domain.asset import Asset
from meshmill.domain.attribution import Attribution
from meshmill.domain.json_text import parse_object
from meshmill.domain.lanes import Lane
from meshmill.domain.request import MAX_BODY_BYTES, validate_request
from meshmill.domain.work import WorkItem

_PATIENCE = dict.fromkeys(Lane, 60_000)
_S3 = boto3.client("s3", config=Config(s3={"addressing_style": "path"}))
_DYNAMODB, _SQS = boto3.client("dynamodb"), boto3.client("sqs")
_TABLE = os.environ["MESHMILL_ASSETS_TABLE"]
_QUEUES = {lane: os.environ[f"MESHMILL_{lane.upper()}_QUEUE_URL"] for lane in Lane}


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Ask for the asset of each line of a stretch of an object."""
    answer = _S3.get_object(
        Bucket=event["bucket"],
        Key=event["key"],
        Range=f"bytes={event['begin']}-{event['end'] - 1}",
    )
    for line in answer["Body"].iter_lines():
        _submit(event["user_id"], line)
    return {"batchItemFailures": []}


def _submit(user_id: str, line: bytes) -> None:
    asset = Asset.new(
        user_id,
        validate_request(parse_object(line, MAX_BODY_BYTES)),
        run=identity.ulid(1_700_000_000_000, os.urandom(10)),
        now=1_700_000_000_000,
        patience=_PATIENCE,
        attribution=Attribution(f"user:{user_id}", "request-1", None),
    )
    _DYNAMODB.put_item(
        TableName=_TABLE,
        Item=to_item(asset),
        ConditionExpression="attribute_not_exists(asset_id)",
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )
    _SQS.send_message(
        QueueUrl=_QUEUES[asset.lane],
        MessageBody=WorkItem.of(asset).model_dump_json(),
        MessageGroupId=user_id,
    )
