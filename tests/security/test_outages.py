"""Each service behind the API fails three times: 503, when to come back, and nothing more told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from functions.api import handler as api_function
from functions.status import handler as status_function
from meshmill.aws import clients
from meshmill.domain.batch import Phase
from meshmill.domain.permissions import Permission
from tests.security.callers import BATCH, ROCK, assert_refusal, store_key
from tests.security.routes import bearer
from tests.support.batch_steps import bring_to
from tests.support.cloud import Cloud, Reply
from tests.support.sdk_events import (
    THROTTLED,
    UNREACHABLE,
    Fault,
    Faults,
    faults_on,
    refused,
)

ATTEMPTS = clients.MAX_ATTEMPTS
OUTAGES = {
    "throttled": THROTTLED,
    "500": refused(500, "InternalServerError"),
    "503": refused(503, "ServiceUnavailable"),
    "unreachable": UNREACHABLE,
}
_each = pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's backoff between attempts, without the waiting."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    # Its quota of retries is a process's, and these tests would use it up.
    monkeypatch.setattr("botocore.retries.quota.RetryQuota.acquire", lambda *_: True)


@contextmanager
def failing(service: Callable[[], Any], outage: Fault, passing: int = 0) -> Iterator[Faults]:
    """All attempts of one call to a service fail, after so many requests that pass."""
    with faults_on(service()) as faults:
        faults.plan(*[None] * passing, *[outage] * ATTEMPTS)
        yield faults


def assert_unavailable(reply: Reply, faults: Faults, passing: int = 0) -> None:
    details = assert_refusal(reply, 503, "SERVICE_UNAVAILABLE")
    assert details == {}
    assert 1 <= int(reply.headers["retry-after"]) <= 60
    assert "planned" not in reply.text
    assert faults.requests == passing + ATTEMPTS


@_each
def test_a_rate_limiter_that_fails_lets_nobody_in(cloud: Cloud, outage: Fault) -> None:
    with failing(clients.dynamodb, outage) as faults:
        reply = cloud.create(ROCK)
    assert_unavailable(reply, faults)
    assert cloud.records() == []


@_each
def test_a_table_of_keys_that_fails_is_no_refusal_of_the_key(cloud: Cloud, outage: Fault) -> None:
    headers = store_key(cloud)
    with failing(clients.dynamodb, outage) as faults:
        reply = cloud.request("GET", "/api/v1/assets", headers=headers)
    assert_unavailable(reply, faults)
    assert cloud.request("GET", "/api/v1/assets", headers=headers).status == 200


@_each
def test_a_table_that_fails_is_told_by_every_route_that_needs_it(
    cloud: Cloud, outage: Fault
) -> None:
    created = cloud.create(ROCK, bearer=bearer()).json
    path = f"/api/v1/assets/{created['asset_id']}"
    for method, address, body in (
        ("POST", "/api/v1/assets", ROCK | {"parameters": {"seed": 1}}),
        ("POST", "/api/v1/assets", ROCK),
        ("GET", "/api/v1/assets", None),
        ("GET", path, None),
        ("DELETE", path, None),
        ("GET", f"{path}/files/model", None),
    ):
        with failing(clients.dynamodb, outage, passing=1) as faults:
            reply = cloud.request(method, address, body, bearer=bearer())
        assert_unavailable(reply, faults, passing=1)
    assert len(cloud.records()) == 1


@_each
def test_a_table_of_batches_that_fails_is_told_by_every_route_that_needs_it(
    cloud: Cloud, outage: Fault
) -> None:
    issued = cloud.request("POST", "/api/v1/batches", BATCH, bearer=bearer()).json
    bring_to(cloud, issued["batch_id"], Phase.INGESTING, 1_800_000_000_000)
    path = f"/api/v1/batches/{issued['batch_id']}"
    for method, address, body in (
        ("POST", "/api/v1/batches", BATCH),
        ("GET", "/api/v1/batches", None),
        ("GET", path, None),
        ("DELETE", path, None),
        ("POST", f"{path}/redrive", None),
    ):
        with failing(clients.dynamodb, outage, passing=1) as faults:
            reply = cloud.request(method, address, body, bearer=bearer())
        assert_unavailable(reply, faults, passing=1)
    assert cloud.request("GET", path, bearer=bearer()).json["status"] == "in_progress"
    with failing(clients.dynamodb, outage) as faults:
        reply = cloud.poll(issued["status_url"])
    assert_unavailable(reply, faults)


@_each
def test_a_read_across_users_that_cannot_be_written_down_is_not_answered(
    cloud: Cloud, outage: Fault
) -> None:
    asset_id = cloud.create(ROCK, bearer=bearer()).json["asset_id"]
    admin = bearer("admin", permissions=sorted(Permission))
    with failing(clients.dynamodb, outage, passing=2) as faults:
        reply = cloud.request("GET", f"/api/v1/assets/{asset_id}", bearer=admin)
    assert_unavailable(reply, faults, passing=2)
    assert asset_id not in reply.text


@_each
def test_signed_links_tell_it_too(cloud: Cloud, outage: Fault) -> None:
    url = cloud.create(ROCK).json["status_url"]
    cloud.poll(url)
    with failing(clients.dynamodb, outage) as faults:
        reply = cloud.poll(url)
    assert_unavailable(reply, faults)


@_each
def test_without_signing_keys_there_is_no_answer_with_links(cloud: Cloud, outage: Fault) -> None:
    api_function._api.cache_clear()
    with failing(clients.secrets_manager, outage) as faults:
        reply = cloud.create(ROCK)
    assert_unavailable(reply, faults)
    # The record was made before, and the same request finds it.
    assert cloud.create(ROCK).status == 200


@_each
def test_without_signing_keys_no_link_is_good_or_bad(cloud: Cloud, outage: Fault) -> None:
    url = cloud.create(ROCK).json["status_url"]
    status_function._route.cache_clear()
    with failing(clients.secrets_manager, outage) as faults:
        reply = cloud.poll(url)
    assert_unavailable(reply, faults)


@_each
def test_a_queue_that_fails_costs_the_caller_nothing(cloud: Cloud, outage: Fault) -> None:
    """The record stands and is due at once: the reconciler sends what the queue did not take."""
    with failing(clients.sqs, outage) as faults:
        reply = cloud.create(ROCK)
    assert (reply.status, faults.requests) == (202, ATTEMPTS)
    assert cloud.waiting() == 0
    assert cloud.reconcile() == {"resent": 1}


def test_a_service_that_refuses_us_is_our_fault_and_is_not_tried_again(cloud: Cloud) -> None:
    with faults_on(clients.dynamodb()) as faults:
        faults.plan(refused(400, "AccessDeniedException"))
        reply = cloud.create(ROCK)
    assert_refusal(reply, 500, "INTERNAL_ERROR")
    assert "retry-after" not in reply.headers
    assert faults.requests == 1
