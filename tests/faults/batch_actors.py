"""Who has to do with a manifest: clients, splitters, ingesters and the reconciler.

Chunks are of three lines and stretches of two, so that a manifest of nine is what one of ten
thousand would be.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import pytest

from meshmill.domain import identity
from meshmill.domain.manifest.plan import ManifestLimits
from meshmill.usecases.batches.ingest_chunk import IngestPolicy
from tests.faults import insides, messages
from tests.faults.injection import Boundary, Mode
from tests.faults.platform import NotAtRest, Platform
from tests.faults.scenarios import rock
from tests.support import tokens
from tests.support.cloud import Reply
from tests.support.cloud_settings import BATCH_QUEUE, UPLOADS

ADA = identity.user_id(tokens.ISSUER, "ada")
CHUNK_LINES, STRETCH_LINES = 3, 2
LEASE_MS, MARGIN_MS = 60_000, 1_000
#: So long that what comes back by itself is told from what somebody had to look after.
WATCH_MS = 600_000
#: Seeds of requests: one that stands failed before the batch, and some that fail within it.
STANDS_FAILED, UNBUILDABLE, UNLUCKY, ALSO_UNLUCKY = 7, 21, 22, 23
BATCHES = "/api/v1/batches"
_BEARER = tokens.token(
    permissions=["batches:create", "batches:read", "assets:delete"], exp=4_000_000_000
)


def set_up(patch: pytest.MonkeyPatch) -> None:
    """Plan chunks of three lines, count two at a time, and look after a batch late."""
    for owner, name, lines in (
        (ManifestLimits, "chunk_lines", CHUNK_LINES),
        (IngestPolicy, "stretch_lines", STRETCH_LINES),
    ):
        defaults: Any = vars(owner)["__init__"].__kwdefaults__
        patch.setitem(defaults, name, lines)
    patch.setenv("MESHMILL_BATCH_WATCH_MS", str(WATCH_MS))


def line(seed: int, **members: Any) -> bytes:
    return json.dumps(rock(seed, custom_id=f"rock-{seed}", **members)).encode() + b"\n"


def lines(seeds: Iterable[int]) -> bytes:
    return b"".join(map(line, seeds))


class At(dict[int, Any]):
    """A plan for the first call of an operation, whatever its number."""

    def __init__(self, aws: Boundary, operation: str, planned: Any) -> None:
        super().__init__()
        self._aws, self._operation, self._planned = aws, operation, planned

    def get(self, number: int, default: Any = None) -> Any:
        """What is planned, once."""
        if self._aws.calls[number].operation != self._operation:
            return default
        planned, self._planned = self._planned, default
        return planned


def die_at(
    stage: Platform, operation: str, invoke: Callable[[Platform], Any], mode: Mode = Mode.DIES_AFTER
) -> None:
    """Let a process die at its first call of an operation."""
    stage.aws.arm(At(stage.aws, operation, mode))
    invoke(stage)
    assert len(stage.aws.struck) == 1, "nobody died"
    stage.aws.arm({})


def split(stage: Platform) -> None:
    stage.attempt("split_manifest", stage.cloud.split)


def ingest(stage: Platform) -> None:
    stage.attempt("ingest_manifest", stage.cloud.ingest)


def ingest_all(stage: Platform) -> None:
    """Every chunk, and the report; nothing is built."""
    split(stage)
    while messages.bodies(BATCH_QUEUE):
        ingest(stage)


def reconcile(stage: Platform) -> None:
    stage.attempt("reconcile", stage.cloud.reconcile)


def ask(stage: Platform, method: str, path: str, body: Any = None, key: str = "") -> Reply:
    """A client that asks until it is answered."""
    headers = {"idempotency-key": key} if key else {}
    request = partial(stage.cloud.request, method, path, body, bearer=_BEARER, headers=headers)
    for _ in range(10):
        reply = stage.attempt("api", request)
        if reply is not None and reply.status < 500:
            return reply
        stage.clock.advance(1_000)
    raise NotAtRest("the API never answers")


def put(stage: Platform, key: str, content: bytes) -> None:
    stage.cloud.s3.put_object(Bucket=UPLOADS, Key=key, Body=content)


def drop(stage: Platform, content: bytes, name: str = "rocks.jsonl") -> None:
    put(stage, f"uploads/{ADA}/shelf/{name}", content)


def issue(stage: Platform) -> Any:
    body = {"filename": "issued.jsonl", "size": 1_024, "content_type": "application/jsonl"}
    reply = ask(stage, "POST", BATCHES, body, key="one-of-ours")
    assert reply.status == 201, reply.text
    return reply.json


def upload(stage: Platform, issued: Any) -> None:
    put(stage, issued["upload"]["fields"]["key"], lines([0, 1]) + b"nonsense\n")


def batch_id(stage: Platform) -> str:
    (state,) = insides.batches()
    return state.batch.batch_id


def wait_for(stage: Platform, milliseconds: int) -> None:
    """As long as nobody looks after anything."""
    stage.clock.advance(milliseconds)


def request_redrive(stage: Platform) -> Reply:
    return ask(stage, "POST", f"{BATCHES}/{batch_id(stage)}/redrive")
