"""``python -m benchmarks.stand_in``: AWS's answers without AWS's work, in a process of its own.

Speaks just enough of DynamoDB, SQS, S3 and Secrets Manager for the functions under measurement to
do all that their SDK does: every conditional write succeeds, every token of a rate limit is
granted, and one user has a page full of completed assets. It prints its port once it listens, and
ends with its standard input. With a number as its argument it answers after so many milliseconds.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from benchmarks.sample_assets import completed_assets
from benchmarks.stand_in_batches import Batches, RefusedError
from benchmarks.stand_in_objects import Objects, Response
from meshmill.aws.attributes import to_item

Members = dict[str, Any]

JWKS_PATH = "/jwks.json"
MESSAGES_PATH, RECORDS_PATH = "/messages/", "/records"
SIGNING_KEY = "the stand-in's signing key"
_TYPE = "application/x-amz-json-1.0"
_ITEMS = {asset.asset_id: to_item(asset) for asset in completed_assets()}


@dataclass(frozen=True, slots=True)
class Request:
    """What came, its header names in lower case; ``path`` with the query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


_BATCHES, _OBJECTS = Batches(), Objects()
_MESSAGES: defaultdict[str, list[str]] = defaultdict(list)
"""Bodies by the name of the queue."""


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
    if "batch_id" in request["Key"]:
        return _BATCHES.get(request)
    item = _ITEMS.get(request["Key"].get("asset_id", {}).get("S"))
    return {} if item is None else {"Item": item}


def _query(request: Members) -> Members:
    if ":batch" in request["ExpressionAttributeValues"]:
        return _BATCHES.query(request)
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


_LIMITS = RateLimits()


def _update_item(request: Members) -> Members:
    return (_LIMITS if "bucket" in request["Key"] else _BATCHES).update(request)


def _send_message(request: Members) -> Members:
    return _sent(request["QueueUrl"], request["MessageBody"])


def _send_message_batch(request: Members) -> Members:
    return {
        "Successful": [
            {"Id": entry["Id"], **_sent(request["QueueUrl"], entry["MessageBody"])}
            for entry in request["Entries"]
        ],
        "Failed": [],
    }


def _sent(queue_url: str, body: str) -> Members:
    _MESSAGES[queue_url.rpartition("/")[2]].append(body)
    digest = hashlib.md5(body.encode()).hexdigest()
    return {"MessageId": "1" * 36, "MD5OfMessageBody": digest}


def _get_secret_value(request: Members) -> Members:
    keys = {"current": SIGNING_KEY, "previous": ""}
    return {"Name": request["SecretId"], "SecretString": json.dumps(keys)}


_OPERATIONS: Mapping[str, Callable[[Members], Members]] = {
    "DynamoDB_20120810.UpdateItem": _update_item,
    "DynamoDB_20120810.TransactWriteItems": _BATCHES.transact,
    "DynamoDB_20120810.PutItem": lambda _: {},
    "DynamoDB_20120810.GetItem": _get_item,
    "DynamoDB_20120810.Query": _query,
    "DynamoDB_20120810.BatchGetItem": _batch_get_item,
    "AmazonSQS.SendMessage": _send_message,
    "AmazonSQS.SendMessageBatch": _send_message_batch,
    "secretsmanager.GetSecretValue": _get_secret_value,
}


def _answer(request: Request, jwks: bytes) -> Response:
    target = request.headers.get("x-amz-target")
    if target is not None:
        return _called(target, request.body)
    if request.path == JWKS_PATH:
        return Response(body=jwks)
    if request.path == RECORDS_PATH:
        return Response(body=json.dumps(_BATCHES.assets).encode())
    if request.path.startswith(MESSAGES_PATH):
        taken = _MESSAGES.pop(request.path.removeprefix(MESSAGES_PATH), [])
        return Response(body=json.dumps(taken).encode())
    return _OBJECTS.answer(request.method, request.path, request.headers, request.body)


def _called(target: str, body: bytes) -> Response:
    try:
        return Response(body=json.dumps(_OPERATIONS[target](json.loads(body))).encode())
    except RefusedError as refused:
        told = {"__type": str(refused), "CancellationReasons": refused.reasons}
        return Response("400 Bad Request", json.dumps(told).encode())


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.splitlines()[:-1]
    parted = [line.partition(":") for line in lines]
    headers = {name.lower(): value.strip() for name, _, value in parted}
    if "expect" in headers:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    method, path, _ = first.split(" ")
    return Request(method, path, headers, body)


async def _serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, jwks: bytes, latency: float
) -> None:
    """Every request of one connection."""
    # The client closes the connection, or everything ends.
    with suppress(asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
        while request := await _read(reader, writer):
            answer = _answer(request, jwks)
            if latency:
                await asyncio.sleep(latency)
            length = len(answer.body) if answer.length is None else answer.length
            told = {"Content-Type": _TYPE, "Content-Length": str(length), **answer.headers}
            lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
            writer.write(f"HTTP/1.1 {answer.status}\r\n{lines}\r\n".encode() + answer.body)
            await writer.drain()
    writer.close()


async def main(jwks: bytes, latency: float) -> None:
    """Serve until standard input ends."""
    server = await asyncio.start_server(
        lambda reader, writer: _serve(reader, writer, jwks, latency), "127.0.0.1"
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    milliseconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0
    asyncio.run(main(sys.stdin.readline().encode(), milliseconds / 1000))
