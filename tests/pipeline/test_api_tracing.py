"""A request's id in answer and logs, and its trace all the way to the worker's logs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from meshmill.aws.sqs_queue import SqsWorkQueue
from meshmill.domain.errors import DependencyUnavailable
from tests.fakes.engine import CountingEngine
from tests.faults import engine
from tests.faults.emptied import empty
from tests.support import tokens
from tests.support.cloud import Cloud

ROCK: dict[str, Any] = {"format": "gltf", "parameters": {"generator": "rock", "quality": "low"}}
TRACE, OTHER = "4bf92f3577b34da6a3ce929d0e0e4736", "0af7651916cd43dd8448eb211c80319c"
NOW = 1_800_000_000_000
MALFORMED = ["x" * 129, "a b", "a\r\nb: c", "größe", ""]


@pytest.fixture
def cloud(standing: Cloud) -> Cloud:
    empty()
    return standing


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> CountingEngine:
    return engine.install(monkeypatch)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The time in a list of one, which tests move on."""
    moment = [NOW]
    monkeypatch.setattr("meshmill.aws.clock.SystemClock.now_ms", lambda self: moment[0])
    return moment


def parent(trace: str) -> dict[str, str]:
    return {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}


def contexts(capsys: pytest.CaptureFixture[str], service: str) -> list[dict[str, Any]]:
    """What a function has logged of assets and requests since it was last asked about."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [
        line["context"] for line in lines if line.get("service") == service and line.get("context")
    ]


def traces_of_worker(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> set[str | None]:
    """The traces that a round of work tells of."""
    capsys.readouterr()
    assert cloud.work() == 1
    logged = contexts(capsys, "generate")
    assert logged
    return {context["trace_id"] for context in logged}


def test_a_callers_id_is_in_header_envelope_and_log(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = {"x-request-id": "checkout-7.a_b"}
    link = cloud.create(ROCK, headers=sent).json["status_url"]
    replies = [
        cloud.create({}, headers=sent),
        cloud.request("GET", "/nowhere", headers=sent),
        cloud.poll(link, sent),
        cloud.poll(link + "0", sent),
    ]
    for reply in replies:
        assert reply.headers["x-request-id"] == "checkout-7.a_b"
        assert reply.status == 200 or reply.json["request_id"] == "checkout-7.a_b"
    for context in contexts(capsys, "api"):
        assert context["request_id"] == "checkout-7.a_b"


def test_the_gateways_id_is_logged_beside_the_callers(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = {"x-request-id": "mine"}
    cloud.poll(cloud.create(ROCK, headers=sent).json["status_url"], sent)
    logged = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for message in ("Request answered", "Status read"):
        (context,) = [line["context"] for line in logged if line["message"] == message]
        assert (context["request_id"], context["gateway_request_id"]) == ("mine", "request-1")


@pytest.mark.parametrize("sent", MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_id_is_replaced_everywhere(
    cloud: Cloud, capsys: pytest.CaptureFixture[str], sent: str
) -> None:
    reply = cloud.create({}, headers={"x-request-id": sent})
    assert reply.headers["x-request-id"] == reply.json["request_id"] == "request-1"
    assert {context["request_id"] for context in contexts(capsys, "api")} == {"request-1"}


def test_a_trace_reaches_the_workers_log(
    cloud: Cloud, built: CountingEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.create(ROCK, headers=parent(TRACE))
    assert traces_of_worker(cloud, capsys) == {TRACE}


def test_a_trace_survives_a_send_that_the_reconciler_makes_up_for(
    cloud: Cloud,
    built: CountingEngine,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    now: list[int],
) -> None:
    def fail(*_: Any) -> None:
        raise DependencyUnavailable("SQS is unavailable")

    with monkeypatch.context() as broken:
        broken.setattr(SqsWorkQueue, "send", fail)
        assert cloud.create(ROCK, headers=parent(TRACE)).status == 202
    assert cloud.waiting() == 0
    now[0] += 1
    cloud.reconcile()
    assert traces_of_worker(cloud, capsys) == {TRACE}


def test_asking_again_for_what_has_failed_begins_the_callers_new_trace(
    cloud: Cloud, built: CountingEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.create(ROCK, headers=parent(TRACE))
    built.fail_next(*[RuntimeError("no")] * 3)
    for _ in range(3):
        assert traces_of_worker(cloud, capsys) == {TRACE}
    assert cloud.create(ROCK, headers=parent(OTHER)).status == 202
    assert traces_of_worker(cloud, capsys) == {OTHER}


def test_a_duplicate_does_not_take_over_the_trace_of_the_first_request(
    cloud: Cloud, built: CountingEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.create(ROCK, headers=parent(TRACE))
    cloud.create(ROCK, headers=parent(OTHER))
    assert traces_of_worker(cloud, capsys) == {TRACE}


@pytest.mark.parametrize(
    "sent", ["no trace", "00-0-0-00", "00-" + "0" * 32 + "-00f067aa0ba902b7-01"]
)
def test_a_malformed_trace_goes_nowhere(
    cloud: Cloud, built: CountingEngine, capsys: pytest.CaptureFixture[str], sent: str
) -> None:
    assert cloud.create(ROCK, headers={"traceparent": sent}).status == 202
    assert traces_of_worker(cloud, capsys) == {None}
    assert sent not in json.dumps(cloud.records())


def test_reading_takes_part_in_no_trace(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    asset_id = cloud.create(ROCK, headers=parent(TRACE)).json["asset_id"]
    path = f"/api/v1/assets/{asset_id}"
    reply = cloud.request("GET", path, headers=parent(OTHER), bearer=tokens.token())
    assert TRACE not in reply.text
    assert OTHER not in json.dumps(cloud.records())
