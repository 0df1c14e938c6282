"""What every peer does for a request: verify, count, put, send. The least that the work can be."""

from __future__ import annotations

import os
import time
import uuid
from functools import cache
from typing import Any, Literal

import boto3
import jwt
from pydantic import BaseModel, ConfigDict, Field

_PER_MINUTE = 100


class Parameters(BaseModel):
    """What is to be generated."""

    model_config = ConfigDict(extra="forbid")

    generator: Literal["terrain", "rock", "tree", "building"] = "terrain"
    quality: Literal["low", "medium", "high"] = "medium"
    texture_size: Literal[256, 512, 1024, 2048, 4096] = 1024
    seed: int = Field(0, ge=0, lt=2**32)


class Body(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["gltf", "obj", "fbx"]
    parameters: Parameters
    priority: int = Field(5, ge=1, le=10)
    labels: dict[str, str] = Field(default_factory=dict)


def verified_subject(authorization: str) -> str:
    """The subject of a good token (RS256, issuer and audience pinned)."""
    token = authorization.removeprefix("Bearer ")
    claims = jwt.decode(
        token,
        _keys().get_signing_key_from_jwt(token),
        algorithms=["RS256"],
        issuer=os.environ["MESHMILL_TOKEN_ISSUER"],
        audience=os.environ["MESHMILL_TOKEN_AUDIENCE"],
    )
    return str(claims["sub"])


def accept(subject: str, body: Body) -> dict[str, Any]:
    """Count the request in its minute, put the record, send the message."""
    _dynamodb().update_item(
        TableName=os.environ["MESHMILL_RATE_LIMITS_TABLE"],
        Key={"bucket": {"S": f"{subject}#{int(time.time()) // 60}"}},
        UpdateExpression="ADD hits :one",
        ConditionExpression="attribute_not_exists(hits) OR hits < :limit",
        ExpressionAttributeValues={":one": {"N": "1"}, ":limit": {"N": str(_PER_MINUTE)}},
    )
    request = body.model_dump_json()
    asset_id = str(uuid.uuid5(uuid.NAMESPACE_URL, subject + request))
    _dynamodb().put_item(
        TableName=os.environ["MESHMILL_ASSETS_TABLE"],
        Item={
            "asset_id": {"S": asset_id},
            "user_id": {"S": subject},
            "status": {"S": "pending"},
            "request": {"S": request},
            "created_at": {"N": str(int(time.time() * 1000))},
        },
        ConditionExpression="attribute_not_exists(asset_id)",
    )
    _sqs().send_message(
        QueueUrl=os.environ["MESHMILL_STANDARD_QUEUE_URL"],
        MessageBody=f'{{"asset_id":"{asset_id}"}}',
        MessageGroupId=subject,
    )
    return {"asset_id": asset_id, "status": "pending", **body.model_dump()}


@cache
def _keys() -> jwt.PyJWKClient:
    return jwt.PyJWKClient(os.environ["MESHMILL_JWKS_URL"])


@cache
def _dynamodb() -> Any:
    return boto3.client("dynamodb")


@cache
def _sqs() -> Any:
    return boto3.client("sqs")
