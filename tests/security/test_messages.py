"""Forged and malformed messages: refused, kept for a person to look at, and nobody else harmed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.dead_letter import handler as dead_letter_function
from functions.generate import handler as generate_function
from tests.faults import engine
from tests.support import tokens
from tests.support.cloud import ACCOUNT, MAX_RECEIVES, REGION, Cloud, Context

ROCK = {"format": "gltf", "parameters": {"generator": "rock", "quality": "low"}}
ABSENT = "00000000-0000-5000-8000-000000000000"
RUN, USER = "0" * 26, "u" + "a" * 32
MALFORMED = {
    "no JSON": "not ours",
    "empty object": "{}",
    "a list": "[]",
    "deep": "[" * 100_000,
    "an S3 event": json.dumps({"Records": [{"eventSource": "aws:s3"}]}),
    "a path for an id": json.dumps({"asset_id": "../../../x", "run": RUN, "user_id": USER}),
    "a longer run": json.dumps({"asset_id": ABSENT, "run": RUN + "0", "user_id": USER}),
    "an extra member": json.dumps(
        {"asset_id": ABSENT, "run": RUN, "user_id": USER, "status": "completed"}
    ),
    "a number for an id": json.dumps({"asset_id": 1, "run": RUN, "user_id": USER}),
    "line breaks": '{"asset_id":\r\n"\r\n"}',
    "other letters": "\u202e🦊 ü",
}


@pytest.fixture(autouse=True)
def tiny_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    engine.install(monkeypatch)


def send(cloud: Cloud, body: str, lane: str = "standard") -> None:
    cloud.sqs.send_message(QueueUrl=cloud.queue_urls[lane], MessageBody=body)


def play(cloud: Cloud, lane: str = "standard") -> None:
    """Deliver until everything is settled."""
    for _ in range(MAX_RECEIVES + 1):
        cloud.work(lane)
    while cloud.bury(lane):
        pass


def statuses(cloud: Cloud) -> set[str]:
    return {record["status"]["S"] for record in cloud.records()}


@pytest.mark.parametrize("kind", MALFORMED)
def test_a_malformed_message_ends_in_quarantine_as_it_came(cloud: Cloud, kind: str) -> None:
    send(cloud, MALFORMED[kind])
    play(cloud)
    (key,) = cloud.keys("quarantine/standard-dead/")
    kept = json.loads(cloud.s3.get_object(Bucket="artefacts", Key=key)["Body"].read())
    assert kept["body"] == MALFORMED[kind]
    assert kept["queue"] == "standard-dead"
    assert (cloud.waiting(), cloud.dead()) == (0, 0)


def test_malformed_messages_in_a_batch_harm_none_of_the_good_ones(cloud: Cloud) -> None:
    for body in MALFORMED.values():
        send(cloud, body)
    for seed in range(3):
        cloud.create({"format": "gltf", "parameters": {"generator": "rock", "seed": seed}})
    for _ in range(4):
        play(cloud)
    assert statuses(cloud) == {"completed"}
    assert len(cloud.keys("quarantine/")) == len(MALFORMED)
    assert (cloud.waiting(), cloud.dead()) == (0, 0)


def test_quarantine_is_counted(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.sqs.send_message(
        QueueUrl=cloud.dead_letter_urls["bulk"], MessageBody="nobody understands"
    )
    cloud.bury("bulk")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    counted = [line for line in lines if "DeadLettersQuarantined" in line]
    assert [line["DeadLettersQuarantined"] for line in counted] == [[1.0]]
    assert "nobody understands" not in json.dumps(lines)


@pytest.mark.parametrize(
    "forged",
    [
        {"asset_id": ABSENT, "run": RUN, "user_id": USER},
        {"run": RUN},
        {"run": "Z" * 26},
    ],
    ids=["an asset that is not there", "an earlier run", "a later run"],
)
def test_a_forged_message_about_another_run_or_asset_changes_nothing(
    cloud: Cloud, forged: dict[str, str]
) -> None:
    cloud.create(ROCK)
    (message,) = cloud.sqs.receive_message(QueueUrl=cloud.queue_urls["standard"])["Messages"]
    cloud.sqs.delete_message(
        QueueUrl=cloud.queue_urls["standard"], ReceiptHandle=message["ReceiptHandle"]
    )
    before = cloud.records()
    send(cloud, json.dumps(json.loads(message["Body"]) | forged))
    play(cloud)
    assert cloud.records() == before
    assert cloud.keys() == []
    assert cloud.waiting() == 0


def test_a_forged_message_naming_another_user_builds_for_the_owner_alone(cloud: Cloud) -> None:
    owner = cloud.create(ROCK).json
    theirs = cloud.create(ROCK, bearer=tokens.token("grace")).json
    messages = cloud.sqs.receive_message(
        QueueUrl=cloud.queue_urls["standard"], MaxNumberOfMessages=10
    )["Messages"]
    bodies = [json.loads(message["Body"]) for message in messages]
    (ours,) = [body for body in bodies if body["asset_id"] == owner["asset_id"]]
    (other,) = [body for body in bodies if body["asset_id"] == theirs["asset_id"]]
    for message in messages:
        cloud.sqs.delete_message(
            QueueUrl=cloud.queue_urls["standard"], ReceiptHandle=message["ReceiptHandle"]
        )
    send(cloud, json.dumps(ours | {"user_id": other["user_id"]}))
    cloud.work()
    records = {record["asset_id"]["S"]: record for record in cloud.records()}
    assert records[owner["asset_id"]]["user_id"]["S"] == ours["user_id"]
    assert records[theirs["asset_id"]]["status"]["S"] == "pending"


def test_a_forged_dead_letter_of_a_working_asset_neither_fails_nor_loses_it(cloud: Cloud) -> None:
    cloud.create(ROCK)
    (message,) = cloud.sqs.receive_message(QueueUrl=cloud.queue_urls["standard"])["Messages"]
    cloud.sqs.send_message(QueueUrl=cloud.dead_letter_urls["standard"], MessageBody=message["Body"])
    cloud.bury()
    assert statuses(cloud) == {"pending"}
    assert cloud.reconcile() == {"resent": 1}
    play(cloud)
    assert statuses(cloud) == {"completed"}


def event(**changes: Any) -> dict[str, Any]:
    record = {
        "messageId": "m-1",
        "receiptHandle": "handle",
        "body": json.dumps({"asset_id": ABSENT, "run": RUN, "user_id": USER}),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:standard",
        "awsRegion": REGION,
    }
    return {"Records": [record | changes]}


@pytest.mark.parametrize(
    "changes",
    [
        {"eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:somebody-elses"},
        {"eventSourceARN": ""},
        {"body": "not ours"},
        {"body": None},
        {"body": {"asset_id": ABSENT}},
    ],
    ids=range(5),
)
def test_a_record_that_no_queue_of_ours_sends_is_reported_and_not_acknowledged(
    cloud: Cloud, changes: dict[str, Any]
) -> None:
    context: Any = Context()
    answer = generate_function.handler(event(**changes), context)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m-1"}]}


def test_a_dead_letter_whose_quarantine_fails_is_not_acknowledged(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise RuntimeError("no quarantine today")

    monkeypatch.setattr("meshmill.aws.s3_quarantine.S3Quarantine.keep", refuse)
    context: Any = Context()
    answer = dead_letter_function.handler(event(body="not ours"), context)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m-1"}]}
