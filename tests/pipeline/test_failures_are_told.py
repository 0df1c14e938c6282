"""What goes wrong in a consumer is in its log; to Lambda a failed batch is no error."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from meshmill.aws import clients
from tests.support.cloud import Cloud

ROCK = {"format": "gltf", "parameters": {"generator": "rock", "quality": "low"}}


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_worker_that_lacks_its_table_says_so_and_counts_what_it_returns(
    cloud: Cloud, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.create(ROCK)
    monkeypatch.setenv("MESHMILL_ASSETS_TABLE", "no-such-table")
    capsys.readouterr()
    assert cloud.work() == 1
    lines = logged(capsys)
    assert any("ResourceNotFoundException" in str(line.get("exception")) for line in lines)
    assert any(line.get("MessagesReturned") == [1.0] for line in lines)


def test_a_quarantined_message_is_an_error_in_the_log_without_its_body(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.sqs.send_message(QueueUrl=cloud.dead_letter_urls["bulk"], MessageBody="ada@example.com")
    cloud.bury("bulk")
    (line,) = [line for line in logged(capsys) if line.get("message") == "Message quarantined"]
    assert line["level"] == "ERROR"
    assert "ada@example.com" not in json.dumps(line)


def test_a_service_that_fails_is_told_in_the_log_of_the_answer_that_it_cost(
    cloud: Cloud, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    link = cloud.create(ROCK).json["status_url"]
    cloud.poll(link)
    _break_dynamodb(monkeypatch)
    capsys.readouterr()
    assert cloud.poll(link).status == 503
    (line,) = [line for line in logged(capsys) if line.get("message") == "Service unavailable"]
    assert "InternalServerError" in str(line["exception"])


def _break_dynamodb(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise ClientError(
            {
                "Error": {"Code": "InternalServerError", "Message": "no"},
                "ResponseMetadata": {"HTTPStatusCode": 500},  # type: ignore[typeddict-item]
            },
            "GetItem",
        )

    monkeypatch.setattr(clients.dynamodb(), "get_item", fail)
