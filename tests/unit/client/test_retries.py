"""Which failures are tried again, how often, and after how long."""

from __future__ import annotations

from itertools import pairwise

import httpx
import pytest

from meshmill_client import RetryPolicy
from meshmill_client.errors import (
    ConnectionFailed,
    DuplicateRequest,
    RateLimitExceeded,
    ServerError,
    ServiceUnavailable,
    WaitTimeout,
)
from tests.unit.client.service import ASSET_ID, Service, refused, shown, view

ASSETS = "/api/v1/assets"
ASSET = f"{ASSETS}/{ASSET_ID}"
LOST = httpx.ReadTimeout("the answer is lost")
NEVER_SENT = httpx.ConnectError("nobody listens")


@pytest.mark.parametrize(
    "failure",
    [
        refused(429, "RATE_LIMIT_EXCEEDED"),
        refused(503, "SERVICE_UNAVAILABLE"),
        httpx.Response(502),
        httpx.Response(504, json={"message": "Endpoint request timed out"}),
        LOST,
        NEVER_SENT,
    ],
    ids=["429", "503", "502", "504", "lost", "unreachable"],
)
def test_creating_is_tried_again_because_equal_requests_make_one_asset(
    service: Service, failure: httpx.Response | Exception
) -> None:
    service.on("POST", ASSETS, failure, failure, shown(view()))

    asset = service.client().assets.create(format="gltf")

    bodies = {request.content for request in service.requests}
    assert asset.asset_id == ASSET_ID
    assert (len(service.requests), len(bodies)) == (3, 1)


@pytest.mark.parametrize(
    ("failure", "attempts"),
    [
        (refused(429, "RATE_LIMIT_EXCEEDED"), 5),
        (NEVER_SENT, 5),
        (LOST, 1),
        (refused(503, "SERVICE_UNAVAILABLE"), 1),
    ],
    ids=["429", "unreachable", "lost", "503"],
)
def test_creating_or_rejecting_is_only_tried_again_where_it_was_certainly_not_received(
    service: Service, failure: httpx.Response | Exception, attempts: int
) -> None:
    service.on("POST", ASSETS, failure)

    with pytest.raises((RateLimitExceeded, ConnectionFailed, ServiceUnavailable)):
        service.client().assets.create(format="gltf", on_duplicate="reject")

    assert len(service.requests) == attempts
    assert service.requests[0].url.params["on_duplicate"] == "reject"


@pytest.mark.parametrize("status", [400, 403, 404, 409, 500])
def test_other_errors_are_not_tried_again(service: Service, status: int) -> None:
    service.on("GET", ASSET, refused(status, "WHATEVER"))

    with pytest.raises(Exception, match="WHATEVER"):
        service.client().assets.get(ASSET_ID)

    assert len(service.requests) == 1


def test_the_pause_is_at_least_what_the_service_asks_for(service: Service) -> None:
    limited = refused(429, "RATE_LIMIT_EXCEEDED", **{"Retry-After": "7"})
    service.on("GET", ASSET, limited, shown(view()))

    service.client().assets.get(ASSET_ID)

    assert 7 <= service.clock.slept[0] <= 7.25


def test_retry_after_may_be_a_date_and_is_measured_by_the_services_clock(service: Service) -> None:
    headers = {
        "Date": "Sun, 22 Nov 2026 10:00:00 GMT",
        "Retry-After": "Sun, 22 Nov 2026 10:00:12 GMT",
    }
    service.on("GET", ASSET, httpx.Response(503, headers=headers), shown(view()))

    service.client().assets.get(ASSET_ID)

    assert 12 <= service.clock.slept[0] <= 12.25


@pytest.mark.parametrize("text", ["soon", "-1", "1e3", "٣"])
def test_a_retry_after_that_means_nothing_is_passed_over(service: Service, text: str) -> None:
    answer = httpx.Response(503, headers={b"Retry-After": text.encode()})
    service.on("GET", ASSET, answer, shown(view()))

    service.client().assets.get(ASSET_ID)

    assert service.clock.slept[0] <= 0.25


def test_more_patience_than_the_policy_has_is_not_waited_for(service: Service) -> None:
    service.on("GET", ASSET, refused(503, "SERVICE_UNAVAILABLE", **{"Retry-After": "61"}))

    with pytest.raises(ServiceUnavailable) as raised:
        service.client().assets.get(ASSET_ID)

    assert raised.value.retry_after == 61
    assert service.clock.slept == []


def test_pauses_stay_below_a_ceiling_that_doubles_up_to_the_longest(service: Service) -> None:
    service.on("GET", ASSET, NEVER_SENT)
    policy = RetryPolicy(attempts=9, first_pause=1, longest_pause=8)

    for _ in range(20):
        with pytest.raises(ConnectionFailed):
            service.client(retries=policy).assets.get(ASSET_ID)

    rounds = [service.clock.slept[n : n + 8] for n in range(0, 160, 8)]
    ceilings = [1, 2, 4, 8, 8, 8, 8, 8]
    assert all(
        0 <= pause <= ceiling
        for pauses in rounds
        for pause, ceiling in zip(pauses, ceilings, strict=True)
    )
    assert all(one != other for one, other in pairwise(rounds))


def test_the_last_failure_is_told_with_its_request_id(service: Service) -> None:
    service.on("GET", ASSET, LOST, refused(503, "SERVICE_UNAVAILABLE"))

    with pytest.raises(ServerError, match=r"SERVICE_UNAVAILABLE: No\. \(HTTP 503, request r-1\)"):
        service.client(retries=RetryPolicy(attempts=2)).assets.get(ASSET_ID)


def test_a_duplicate_is_told_with_the_id_of_what_stands_there(service: Service) -> None:
    details = {"asset_id": ASSET_ID}
    error = {"code": "DUPLICATE_REQUEST", "message": "It stands", "details": details}
    service.on("POST", ASSETS, httpx.Response(409, json={"error": error, "request_id": "r"}))

    with pytest.raises(DuplicateRequest) as raised:
        service.client().assets.create(format="gltf", on_duplicate="reject")

    assert raised.value.details["asset_id"] == ASSET_ID


def test_a_failed_connection_does_not_tell_the_signature_of_a_link(service: Service) -> None:
    link = service.client().assets
    service.on("POST", ASSETS, shown(view()))
    asset = link.create(format="gltf")
    service.on("GET", asset.status_url.partition("?")[0], NEVER_SENT)

    with pytest.raises(WaitTimeout) as raised:
        link.wait(asset)

    reason = raised.value.__cause__
    assert isinstance(reason, ConnectionFailed)
    assert "signature" not in str(reason)
    assert not reason.was_sent


def test_a_policy_without_attempts_is_refused() -> None:
    with pytest.raises(ValueError, match="attempts"):
        RetryPolicy(attempts=0)


@pytest.mark.parametrize(
    "moment",
    ["Mon, 01 Jan 99999999999 00:00:00 GMT", "Mon, 01 Jan 2027 00:00:00 +99999999999999"],
)
def test_a_date_that_no_calendar_has_is_passed_over(service: Service, moment: str) -> None:
    headers = {"Date": "Sun, 22 Nov 2026 10:00:00 GMT", "Retry-After": moment}
    service.on("GET", ASSET, httpx.Response(503, headers=headers), shown(view()))

    service.client().assets.get(ASSET_ID)

    assert service.clock.slept[0] <= 0.25
