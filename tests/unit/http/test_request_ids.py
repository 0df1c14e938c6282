"""What callers may send to find their requests again, and what becomes of anything else."""

from __future__ import annotations

from typing import Any

import pytest

from meshmill.http.attribution import attribution, traceparent
from meshmill.http.authentication import Principal
from meshmill.http.request_ids import gateway_request_id, request_id

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
ADA = Principal(
    user_id="u1",
    actor="user:u1",
    permissions=frozenset(),
    bucket="user#u1",
    bucket_kind="user",
    requests_per_minute=1,
)


def event(**headers: str) -> dict[str, Any]:
    return {
        "headers": {name.replace("_", "-"): value for name, value in headers.items()},
        "requestContext": {"requestId": "gateway-1="},
    }


@pytest.mark.parametrize(
    "sent", ["a", "req-1", "0b7c2a4e-1f0d-4d2c-9d57-6f0a6a1c1b9e", "A.b_c-9", "a" * 128]
)
def test_a_well_formed_id_is_the_callers_own(sent: str) -> None:
    assert request_id(event(x_request_id=sent)) == sent
    assert gateway_request_id(event(x_request_id=sent)) == "gateway-1="


@pytest.mark.parametrize(
    "sent",
    [
        "",
        " ",
        "a b",
        " a",
        "a" * 129,
        "a\r\nSet-Cookie: x=1",
        "a\n",
        "{}",
        "a,b",
        "ä",
        "\u0661",
        "a\x00",
        "<script>",
    ],
)
def test_a_malformed_id_is_replaced_by_the_gateways(sent: str) -> None:
    assert request_id(event(x_request_id=sent)) == "gateway-1="


def test_without_an_id_there_is_the_gateways() -> None:
    assert request_id(event()) == "gateway-1="


@pytest.mark.parametrize(
    "sent", [PARENT, PARENT[:-1] + "0", f"cc{PARENT[2:]}", f"01{PARENT[2:]}-what-later-may-add"]
)
def test_a_trace_context_is_kept_as_it_was_sent(sent: str) -> None:
    found = attribution(ADA, event(traceparent=sent, x_request_id="req-1"))
    assert (found.actor, found.request_id, found.traceparent) == ("user:u1", "req-1", sent)
    assert found.trace_id == TRACE


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "00",
        TRACE,
        PARENT.upper(),
        f" {PARENT}",
        f"{PARENT}\n",
        f"ff{PARENT[2:]}",
        PARENT.replace(TRACE, "0" * 32),
        PARENT.replace("00f067aa0ba902b7", "0" * 16),
        PARENT.replace("-", "_"),
        PARENT[:-1],
        f"{PARENT}-",
        f"{PARENT}-{'a' * 65}",
        f"{PARENT},{PARENT}",
        PARENT.replace("4", "\u0664", 1),
    ],
)
def test_a_malformed_trace_context_is_as_good_as_none(sent: str) -> None:
    assert traceparent(event(traceparent=sent)) is None
    assert attribution(ADA, event(traceparent=sent)).trace_id is None
