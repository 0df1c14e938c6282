"""What each function calls is what its role is granted: nothing missing, nothing unused."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.client import BaseClient

from functions.account import handler as account_function
from functions.api import handler as api_function
from functions.audit import handler as audit_function
from functions.dead_letter import handler as dead_letter_function
from functions.generate import handler as generate_function
from functions.ingest_manifest import handler as ingest_function
from functions.reconcile import handler as reconcile_function
from functions.split_manifest import handler as split_function
from functions.status import handler as status_function
from meshmill.domain import identity
from meshmill.domain.api_keys import KeyCredential
from meshmill.domain.permissions import Permission
from tests.faults import engine
from tests.infra.test_access import DEAD_LETTERS, GRANTS, LANES, POLLED
from tests.security.batch_play import drop, play_batches
from tests.security.callers import ROCK, store_key
from tests.security.recorder import Grant, Recorder
from tests.security.routes import bearer
from tests.support import tokens
from tests.support.cloud import Cloud, Context

HANDLERS = {
    "api": api_function,
    "status": status_function,
    "generate": generate_function,
    "split_manifest": split_function,
    "ingest_manifest": ingest_function,
    "dead_letter": dead_letter_function,
    "reconcile": reconcile_function,
    "audit": audit_function,
    "account": account_function,
}
_SIGNED = {
    ("s3:GetObject", f"Artefacts/{folder}/*"): "links are signed with the role"
    for folder in ("artefacts", "batches", "exports")
}
_MISSING_IS_404 = "else a missing key is a 403 and not a 404"


def _polled(*queues: str) -> dict[Grant, str]:
    return {
        (f"sqs:{action}", queue): "Lambda polls the queue" for queue in queues for action in POLLED
    }


#: Granted, and never called by our code: by function, with the reason.
NOT_CALLED: dict[str, dict[Grant, str]] = {
    "api": {
        **_SIGNED,
        ("s3:PutObject", "Uploads/uploads/*/.batches/*"): "forms are signed with the role",
    },
    "status": _SIGNED,
    "generate": {("s3:ListBucket", "Artefacts"): _MISSING_IS_404, **_polled(*LANES)},
    "split_manifest": {
        ("s3:ListBucket", "Uploads"): _MISSING_IS_404,
        **_polled("UploadEventsQueue"),
    },
    "ingest_manifest": {
        ("s3:ListBucket", "Uploads"): _MISSING_IS_404,
        ("s3:ListBucket", "Artefacts"): _MISSING_IS_404,
        ("s3:AbortMultipartUpload", "Artefacts/batches/*"): "after a report that broke off alone",
        ("s3:GetObject", "Artefacts/batches/*"): "HEAD, after a completion without an answer",
        **_polled("BatchQueue"),
    },
    "dead_letter": _polled(*DEAD_LETTERS),
    "reconcile": {},
    "account": {
        ("s3:ListBucket", "Artefacts"): _MISSING_IS_404,
        ("s3:AbortMultipartUpload", "Artefacts/exports/*"): "after an upload of many parts alone",
        ("s3:GetObject", "Artefacts/exports/*"): "HEAD, after a completion without an answer",
        **{
            ("s3:DeleteObject", f"Artefacts/{folder}/*"): "null versions of a bucket without any"
            for folder in ("exports", "batches", "parts")
        },
    },
    "audit": {
        grant: "Lambda reads the stream"
        for grant in GRANTS.get("audit", set())
        if "Stream" in grant[0] or "Shard" in grant[0] or "GetRecords" in grant[0]
    },
}


@pytest.fixture
def recorder(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    make_call: Any = vars(BaseClient)["_make_api_call"]

    def call(client: Any, operation: str, parameters: Any) -> Any:
        recorder.note(client, operation, parameters)
        return make_call(client, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    for verb, module in HANDLERS.items():
        monkeypatch.setattr(module, "handler", recorder.noting(verb, module.handler))
    return recorder


def play(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that the functions do: each way of a request, and each kind of trouble."""
    engine.install(monkeypatch)
    lanes = {"express": 9, "standard": 5, "bulk": 1}
    for seed, (lane, priority) in enumerate(lanes.items()):
        body = ROCK | {"parameters": {"generator": "rock", "seed": seed}, "priority": priority}
        for query in ("", "dry_run=true", ""):
            created = cloud.create(body, bearer=bearer(), query=query)
        cloud.poll(created.json["status_url"])
        cloud.work(lane)
    path = f"/api/v1/assets/{created.json['asset_id']}"
    admin = bearer("admin", permissions=sorted(Permission))
    for method, address, token in (
        ("GET", path, bearer()),
        ("GET", f"{path}/files/model", bearer()),
        ("GET", "/api/v1/assets", bearer()),
        ("GET", path, admin),
        ("DELETE", path, bearer()),
    ):
        assert cloud.request(method, address, bearer=token).status < 400
    cloud.request("GET", "/api/v1/assets", headers=store_key(cloud))
    cloud.create(ROCK | {"priority": 1}, bearer=bearer("grace"))
    cloud.create(ROCK | {"priority": 9}, bearer=bearer("grace"))
    cloud.record_changes()
    play_trouble(cloud, monkeypatch)
    play_batches(cloud, monkeypatch)
    play_accounts(cloud, monkeypatch)


