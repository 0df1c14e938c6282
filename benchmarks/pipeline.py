"""The whole pipeline on the embedded engine of this machine, as a client sees it: wall time."""

from __future__ import annotations

import asyncio
import io
import itertools
import statistics
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from benchmarks.load.kinds import Kind, Made, Request
from benchmarks.load.run import Plan, Run
from benchmarks.load.tally import Tally
from benchmarks.measure import Row
from meshmill_local import LocalStack

_SMALL = {"generator": "rock", "quality": "low", "texture_size": 256}
_SAMPLES = 20
_PLAN = Plan(seconds=5.0, concurrency=4)
_NO_LIMIT = 1_000_000
# It logs a line: the engine waits for one, and makes a function that logs nothing a slow one.
_EMPTY = """
def handler(event, context):
    print("{}", flush=True)
    return {"statusCode": 200, "body": "{}"}
"""


def rows() -> Iterator[Row]:
    """One small asset after another; then as many requests as four callers can have answered."""
    with (
        tempfile.TemporaryDirectory() as directory,
        LocalStack.start(state_dir=Path(directory)) as stack,
    ):
        yield from _one_by_one(stack)
        for tally in asyncio.run(_under_load(stack)):
            what = f"local: {tally.kind}, {_PLAN.concurrency} callers"
            yield Row(what, tally.per_second, "answers/s")


def _one_by_one(stack: LocalStack) -> Iterator[Row]:
    """From the request to its completion, once warm."""
    headers = {"Authorization": f"Bearer {stack.mint_token('bench')}"}
    with httpx.Client(base_url=stack.base_url, headers=headers, timeout=60) as http:
        _complete(http, seed=0)
        timed = [_complete(http, seed=seed) for seed in range(1, _SAMPLES + 1)]
    for what, values in zip(
        ("create answered", "small asset completed"), zip(*timed, strict=True), strict=True
    ):
        median = statistics.median(values) * 1000
        yield Row(f"local: {what}, median of {_SAMPLES}", median, "ms wall")


def _complete(http: httpx.Client, seed: int) -> tuple[float, float]:
    started = time.perf_counter()
    body: dict[str, Any] = {"format": "gltf", "parameters": {**_SMALL, "seed": seed}}
    asset = http.post("/api/v1/assets", json=body).raise_for_status().json()
    answered = time.perf_counter() - started
    while asset["status"] != "completed":
        asset = http.get(asset["status_url"]).raise_for_status().json()
        time.sleep(0.01)
    return answered, time.perf_counter() - started


async def _under_load(stack: LocalStack) -> list[Tally]:
    """The engine with an empty function, then with ours: what of a request is the engine's own."""
    headers = {"X-API-Key": stack.mint_api_key("bench", requests_per_minute=_NO_LIMIT)}
    # Both without the front, which the empty function has none of.
    ours = _address(stack, stack.outputs["ApiId"])
    empty = Request("GET", f"{_address(stack, _empty_function(stack))}/", is_anonymous=True)
    made = Made()
    kinds = [Kind("an empty function", itertools.repeat(empty), 200), *made.kinds()]
    async with httpx.AsyncClient(base_url=ours, timeout=60) as http:
        run = Run(http, lambda: headers, _PLAN, made)
        tallies = [await run.driven(kind) for kind in kinds]
        await run.tidied()
    return tallies


def _address(stack: LocalStack, api_id: str) -> str:
    return f"{stack.engine_endpoint}/_aws/execute-api/{api_id}/$default"


def _empty_function(stack: LocalStack) -> str:
    """The id of an HTTP API before a function that does nothing."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("handler.py", _EMPTY)
    function = stack.client("lambda").create_function(
        FunctionName="empty",
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/any",
        Handler="handler.handler",
        Code={"ZipFile": code.getvalue()},
    )
    gateway = stack.client("apigatewayv2")
    api_id: str = gateway.create_api(Name="empty", ProtocolType="HTTP")["ApiId"]
    integration = gateway.create_integration(
        ApiId=api_id,
        IntegrationType="AWS_PROXY",
        IntegrationUri=function["FunctionArn"],
        PayloadFormatVersion="2.0",
    )
    target = f"integrations/{integration['IntegrationId']}"
    gateway.create_route(ApiId=api_id, RouteKey="$default", Target=target)
    gateway.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
    return api_id
