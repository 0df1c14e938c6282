"""The calls whose answers are the document's examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from unittest.mock import Mock

from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.domain.batch import Counts, Phase
from meshmill.domain.errors import DependencyUnavailable
from tests.openapi.still import StillCloud
from tests.support import tokens
from tests.support.batch_steps import bring_to, count
from tests.support.cloud import Cloud, Reply

BOULDER: dict[str, Any] = {
    "format": "gltf",
    "parameters": {"generator": "rock", "quality": "low", "texture_size": 256, "seed": 7},
    "priority": 8,
    "labels": {"project": "quarry"},
    "custom_id": "boulder-7",
}
SEED: dict[str, Any] = {
    "format": "gltf",
    "parameters": {"quality": "high", "texture_size": 2048},
}
BATCH: dict[str, Any] = {
    "filename": "quarry.jsonl",
    "size": 8_192,
    "content_type": "application/jsonl",
}
ABSENT = "/api/v1/assets/00000000-0000-5000-8000-000000000000"
_PROBLEM = {"accept": "application/problem+json"}
_DAY_MS = 86_400_000

_BAD_BODIES: dict[str, Any] = {
    "INVALID_JSON": '{"format": "gltf",}',
    "INVALID_FORMAT": {"format": "gltff", "parameters": {}},
    "VALIDATION_ERROR": {
        "format": "gltf",
        "parameters": {"quality": "hi", "texture_size": 8192},
    },
    "PAYLOAD_TOO_LARGE": '{"format": "gltf", "parameters": {' + " " * 65_536 + "}}",
}


class Recorder:
    """Bodies of answers by name, and a value of each header that any of them carried."""

    def __init__(self) -> None:
        self.bodies: dict[str, Any] = {}
        self.headers: dict[str, str] = {}

    def note(self, name: str, reply: Reply, status: int) -> Any:
        """Keep an answer, which must have this status; its body."""
        assert reply.status == status, (name, reply)
        self.bodies[name] = reply.json
        for header, value in reply.headers.items():
            self.headers.setdefault(header, value)
        return reply.json

    def refused(
        self, code: str, call: Callable[..., Reply], sent: Mapping[str, str] | None = None
    ) -> None:
        """Keep a refusal in both of its shapes."""
        for name, asked in ((code, {}), (f"{code}-problem", _PROBLEM)):
            reply = call(headers={**(sent or {}), **asked})
            found = reply.json.get("code") or reply.json["error"]["code"]
            self.note(name, reply, reply.status)
            assert found == code, (name, reply)


def answers(still: StillCloud) -> Recorder:
    """All of them, in an order in which each is what it is said to be."""
    recorder = Recorder()
    _catalogue(recorder, still.cloud)
    _asset(recorder, still)
    _refused_requests(recorder, still.cloud)
    _refused_callers(recorder, still)
    _broken(recorder, still)
    _batch(recorder, still)
    _account(recorder, still)
    return recorder


def _catalogue(recorder: Recorder, cloud: Cloud) -> None:
    recorder.note("getHealth", cloud.request("GET", "/api/v1/health"), 200)
    recorder.note("getGenerator", cloud.request("GET", "/api/v1/generators/rock"), 200)


def _asset(recorder: Recorder, still: StillCloud) -> None:
    """A boulder's life, as its owner and the holder of its link see it."""
    cloud, clock = still.cloud, still.clock
    recorder.bodies |= {"createAsset-request": BOULDER, "createAsset-request-seed": SEED}
    queued = recorder.note("createAsset-queued", cloud.create(BOULDER), 202)
    clock.advance(180)
    recorder.note("createAsset-duplicate", cloud.create(BOULDER), 200)
    refuse = partial(cloud.create, BOULDER, query="on_duplicate=reject")
    recorder.refused("DUPLICATE_REQUEST", refuse)
    recorder.note("createAsset-dry-run", cloud.create(SEED, query="dry_run=true"), 200)
    recorder.note("getStatus", cloud.poll(queued["status_url"]), 200)
    bearer, address = tokens.token(), f"/api/v1/assets/{queued['asset_id']}"
    model = partial(cloud.request, "GET", f"{address}/files/model", bearer=bearer)
    recorder.refused("INVALID_STATE", model)
    cloud.work("express")
    clock.advance(1_000)
    recorder.note("getAsset", cloud.request("GET", address, bearer=bearer), 200)
    cloud.create(SEED)
    page = cloud.request("GET", "/api/v1/assets", query="limit=1", bearer=bearer)
    recorder.note("listAssets", page, 200)