def play_accounts(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """An export, and an erasure with a key, an upload and an asset, until it is over."""
    now = [int(time.time() * 1000)]
    monkeypatch.setattr("meshmill.aws.clock.SystemClock.now_ms", lambda _: now[0])
    leaver = bearer("leaver")
    user_id = identity.user_id(tokens.ISSUER, "leaver")
    created = cloud.create(ROCK | {"parameters": {"seed": 77}}, bearer=leaver)
    cloud.work()
    store_key(cloud, KeyCredential("b" * 16, "t" * 43), user_id=user_id)
    drop(cloud, "leaver", "manifest.jsonl", json.dumps(ROCK).encode())
    cloud.run_batches_to_rest()
    assert created.status == 202
    for method, path in (("GET", "/api/v1/users/me/export"), ("DELETE", "/api/v1/users/me")):
        url = cloud.request(method, path, bearer=leaver).json["status_url"]
        for _ in range(10):
            cloud.work_on_accounts()
            cloud.poll(url)
            now[0] += 60_000


def play_trouble(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts that fail, artefacts that stand already, dead letters, and what got lost."""
    cloud.work("express")
    cloud.create(ROCK, bearer=bearer("eve"))
    cloud.work()  # adopts what grace has
    with monkeypatch.context() as broken:
        broken.setattr("meshmill.engine.GeometryEngine.generate", _no_memory)
        for lane, priority in (("express", 9), ("standard", 5), ("bulk", 1)):
            body = {"format": "obj", "parameters": {"seed": priority}, "priority": priority}
            cloud.create(body, bearer=bearer("mallory"))
            for _ in range(7):
                cloud.work(lane)
            cloud.bury(lane)
            cloud.create(body, bearer=bearer("mallory"))
            waiting = cloud.sqs.receive_message(QueueUrl=cloud.queue_urls[lane])["Messages"]
            cloud.sqs.send_message(
                QueueUrl=cloud.dead_letter_urls[lane], MessageBody=waiting[0]["Body"]
            )
            cloud.bury(lane)
    cloud.sqs.send_message(QueueUrl=cloud.dead_letter_urls["bulk"], MessageBody="not ours")
    cloud.bury("bulk")
    for priority in (1, 5, 9):
        body = ROCK | {"parameters": {"seed": 99 + priority}, "priority": priority}
        cloud.create(body, bearer=bearer("trudy"))
    with monkeypatch.context() as later:
        now = int(time.time() * 1000) + 120_000
        later.setattr("meshmill.aws.clock.SystemClock.now_ms", lambda _: now)
        cloud.reconcile()
    forged = {"eventID": "1", "eventName": "MODIFY", "dynamodb": {"SequenceNumber": "1"}}
    HANDLERS["audit"].handler({"Records": [forged]}, Context())


def _no_memory(*_: Any) -> Any:
    raise MemoryError


def test_what_functions_call_is_what_their_roles_are_granted(
    cloud: Cloud, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(cloud, monkeypatch)
    assert recorder.actions.keys() == HANDLERS.keys()
    for verb in HANDLERS:
        called, granted = recorder.actions[verb], GRANTS[verb]
        assert called <= granted, f"{verb} lacks {called - granted}"
        unused = granted - called - NOT_CALLED[verb].keys()
        assert not unused, f"{verb} never uses {unused}"
        assert not called & NOT_CALLED[verb].keys()


def test_every_function_with_a_role_is_played_here() -> None:
    assert HANDLERS.keys() == GRANTS.keys() == NOT_CALLED.keys()
