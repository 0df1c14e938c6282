"""How many calls to AWS a request costs, counted where botocore sends them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from meshmill.aws import clients
from tests.support import tokens
from tests.support.cloud import Cloud

ROCK = {"format": "gltf", "parameters": {"generator": "rock", "quality": "low"}}


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every call of every client that the functions made, in order."""
    calls: list[str] = []

    def note(model: Any, **_: Any) -> None:
        calls.append(model.name)

    made = list(clients._made.values())
    for client in made:
        client.meta.events.register("before-call", note)
    try:
        yield calls
    finally:
        for client in made:
            client.meta.events.unregister("before-call", note)


@pytest.fixture
def warm(cloud: Cloud) -> Cloud:
    """Clients made and signing keys read, as in any request but a container's first."""
    cloud.request("GET", "/api/v1/assets", bearer=tokens.token("grace"))
    cloud.poll(cloud.create(ROCK, bearer=tokens.token("grace")).json["status_url"])
    return cloud


def body(seed: int) -> dict[str, Any]:
    return {"format": "gltf", "parameters": {"generator": "rock", "seed": seed}}


def test_a_request_costs_three_calls_on_an_idle_bucket(warm: Cloud) -> None:
    with counted() as calls:
        assert warm.create(body(1)).status == 202
    assert calls == ["UpdateItem", "PutItem", "SendMessage"]


def test_a_request_costs_three_calls_on_a_busy_bucket(warm: Cloud) -> None:
    for seed in range(5):
        warm.create(body(seed))
    with counted() as calls:
        assert warm.create(body(99)).status == 202
    assert calls == ["UpdateItem", "PutItem", "SendMessage"]


def test_a_request_costs_four_calls_when_another_container_has_used_the_bucket(
    warm: Cloud,
) -> None:
    """A fresh limiter takes the bucket for idle; the one before it has made it busy."""
    from functions.api import handler as api_function  # noqa: PLC0415

    for seed in range(5):
        warm.create(body(seed))
    api_function._api.cache_clear()
    warm.request("GET", "/api/v1/health")
    warm.create(body(0), bearer=tokens.token("grace"))
    with counted() as calls:
        assert warm.create(body(100)).status == 202
    assert calls == ["UpdateItem", "UpdateItem", "PutItem", "SendMessage"]


def test_a_duplicate_costs_two_calls(warm: Cloud) -> None:
    warm.create(body(1))
    with counted() as calls:
        assert warm.create(body(1)).status == 200
    assert calls == ["UpdateItem", "PutItem"]


def test_a_dry_run_costs_two_calls_and_neither_writes_a_record(warm: Cloud) -> None:
    with counted() as calls:
        assert warm.create(body(1), query="dry_run=true").status == 200
    assert calls == ["UpdateItem", "GetItem"]


def test_a_status_poll_costs_one_call(warm: Cloud) -> None:
    link = warm.create(body(1)).json["status_url"]
    with counted() as calls:
        assert warm.poll(link).status == 200
    assert calls == ["GetItem"]


def test_a_request_that_another_user_made_before_costs_the_same_calls(warm: Cloud) -> None:
    warm.create(body(7), bearer=tokens.token("grace"))
    warm.work()
    with counted() as calls:
        assert warm.create(body(7)).status == 202
    assert calls == ["UpdateItem", "PutItem", "SendMessage"]
