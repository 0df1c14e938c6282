"""The api and the status function beside the least they could be: cold, and warm by request.

All of AWS is a stand-in process, so that what the SDK does is counted and what the service does
is not. The code runs from layers built as they are shipped, with their bytecode.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import truediv
from typing import Any

from benchmarks.measure import Row
from benchmarks.sample_assets import PAGE, completed_assets
from benchmarks.stand_in import SIGNING_KEY
from benchmarks.surroundings import Surroundings, surroundings
from infra.sources import CHECKOUT
from meshmill.domain.signing import SigningKeys, sign_status_link

_ROUNDS, _WARM_CALLS, _WARM_PAGES = 7, 200, 20
_FLOOR, _STATUS = "pydantic + boto3, the floor", "status"
_LISTING = f"a page of {PAGE} completed assets"
_CREATORS: Mapping[str, str] = {
    _FLOOR: "benchmarks.peers.floor",
    "Powertools resolver": "benchmarks.peers.powertools",
    "FastAPI + Mangum": "benchmarks.peers.fastapi_mangum",
    "api": "functions.api.handler",
}

Event = dict[str, Any]


def rows() -> Iterator[Row]:
    """Cold starts, then requests of a warm function, in milliseconds and beside the floor."""
    with surroundings() as around:
        rounds = _rounds(_subjects(around.token), around)
    yield from _beside_the_floor(rounds, "cold", "cold", [*_CREATORS, _STATUS])
    yield from _beside_the_floor(rounds, "warm", "accepted request", list(_CREATORS))
    for what, name in (("poll", _STATUS), ("api", _LISTING)):
        yield Row(f"{what}: {name}", statistics.median(costs[name].warm for costs in rounds))


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU milliseconds: import, wiring and first call together; and each call after it."""

    cold: float
    warm: float


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured: a module's ``handler``, called with these events."""

    module: str
    events: Sequence[Event]


def _subjects(token: str) -> dict[str, Subject]:
    creates = [_create(token, seed) for seed in range(_WARM_CALLS + 1)]
    polls, pages = [_poll()] * (_WARM_CALLS + 1), [_page(token)] * (_WARM_PAGES + 1)
    return {
        **{name: Subject(module, creates) for name, module in _CREATORS.items()},
        _STATUS: Subject("functions.status.handler", polls),
        _LISTING: Subject("functions.api.handler", pages),
    }


def _rounds(subjects: Mapping[str, Subject], around: Surroundings) -> list[dict[str, Cost]]:
    """All in turn, so that what else the machine does meets all of them alike.

    The first round is not counted: it leaves the bytecode behind.
    """
    rounds = [
        {name: _in_a_process(subject, around) for name, subject in subjects.items()}
        for _ in range(_ROUNDS + 1)
    ]
    return rounds[1:]


def _beside_the_floor(
    rounds: Sequence[Mapping[str, Cost]], part: str, what: str, names: Sequence[str]
) -> Iterator[Row]:
    """Medians of the rounds; a ratio is the median of each round's own."""
    for name in names:
        costs = [getattr(costs[name], part) for costs in rounds]
        yield Row(f"{what}: {name}", statistics.median(costs))
        if name != _FLOOR:
            floor = [getattr(costs[_FLOOR], part) for costs in rounds]
            ratio = statistics.median(map(truediv, costs, floor))
            yield Row(f"{what}: {name}, against the floor", ratio, "x")


def _in_a_process(subject: Subject, around: Surroundings) -> Cost:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.invocation", subject.module],
        env=around.environment,
        input="\n".join(map(json.dumps, subject.events)),
        capture_output=True,
        text=True,
        check=False,
        cwd=CHECKOUT,
    )
    if done.returncode:
        sys.exit(done.stderr)
    cold, *warm = json.loads(done.stdout.splitlines()[-1])
    # The quarter of the calls that the machine's other work disturbed least ends here.
    return Cost(cold, statistics.quantiles(warm, n=4)[0])


def _create(token: str, seed: int) -> Event:
    body = {"format": "gltf", "parameters": {"generator": "rock", "seed": seed}}
    return _event("POST", "/api/v1/assets", token, body=json.dumps(body))


def _page(token: str) -> Event:
    return _event("GET", "/api/v1/assets", token, query=f"limit={PAGE}")


def _poll() -> Event:
    asset_id, expires = next(completed_assets()).asset_id, int(time.time()) + 3600
    signature = sign_status_link(SigningKeys(SIGNING_KEY.encode()), "assets", asset_id, expires)
    event = _event(
        "GET",
        f"/api/v1/status/assets/{asset_id}",
        query=f"expires={expires}&signature={signature}",
    )
    return {**event, "pathParameters": {"kind": "assets", "id": asset_id}}


def _event(
    method: str, path: str, token: str | None = None, *, query: str = "", body: str | None = None
) -> Event:
    """Of an HTTP API, payload format 2.0, as ``events/`` has them."""
    event: Event = json.loads((CHECKOUT / "events" / "api" / "create_oak.json").read_text())
    http = event["requestContext"]["http"] | {"method": method, "path": path}
    headers = {name: text for name, text in event["headers"].items() if name != "content-length"}
    headers |= {"authorization": f"Bearer {token}"}
    if token is None:
        del headers["authorization"]
    if body is None:
        del headers["content-type"]
    return {
        **event,
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": event["requestContext"] | {"http": http},
        "body": body,
    }
