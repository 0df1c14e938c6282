"""Gives every function a worker before the first request needs it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpcore

from meshmill.domain.identity import asset_id, ulid, user_id
from meshmill.domain.work import WorkItem
from meshmill_local.clients import Clients
from meshmill_local.engine import REGION
from meshmill_local.errors import EngineError
from meshmill_local.identity import ISSUER

_HEALTH = "/api/v1/health"
_UNSIGNED_STATUS = f"/api/v1/status/assets/{asset_id('nobody', 'nothing')}"
_OVER_HTTP = frozenset({"ApiFunction", "StatusFunction"})
#: They start with the first manifest: two processes more would delay every start.
_LEFT_COLD = frozenset({"SplitManifestFunction", "IngestManifestFunction"})
#: Their messages are not about assets.
_OF_BATCHES = tuple(
    f"{name}{kind}Url"
    for name in ("UploadEvents", "Batch")
    for kind in ("Queue", "DeadLetterQueue")
)
_FUNCTION, _STREAM = "Function", "/stream/"
_SERVER_ERROR = 500
_TIMEOUT = {"connect": 5.0, "read": 60.0, "write": 5.0, "pool": 5.0}

Report = Callable[[str], None]
"""Receives a line about a function that stayed cold."""


def prewarm(base_url: str, outputs: Mapping[str, str], clients: Clients, report: Report) -> None:
    """Call each function once, with an event that changes nothing, but for those of manifests.

    ``api`` and ``status`` are called over HTTP, queue consumers with a message about an asset
    that doesn't exist, which they acknowledge, readers of a stream with no records. A worker
    whose function raised is ended by the engine: such a function is reported, and starts when it
    is needed.

    Raises:
        EngineError: the API does not answer.
    """
    lambda_client = clients.client("lambda")
    of_batches = {outputs[name].rpartition("/")[2] for name in _OF_BATCHES if name in outputs}
    sources = _sources_by_function(lambda_client, of_batches)
    tasks: list[Callable[[], object]] = [
        partial(_call_route, base_url, path) for path in (_HEALTH, _UNSIGNED_STATUS)
    ]
    tasks += [
        partial(_invoke, lambda_client, name, idle_event(sources.get(name)), report)
        for key, name in outputs.items()
        if key.endswith(_FUNCTION) and key not in _OVER_HTTP | _LEFT_COLD
    ]
    with ThreadPoolExecutor(len(tasks), "prewarm") as pool:
        for future in [pool.submit(task) for task in tasks]:
            future.result()


def idle_event(source_arn: str | None) -> dict[str, Any]:
    """An event of a queue or a stream that changes nothing; empty for a function without either."""
    if source_arn is None:
        return {}
    if _STREAM in source_arn:
        return {"Records": []}
    return {"Records": [_absent_asset_record(source_arn)]}


def _absent_asset_record(queue_arn: str) -> dict[str, Any]:
    """A record of SQS whose message is about an asset that nobody has."""
    nobody = user_id(ISSUER, "nobody")
    body = WorkItem(
        asset_id=asset_id(nobody, "nothing"), run=ulid(0, bytes(10)), user_id=nobody
    ).model_dump_json()
    now = str(time.time_ns() // 1_000_000)
    return {
        "messageId": asset_id(nobody, "prewarm"),
        "receiptHandle": "none",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": now,
            "SenderId": "prewarm",
            "ApproximateFirstReceiveTimestamp": now,
        },
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": REGION,
    }


def _sources_by_function(client: Any, passed_over: Collection[str]) -> dict[str, str]:
    """Function name → one of the queues, or the stream, that feed it; not of certain queues."""
    pages = client.get_paginator("list_event_source_mappings").paginate()
    return {
        mapping["FunctionArn"].split(":")[6]: mapping["EventSourceArn"]
        for page in pages
        for mapping in page["EventSourceMappings"]
        if mapping["EventSourceArn"].rpartition(":")[2] not in passed_over
    }


def _call_route(base_url: str, path: str) -> None:
    answer = httpcore.request("GET", base_url + path, extensions={"timeout": _TIMEOUT})
    if answer.status >= _SERVER_ERROR:
        raise EngineError(
            f"GET {path} answered {answer.status}: {answer.content.decode(errors='replace')}",
            where=base_url,
            next_step="read engine.log in the state directory",
        )


def _invoke(client: Any, name: str, event: Mapping[str, Any], report: Report) -> None:
    answer = client.invoke(FunctionName=name, Payload=json.dumps(event).encode())
    if "FunctionError" in answer:
        report(f"{name} stayed cold: {_message(answer)}")


def _message(answer: Mapping[str, Any]) -> str:
    try:
        return str(json.loads(answer["Payload"].read())["errorMessage"]).strip()
    except (ValueError, KeyError):
        return "no message"
