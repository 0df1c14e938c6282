"""Callers by API key, and what every refusal must look like."""

from __future__ import annotations

import json
from typing import Any

from meshmill.aws.dynamodb_keys import to_item
from meshmill.domain.api_keys import ApiKey, KeyCredential
from tests.support import tables, tokens
from tests.support.cloud import Cloud, Reply

ROCK: dict[str, Any] = {"format": "gltf", "parameters": {"generator": "rock", "quality": "low"}}
BATCH: dict[str, Any] = {
    "filename": "a.jsonl",
    "size": 1,
    "content_type": "application/jsonl",
}
KEY = KeyCredential("a" * 16, "s" * 43)
KEY_OWNER = "u" + "k" * 32
#: What an answer may never hold, whatever went wrong.
INTERNALS = ("Traceback", ".py", "arn:aws", "boto", "pydantic", "jwt", "dynamodb", "at 0x", "/var/")


def store_key(cloud: Cloud, credential: KeyCredential = KEY, **changes: Any) -> dict[str, str]:
    """Keep a key as the command line does; returns the header that opens with it."""
    fields: dict[str, Any] = {
        "key_id": credential.key_id,
        "secret_sha256": credential.secret_sha256,
        "user_id": KEY_OWNER,
        "permissions": frozenset(tokens.PERMISSIONS),
        "name": "for a test",
        "created_at": 1_800_000_000_000,
    }
    key = ApiKey(**(fields | changes))
    cloud.dynamodb.put_item(TableName=tables.API_KEYS, Item=to_item(key))
    return {"x-api-key": str(credential)}


def assert_refusal(reply: Reply, status: int, code: str) -> dict[str, Any]:
    """One envelope with a request id and nothing from inside; returns the details."""
    assert (reply.status, reply.code) == (status, code), reply.text[:300]
    assert set(reply.json) == {"error", "request_id"}
    assert set(reply.json["error"]) == {"code", "message", "details"}
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["x-request-id"] == reply.json["request_id"]
    assert not [word for word in INTERNALS if word in reply.text]
    assert "\n" not in json.dumps(dict(reply.headers))
    details: dict[str, Any] = reply.json["error"]["details"]
    return details
