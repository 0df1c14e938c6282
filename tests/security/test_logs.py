"""What callers write is never in the logs, and every record is one line of JSON."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.aws.dynamodb_fences import DynamoDbFences
from meshmill.aws.signing_secret import SecretsManagerSigningSecret
from meshmill.aws.sqs_queue import SqsWorkQueue
from meshmill.domain.errors import DependencyUnavailable
from meshmill.logs import configure_logging
from tests.faults import engine
from tests.security.callers import KEY, ROCK, store_key
from tests.security.canaries import CANARIES, MARK, PLACES, texts_of
from tests.security.routes import bearer
from tests.support import tokens
from tests.support.cloud import Cloud


@pytest.fixture(autouse=True)
def _tiny_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    engine.install(monkeypatch)


@pytest.fixture
def boundless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's bucket empties."""
    monkeypatch.setenv("MESHMILL_USER_REQUESTS_PER_MINUTE", "100000")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Everything on standard output, each line a JSON object; nothing is on standard error."""
    captured = capsys.readouterr()
    assert captured.err == ""
    records = [json.loads(line) for line in captured.out.splitlines()]
    assert all(isinstance(record, dict) for record in records)
    return records


@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize("place", PLACES)
def test_no_canary_gets_into_the_logs(
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    boundless: None,
    place: str,
    canary: str,
) -> None:
    """With the mask off that would hide what should not have been logged in the first place."""
    monkeypatch.setattr("meshmill.logs.masked", lambda record: record)
    PLACES[place](cloud, CANARIES[canary])
    records = lines(capsys)
    assert records
    for text in texts_of(records):
        assert MARK not in text
        assert "INJECTED" not in text
        assert "4111 1111" not in text


def test_neither_tokens_nor_keys_nor_signatures_get_into_the_logs(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("meshmill.logs.masked", lambda record: record)
    token, key = tokens.token(), store_key(cloud)
    created = cloud.create(ROCK, bearer=token).json
    cloud.request("GET", "/api/v1/assets", headers=key)
    cloud.work()
    done = cloud.poll(created["status_url"]).json
    signatures = [file["url"].partition("Signature=")[2] for file in done["files"]]
    text = json.dumps(lines(capsys))
    for secret in (
        token,
        token.rpartition(".")[2],
        KEY.secret,
        KEY.secret_sha256,
        created["status_url"].rpartition("=")[2],
        "current-key",
        *signatures,
    ):
        assert secret
        assert secret not in text


def test_a_request_leaves_one_line_with_route_status_and_code(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.request("GET", "/api/v1/assets/00000000-0000-5000-8000-000000000000")
    (record,) = lines(capsys)
    assert (record["level"], record["service"]) == ("INFO", "api")
    assert record["timestamp"].endswith("Z")
    context = record["context"]
    assert (context["method"], context["status"]) == ("GET", 401)
    assert (context["route"], context["code"]) == ("/api/v1/assets/<asset_id>", "UNAUTHORIZED")


def test_every_record_of_every_function_has_the_same_shape(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    """timestamp, level, message and context, in this order, as the design's example has them."""
    created = cloud.create(ROCK, bearer=bearer()).json
    cloud.poll(created["status_url"])
    cloud.work()
    cloud.create(ROCK | {"parameters": {"seed": 1}}, bearer=bearer())
    cloud.record_changes()
    cloud.sqs.send_message(QueueUrl=cloud.dead_letter_urls["bulk"], MessageBody="not ours")
    cloud.bury("bulk")
    cloud.sqs.send_message(QueueUrl=cloud.queue_urls["bulk"], MessageBody="not ours")
    cloud.work("bulk")
    cloud.request("DELETE", f"/api/v1/assets/{created['asset_id']}", bearer=bearer())
    records = [line for line in lines(capsys) if "_aws" not in line]
    assert {"api", "status", "generate", "dead_letter"} <= {each["service"] for each in records}
    for record in records:
        assert list(record)[:4] == ["timestamp", "level", "message", "context"]
        assert record["level"] in {"INFO", "WARNING", "ERROR"}
        assert isinstance(record["context"], dict)


def test_a_records_time_is_the_time_at_which_it_was_made() -> None:
    configure_logging("api")
    (handler,) = logging.getLogger("meshmill").handlers
    record = logging.LogRecord("meshmill", logging.INFO, "", 0, "x", None, None)
    record.created, record.msecs = 1_800_000_000.932, 932.0
    assert json.loads(handler.format(record))["timestamp"] == "2027-01-15T08:00:00.932Z"


def test_one_request_is_found_by_one_id_in_every_functions_log(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    headers = {"x-request-id": "mine-1"}
    cloud.create(ROCK, headers=headers, bearer=bearer())
    named = [line["context"]["request_id"] for line in lines(capsys)]
    assert named
    assert set(named) == {"mine-1"}


def test_whatever_goes_wrong_deep_inside_is_logged_under_the_requests_id(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any) -> None:
        raise DependencyUnavailable("down")

    monkeypatch.setattr("meshmill.aws.signing_secret.KEYS_FRESH_MS", 0)
    status_url = cloud.create(ROCK, bearer=bearer()).json["status_url"]
    assert cloud.poll(status_url).status == 200
    lines(capsys)
    monkeypatch.setattr(SecretsManagerSigningSecret, "_read", fail)
    monkeypatch.setattr(SqsWorkQueue, "send", fail)
    monkeypatch.setattr(DynamoDbAssets, "transition", fail)
    monkeypatch.setattr(DynamoDbFences, "put", fail)
    headers = {"x-request-id": "mine-1"}
    cloud.create(ROCK | {"parameters": {"seed": 1}}, headers=headers, bearer=bearer())
    cloud.request("DELETE", "/api/v1/users/me", headers=headers, bearer=bearer())
    cloud.poll(status_url, headers)
    told = lines(capsys)
    assert {line["context"]["request_id"] for line in told} == {"mine-1"}
    assert {line["message"] for line in told} >= {
        "Message not sent",
        "Asset not made due",
        "Fence not put yet",
        "Account job asked for",
        "Signing keys could not be refreshed",
        "Status read",
    }


def test_what_is_logged_after_a_request_does_not_name_it(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    created = cloud.create(ROCK, headers={"x-request-id": "mine-1"}, bearer=bearer()).json
    cloud.poll(created["status_url"], {"x-request-id": "mine-2"})
    cloud.poll(created["status_url"] + "0", {"x-request-id": "mine-2"})
    lines(capsys)
    logging.getLogger("meshmill.test").info("Between two requests")
    cloud.poll(created["status_url"])
    between, read = lines(capsys)
    assert between["context"] == {}
    assert read["context"]["request_id"] == "request-1"


class TestTheNet:
    """What no place above should ever need: sensitive texts are masked whatever logs them."""

    @pytest.mark.parametrize(
        "canary", ["an e-mail address", "a card number", "a token", "an API key"]
    )
    def test_a_record_is_masked_in_message_context_and_exception(
        self, capsys: pytest.CaptureFixture[str], canary: str
    ) -> None:
        configure_logging("api")
        logger = logging.getLogger("meshmill.test")
        text = CANARIES[canary].removesuffix(f" {MARK}")
        try:
            raise ValueError(f"cannot read {text}, sorry")
        except ValueError:
            context = {"value": text, text: [text, {"deep": text}]}
            logger.exception("Saw %s here", text, extra={"context": context})
        (record,) = lines(capsys)
        assert text not in json.dumps(record)
        assert record["message"] == "Saw [masked] here"
        assert "cannot read [masked], sorry" in record["exception"]
