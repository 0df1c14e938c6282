"""``python -m benchmarks.stand_in``: AWS's answers without AWS's work, in a process of its own.

Speaks just enough of DynamoDB, SQS and Secrets Manager for the functions under measurement to do
all that their SDK does: every conditional write succeeds, every token of a rate limit is granted,
and one user has a page full of completed assets. It prints its port once it listens, and ends
with its standard input.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from benchmarks.sample_assets import completed_assets
from meshmill.aws.attributes import to_item

Members = dict[str, Any]

JWKS_PATH = "/jwks.json"
SIGNING_KEY = "the stand-in's signing key"
_ITEMS = {asset.asset_id: to_item(asset) for asset in completed_assets()}


class RateLimits:
    """The one table whose answers depend on what was written."""

    def __init__(self) -> None:
        self._tat: dict[str, int] = {}

    def update(self, request: Members) -> Members:
        """Grant: our limiter's two updates, or a peer's plain counter."""
        values, bucket = request["ExpressionAttributeValues"], request["Key"]["bucket"]["S"]
        if ":me" not in values:
            return {"Attributes": {"hits": {"N": "1"}}}
        if ":now_plus_cost" in values:
            self._tat[bucket] = int(values[":now_plus_cost"]["N"])
        else:
            self._tat[bucket] += int(values[":cost"]["N"])
        return {"Attributes": {"tat": {"N": str(self._tat[bucket])}, "spender": values[":me"]}}


def _get_item(request: Members) -> Members:
    item = _ITEMS.get(request["Key"].get("asset_id", {}).get("S"))
    return {} if item is None else {"Item": item}


def _query(request: Members) -> Members:
    partition = request["ExpressionAttributeValues"][":partition"]
    keys = ("user_shard", "position", "asset_id")
    found = [
        {name: item[name] for name in keys}
        for item in _ITEMS.values()
        if item["user_shard"] == partition
    ]
    found.sort(key=lambda item: str(item["position"]["S"]), reverse=True)
    return {"Items": found[: request["Limit"]], "Count": len(found)}


def _batch_get_item(request: Members) -> Members:
    [(table, asked)] = request["RequestItems"].items()
    found = [_ITEMS[key["asset_id"]["S"]] for key in asked["Keys"]]
    return {"Responses": {table: found}, "UnprocessedKeys": {}}


def _send_message(request: Members) -> Members:
    digest = hashlib.md5(request["MessageBody"].encode()).hexdigest()
    return {"MessageId": "1" * 36, "MD5OfMessageBody": digest}


def _get_secret_value(request: Members) -> Members:
    keys = {"current": SIGNING_KEY, "previous": ""}
    return {"Name": request["SecretId"], "SecretString": json.dumps(keys)}


_OPERATIONS: Mapping[str, Callable[[Members], Members]] = {
    "DynamoDB_20120810.UpdateItem": RateLimits().update,
    "DynamoDB_20120810.PutItem": lambda _: {},
    "DynamoDB_20120810.GetItem": _get_item,
    "DynamoDB_20120810.Query": _query,
    "DynamoDB_20120810.BatchGetItem": _batch_get_item,
    "AmazonSQS.SendMessage": _send_message,
    "secretsmanager.GetSecretValue": _get_secret_value,
}


def _answer(headers: Mapping[str, str], body: bytes, jwks: bytes) -> bytes:
    target = headers.get("x-amz-target")
    return jwks if target is None else json.dumps(_OPERATIONS[target](json.loads(body))).encode()


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, jwks: bytes) -> None:
    """Every request of one connection."""
    # The client closes the connection, or everything ends.
    with suppress(asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
        while head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
            lines = [line.partition(":") for line in head.splitlines()[1:-1]]
            headers = {name.lower(): value.strip() for name, _, value in lines}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            answer = _answer(headers, body, jwks)
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (len(answer), answer)
            )
    writer.close()


async def main(jwks: bytes) -> None:
    """Serve until standard input ends."""
    server = await asyncio.start_server(
        lambda reader, writer: _serve(reader, writer, jwks), "127.0.0.1"
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(sys.stdin.readline().encode()))