def _refused_requests(recorder: Recorder, cloud: Cloud) -> None:
    """What is wrong with a body, a path or a method."""
    for code, body in _BAD_BODIES.items():
        recorder.refused(code, partial(cloud.create, body))
    plain = {"content-type": "text/plain"}
    recorder.refused("UNSUPPORTED_MEDIA_TYPE", partial(cloud.create, BOULDER), plain)
    call = partial(cloud.request, bearer=tokens.token())
    recorder.refused("NOT_FOUND", partial(call, "GET", ABSENT))
    recorder.refused("METHOD_NOT_ALLOWED", partial(call, "PUT", "/api/v1/assets"))


def _refused_callers(recorder: Recorder, still: StillCloud) -> None:
    """Who lacks a credential, a permission, a good link, or patience."""
    cloud = still.cloud
    recorder.refused("UNAUTHORIZED", partial(cloud.request, "GET", "/api/v1/assets"))
    reader = tokens.token(permissions=["assets:read"])
    recorder.refused("FORBIDDEN", partial(cloud.create, BOULDER, bearer=reader))
    link = cloud.create(BOULDER).json["status_url"]
    recorder.refused("INVALID_SIGNATURE", partial(cloud.poll, link[:-4] + "AAAA"))
    hasty = partial(cloud.request, "GET", ABSENT, bearer=tokens.token("hasty"))
    while hasty().headers["x-ratelimit-remaining"] != "0":
        pass
    recorder.refused("RATE_LIMIT_EXCEEDED", hasty)
    still.clock.advance(_DAY_MS + 1_000)
    recorder.refused("LINK_EXPIRED", partial(cloud.poll, link))


def _broken(recorder: Recorder, still: StillCloud) -> None:
    """A defect of ours, and a service behind us that does not answer."""
    read = partial(still.cloud.request, "GET", ABSENT, bearer=tokens.token())
    for code, error in (
        ("INTERNAL_ERROR", KeyError("run")),
        ("SERVICE_UNAVAILABLE", DependencyUnavailable("DynamoDB is unavailable")),
    ):
        with still.patch.context() as patch:
            patch.setattr(DynamoDbAssets, "get", Mock(side_effect=error))
            recorder.refused(code, read)


def _batch(recorder: Recorder, still: StillCloud) -> None:
    """A batch's life: issued, under way, and over with ten assets that failed."""
    cloud, clock = still.cloud, still.clock
    call = partial(cloud.request, bearer=tokens.token())
    recorder.bodies["createBatch-request"] = BATCH
    create = partial(call, "POST", "/api/v1/batches")
    named = {"idempotency-key": "quarry-2027"}
    issued = recorder.note("createBatch", create(BATCH, headers=named), 201)
    recorder.refused("IDEMPOTENCY_CONFLICT", partial(create, BATCH | {"size": 9_216}), named)
    recorder.note("listBatches", call("GET", "/api/v1/batches", query="limit=1"), 200)
    batch_id = issued["batch_id"]
    bring_to(cloud, batch_id, Phase.INGESTING, clock.now_ms())
    clock.advance(20_000)
    _count(still, batch_id, accepted=176, duplicate=14, rejected=10, completed=60)
    recorder.note("getBatchStatus", cloud.poll(issued["status_url"]), 200)
    bring_to(cloud, batch_id, Phase.REPORTED, clock.now_ms())
    clock.advance(30_000)
    _count(still, batch_id, completed=106, failed=10, chunks_done=1)
    address = f"/api/v1/batches/{batch_id}"
    recorder.note("getBatch", call("GET", address), 200)
    recorder.note("redriveBatch", call("POST", f"{address}/redrive"), 202)


def _count(still: StillCloud, batch_id: str, **sums: int) -> None:
    count(still.cloud, batch_id, Counts(updated_at=still.clock.now_ms(), **sums))


def _account(recorder: Recorder, still: StillCloud) -> None:
    """Somebody takes everything along, and leaves."""
    cloud, call = still.cloud, partial(still.cloud.request, bearer=tokens.token("leaver"))
    export = ("GET", "/api/v1/users/me/export")
    asked = recorder.note("exportMe-pending", call(*export), 202)
    still.clock.advance(20_000)
    cloud.work_on_accounts()
    recorder.note("exportMe-completed", call(*export), 200)
    recorder.note("getExportStatus", cloud.poll(asked["status_url"]), 200)
    receipt = recorder.note("eraseMe", call("DELETE", "/api/v1/users/me"), 202)
    recorder.note("getErasureStatus", cloud.poll(receipt["status_url"]), 200)
