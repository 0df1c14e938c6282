"""The whole pipeline, from HTTPS call to downloaded file, and what may go wrong on the way."""

from __future__ import annotations

import hashlib
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3.dynamodb.types
import httpx
import pytest

from meshmill.domain.signing import SigningKeys, sign_status_link
from meshmill_local import LocalStack
from meshmill_local.gltf_check import validate
from tests.support.embedded import (
    Caller,
    eventually,
    generate_configured,
    kill_workers,
    reconcile,
    reconciled,
    stored_keys,
    visibility,
)

SMALL = {"generator": "terrain", "quality": "low", "texture_size": 256}
LARGE = {"generator": "terrain", "quality": "high", "texture_size": 4096}
EMPTY = {
    "ApproximateNumberOfMessages": "0",
    "ApproximateNumberOfMessagesNotVisible": "0",
}


@pytest.fixture
def caller(local_stack: LocalStack, request: pytest.FixtureRequest) -> Caller:
    """A user of this test's own, with a bucket of its own."""
    return Caller(local_stack, request.node.name)


def assert_at_rest(stack: LocalStack) -> None:
    """Queues and dead letters are empty."""
    sqs = stack.client("sqs")
    urls = [url for name, url in stack.outputs.items() if name.endswith("QueueUrl")]
    assert len(urls) == 10

    def empty() -> bool | None:
        counts = [
            sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(EMPTY))["Attributes"]
            for url in urls
        ]
        return all(count == EMPTY for count in counts) or None

    eventually(empty, "every queue is empty")


def test_an_asset_is_asked_for_polled_and_downloaded(caller: Caller) -> None:
    asked = caller.create(parameters=SMALL, labels={"shot": "12"}, custom_id="pebble")
    assert asked.status_code == 202
    assert asked.json()["status"] == "pending"
    assert asked.headers["retry-after"] == "1"

    asset = caller.until_final(asked.json())

    assert asset["status"] == "completed", asset
    files = {file["name"]: file for file in asset["files"]}
    assert set(files) == {"model", "preview", "provenance"}
    contents = {name: httpx.get(file["url"]) for name, file in files.items()}
    for name, content in contents.items():
        assert hashlib.sha256(content.content).hexdigest() == files[name]["sha256"]
        assert len(content.content) == files[name]["bytes"]
    report = validate(contents["model"].content)
    assert (report.errors, report.warnings) == (0, 0)
    provenance = json.loads(contents["provenance"].content)
    assert provenance["spec_id"] == asset["spec_id"]
    disposition = contents["model"].headers["content-disposition"]
    assert f"pebble-{asset['spec_id'][:8]}.glb" in disposition
    assert caller.get(asset["asset_id"]).json()["labels"] == {"shot": "12"}


def test_the_same_request_is_not_built_twice(caller: Caller) -> None:
    first = caller.until_final(caller.create(parameters=SMALL).json())
    again = caller.create(parameters={**SMALL, "seed": 0}, labels={"other": "label"})
    assert again.status_code == 200
    assert again.json()["deduplicated"] is True
    same = ("asset_id", "attempts", "started_at", "completed_at", "labels")
    assert {name: again.json()[name] for name in same} == {name: first[name] for name in same}


def test_32_identical_requests_at_once_make_one_record_and_one_artefact(caller: Caller) -> None:
    parameters = {**SMALL, "seed": 32}
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda _: caller.create(parameters=parameters), range(32)))
    assert sorted(answer.status_code for answer in answers) == [200] * 31 + [202]
    assert len({answer.json()["asset_id"] for answer in answers}) == 1
    asset = caller.until_final(answers[0].json())
    assert (asset["status"], asset["attempts"]) == ("completed", 1)
    assert [each["asset_id"] for each in caller.listed()] == [asset["asset_id"]]
    assert len(stored_keys(caller.stack, asset["spec_id"])) == 3


