"""Reading requests: bodies, queries, path members."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshmill.domain.errors import (
    InvalidJson,
    InvalidRequest,
    NotFound,
    UnsupportedMediaType,
)
from meshmill.http.requests import any_text, asset_id_of, json_body, one_of, query, whole_number
from tests.unit.domain.strategies import replayed

JSON = {"content-type": "application/json"}
READERS = {"limit": whole_number(1, 100), "status": one_of("a", "b"), "cursor": any_text}


def read(raw: str) -> dict[str, Any]:
    return query({"rawQueryString": raw}, READERS)


def refused(raw: str) -> set[str]:
    with pytest.raises(InvalidRequest) as caught:
        read(raw)
    return {violation.field for violation in caught.value.violations}


@replayed
@given(st.text(min_size=1))
def test_a_body_reaches_the_parser_byte_by_byte(text: str) -> None:
    assert json_body({"headers": JSON, "body": text}).decode("utf-8", "surrogatepass") == text


@replayed
@given(st.binary(min_size=1))
def test_an_encoded_body_is_decoded(data: bytes) -> None:
    event = {"headers": JSON, "body": base64.b64encode(data).decode(), "isBase64Encoded": True}
    assert json_body(event) == data


@pytest.mark.parametrize("text", ["%", "é", "YQ", "YQ==\n!"])
def test_a_body_that_does_not_decode_is_refused(text: str) -> None:
    with pytest.raises(InvalidJson):
        json_body({"headers": JSON, "body": text, "isBase64Encoded": True})


@pytest.mark.parametrize("event", [{}, {"headers": {}}, {"headers": {"content-type": "text/csv"}}])
def test_a_body_of_another_type_is_refused(event: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedMediaType):
        json_body(event | {"body": "{}"})


@pytest.mark.parametrize("body", [None, ""])
def test_no_body_is_refused(body: str | None) -> None:
    with pytest.raises(InvalidJson):
        json_body({"headers": JSON, "body": body})


@replayed
@given(st.integers(1, 100), st.sampled_from(["a", "b"]), st.text("ab =&+%/é", max_size=20))
def test_every_known_parameter_is_read(limit: int, status: str, cursor: str) -> None:
    members = {"limit": limit, "status": status, "cursor": cursor}
    assert read(urlencode(members)) == members


def test_everything_wrong_with_a_query_is_told_at_once() -> None:
    assert refused("limit=0&status=c&status=a&offset=1") == {"limit", "status", "offset"}


def test_a_comma_within_a_value_is_no_second_value() -> None:
    assert read("cursor=a,b") == {"cursor": "a,b"}


def test_an_unknown_parameters_name_is_cut() -> None:
    assert refused(f"{'n' * 5_000}=1") == {"n" * 100}


@pytest.mark.parametrize("count", [33, 10_000])
def test_absurdly_many_parameters_are_refused(count: int) -> None:
    assert refused("&".join(f"a{number}=1" for number in range(count))) == {"query"}


@replayed
@given(st.text())
def test_a_path_member_is_an_id_or_leads_nowhere(text: str) -> None:
    with pytest.raises(NotFound):
        asset_id_of(text)


def test_an_id_is_taken_in_its_one_spelling() -> None:
    good = "0d1f7c1e-52a4-5b0f-9c53-6f0f5a2d8f31"
    assert asset_id_of(good) == good
    for other in (good.upper(), good.replace("-", ""), f"{{{good}}}", f"{good}0"):
        with pytest.raises(NotFound):
            asset_id_of(other)
