"""What must not be logged is masked, and what operators search for is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshmill.domain.redaction import MASK, is_sensitive, masked, masked_text
from tests.unit.domain.strategies import replayed

KEY = f"mm_{'a' * 16}_{'B' * 43}"
SENSITIVE = [
    "ada@example.com",
    "ada.l+tag@mail.example.co.uk",
    "4111111111111111",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "4111.1111.1111.1111",
    "378282246310005",
    "3782 822463 10005",
    "5555555555554444",
    "6011111111111117",
    KEY,
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl",
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.",
    "AKIAIOSFODNN7EXAMPLE",
    "Bearer 0123456789abcdef",
    "Basic YWRhOmh1bnRlcjJodW50ZXIy",
]
HARMLESS = [
    "request-1",
    "550e8400-e29b-41d4-a716-446655440000",
    "12345678-1234-5123-8123-446655440000",
    "01M81KA7DXWZR2NMQHCZGZ0M6X",
    "u" + "a2" * 16,
    "0" * 64,
    "1795341600000",
    "1795341600000000",
    "2026-11-22T10:00:00.123Z",
    "arn:aws:lambda:eu-central-1:123456789012:function:api",
    "4bf92f3577b34da6a3ce929d0e0e4736",
    "4111 1111 1111 1112",
    "42 4242 424242",
    "@cache",
    "Bearer token is required",
    "eyJ",
    "/api/v1/assets/<asset_id>",
]


@pytest.mark.parametrize("text", SENSITIVE)
def test_what_is_sensitive_is_masked_wherever_it_stands(text: str) -> None:
    assert masked_text(text) == MASK
    assert masked_text(f"got '{text}', sorry") == f"got '{MASK}', sorry"
    assert masked({text: [{"value": (text, 1)}]}) == {MASK: [{"value": [MASK, 1]}]}


@pytest.mark.parametrize("name", ["X-Amz-Signature", "X-Amz-Security-Token", "signature"])
def test_signatures_in_addresses_are_masked_and_the_rest_is_left(name: str) -> None:
    assert masked_text(f"/x?expires=1&{name}=abc/+def&a=1") == f"/x?expires=1&{MASK}&a=1"


@pytest.mark.parametrize("text", HARMLESS)
def test_ids_and_times_are_left_alone(text: str) -> None:
    assert masked_text(text) == text
    assert not is_sensitive(f"id {text} end")


@replayed
@given(st.text())
def test_any_text_can_be_masked_and_needs_it_once(text: str) -> None:
    assert masked_text(masked_text(text)) == masked_text(text)


def test_values_that_are_no_text_stay_what_they_are() -> None:
    record: dict[str, object] = {"a": 1, "b": None, "c": 1.5, "d": True, "e": []}
    assert masked(record) == record