def test_a_second_user_gets_a_record_of_their_own_and_the_same_bytes(
    caller: Caller, local_stack: LocalStack
) -> None:
    mine = caller.until_final(caller.create(parameters=SMALL).json())
    other = Caller(local_stack, "somebody-else")
    theirs = other.until_final(other.create(parameters=SMALL).json())
    assert theirs["asset_id"] != mine["asset_id"]
    assert [file["sha256"] for file in theirs["files"]] == [
        file["sha256"] for file in mine["files"]
    ]
    assert (
        other.get(mine["asset_id"]).json()["error"]
        == (other.get("00000000-0000-5000-8000-000000000000").json()["error"])
    )


def test_a_killed_worker_s_asset_is_delivered_again_and_completed(caller: Caller) -> None:
    stack = caller.stack
    # A lease as short as the patience of a test: it lapses soon after the worker is dead.
    with (
        visibility(stack, "Standard", 8),
        generate_configured(stack, MESHMILL_LEASE_MS="6000", MESHMILL_LEASE_MARGIN_MS="100"),
    ):
        asked = caller.create(parameters={**LARGE, "seed": 1}).json()
        caller.until_processing(asked)
        assert kill_workers(stack) >= 1
    asset = reconciled(stack, caller, asked)
    assert asset["status"] == "completed"
    # A machine that is busy for longer than the short lease may need a third.
    assert asset["attempts"] in {2, 3}


def test_a_message_delivered_twice_whose_winner_dies_still_completes(caller: Caller) -> None:
    stack = caller.stack
    with (
        visibility(stack, "Standard", 4),
        # A delivery that meets a worker which is being replaced comes back soon, too.
        visibility(stack, "Express", 4),
        # Long enough for the second delivery to meet a live lease on a busy machine too.
        generate_configured(stack, MESHMILL_LEASE_MS="15000", MESHMILL_LEASE_MARGIN_MS="100"),
    ):
        asked = caller.create(parameters={**LARGE, "seed": 2}).json()
        caller.until_processing(asked)
        record = _record(stack, asked["asset_id"])
        stack.client("sqs").send_message(
            QueueUrl=stack.outputs["ExpressQueueUrl"],
            MessageBody=json.dumps({name: record[name] for name in ("asset_id", "run", "user_id")}),
        )
        # The second delivery meets a live lease and is acknowledged; then the winner dies.
        eventually(
            lambda: _waiting(stack, "Express") == 0 or None, "the second delivery is acknowledged"
        )
        kill_workers(stack)
    asset = reconciled(stack, caller, asked)
    assert asset["status"] == "completed"


def test_poison_ends_in_the_dead_letters_failed_with_a_reason_and_may_be_asked_for_again(
    caller: Caller,
) -> None:
    stack, parameters = caller.stack, {**LARGE, "seed": 3}
    # Every attempt outlasts the function's time and is killed, five times over.
    with (
        # Put back last: a message received by a function that is still too slow comes back soon.
        visibility(stack, "Standard", 2),
        generate_configured(
            stack,
            timeout=1,
            MESHMILL_LEASE_MS="900",
            MESHMILL_LEASE_MARGIN_MS="60000",
            MESHMILL_ATTEMPT_RESERVE_MS="1",
        ),
    ):
        asked = caller.create(parameters=parameters).json()
        failed = caller.until_final(asked)
    assert failed["status"] == "failed"
    assert failed["attempts"] == 5
    assert failed["error"]["code"] == "GENERATION_FAILED"
    assert failed["error"]["class"] == "system"
    assert failed["error"]["retryable"] is True
    assert_at_rest(stack)

    again = caller.create(parameters=parameters)
    assert again.status_code == 202
    assert again.json()["asset_id"] == asked["asset_id"]
    assert again.json()["created_at"] == asked["created_at"]
    asset = caller.until_final(again.json())
    assert asset["status"] == "completed"
    assert "error" not in asset


def test_a_record_whose_message_was_never_sent_is_completed_by_the_reconciler(
    caller: Caller,
) -> None:
    stack = caller.stack
    lost = caller.until_final(caller.create(parameters={**SMALL, "seed": 4}).json())
    _rewind_to_unsent(stack, lost["asset_id"])
    assert caller.get(lost["asset_id"]).json()["status"] == "pending"
    assert reconcile(stack)["resent"] == 1
    asset = caller.until_final(lost)
    assert asset["status"] == "completed"


def test_a_message_that_nobody_understands_ends_in_quarantine(local_stack: LocalStack) -> None:
    sqs, s3 = local_stack.client("sqs"), local_stack.client("s3")
    sqs.send_message(QueueUrl=local_stack.outputs["BulkQueueUrl"], MessageBody="not ours")

    def quarantined() -> list[Any] | None:
        listed = s3.list_objects_v2(
            Bucket=local_stack.outputs["ArtefactsBucket"], Prefix="quarantine/"
        )
        contents: list[Any] | None = listed.get("Contents")
        return contents

    (kept,) = eventually(quarantined, "the message is in quarantine")
    body = s3.get_object(Bucket=local_stack.outputs["ArtefactsBucket"], Key=kept["Key"])["Body"]
    assert json.loads(body.read())["body"] == "not ours"
    assert_at_rest(local_stack)


def test_expired_and_tampered_links_are_refused(caller: Caller) -> None:
    stack = caller.stack
    asset = caller.create(parameters=SMALL).json()
    link = httpx.URL(asset["status_url"])
    later = link.copy_set_param("expires", str(int(link.params["expires"]) + 1))
    unsigned = link.copy_remove_param("signature")
    for tampered in (later, unsigned, httpx.URL(str(link)[:-1])):
        answer = caller.poll(str(tampered))
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "INVALID_SIGNATURE"
    answer = caller.poll(_expired(stack, asset["asset_id"]))
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "LINK_EXPIRED"


def _hashes(asset: dict[str, Any]) -> list[str]:
    return [file["sha256"] for file in asset["files"]]


def _expired(stack: LocalStack, asset_id: str) -> str:
    secret = stack.client("secretsmanager").get_secret_value(
        SecretId=stack.outputs["SigningSecretId"]
    )
    keys = SigningKeys(json.loads(secret["SecretString"])["current"].encode())
    expires = int(time.time()) - 1
    signature = sign_status_link(keys, "assets", asset_id, expires)
    query = f"expires={expires}&signature={signature}"
    return f"{stack.base_url}/api/v1/status/assets/{asset_id}?{query}"


def _record(stack: LocalStack, asset_id: str) -> dict[str, Any]:
    item = stack.client("dynamodb").get_item(
        TableName=stack.outputs["AssetsTable"], Key={"asset_id": {"S": asset_id}}
    )["Item"]
    read = boto3.dynamodb.types.TypeDeserializer().deserialize
    return {name: read(value) for name, value in item.items()}


def _rewind_to_unsent(stack: LocalStack, asset_id: str) -> None:
    """Leave the record as a put leaves it whose sender died before it sent."""
    stack.client("dynamodb").update_item(
        TableName=stack.outputs["AssetsTable"],
        Key={"asset_id": {"S": asset_id}},
        UpdateExpression=(
            "SET #s = :pending, due_at = :past, wait_ms = :wait, attempts = :none"
            " REMOVE files, completed_at, started_at"
        ),
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues={
            ":pending": {"S": "pending"},
            ":past": {"N": "1"},
            ":wait": {"N": "10000"},
            ":none": {"N": "0"},
        },
    )


def _waiting(stack: LocalStack, lane: str) -> int:
    answer = stack.client("sqs").get_queue_attributes(
        QueueUrl=stack.outputs[f"{lane}QueueUrl"], AttributeNames=list(EMPTY)
    )
    return sum(int(count) for count in answer["Attributes"].values())
