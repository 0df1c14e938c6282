"""What may be asked for as a batch: refused names, sizes and types, all of them at once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshmill.domain.batch_request import CONTENT_TYPES, BatchRequest, parse_batch_request
from meshmill.domain.errors import InvalidJson, InvalidRequest, PayloadTooLarge

GOOD: dict[str, Any] = {
    "filename": "rocks.jsonl",
    "size": 1_024,
    "content_type": "application/jsonl",
}
GIB = 1024**3


def parse(**changes: Any) -> BatchRequest:
    return parse_batch_request(json.dumps(GOOD | changes).encode())


def refused(**changes: Any) -> list[str]:
    with pytest.raises(InvalidRequest) as caught:
        parse(**changes)
    return [violation.field for violation in caught.value.violations]


def test_a_request_is_read_as_it_was_sent() -> None:
    assert parse().model_dump() == GOOD


@pytest.mark.parametrize("name", ["a", "Größe 1.csv", "..a", "a..b", "é" * 255, "岩.jsonl"])
def test_a_name_may_be_any_plain_text(name: str) -> None:
    assert parse(filename=name).filename == name


@pytest.mark.parametrize(
    "name",
    [
        "", "a" * 256, "../etc/passwd", "a/b.jsonl", "a\\b.jsonl", ".", "..", "a\x00.jsonl",
        "a\r\nb", "\u202egpj.jsonl", "a\u200b", "\ufeffa", "e\u0301.csv", "é" * 550, 7, None, ["a"],
    ],
    ids=range(17),
)  # fmt: skip
def test_a_name_that_leads_elsewhere_or_cannot_be_seen_is_refused(name: object) -> None:
    assert refused(filename=name) == ["filename"]


@pytest.mark.parametrize("size", [1, GIB])
def test_a_file_is_of_one_byte_to_one_gibibyte(size: int) -> None:
    assert parse(size=size).size == size


@pytest.mark.parametrize("size", [0, -1, GIB + 1, 1.0, "1", True, None])
def test_another_size_is_refused(size: object) -> None:
    assert refused(size=size) == ["size"]


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_the_listed_types_are_taken(content_type: str) -> None:
    assert parse(content_type=content_type).content_type == content_type


@pytest.mark.parametrize(
    "content_type", ["text/html", "APPLICATION/JSON", "text/csv; charset=utf-8", "", None]
)
def test_another_type_is_refused(content_type: object) -> None:
    assert refused(content_type=content_type) == ["content_type"]


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse_batch_request(b'{"filename":"a/b","size":0,"user_id":"x"}')
    fields = {violation.field for violation in caught.value.violations}
    assert fields == {"filename", "size", "content_type", "user_id"}


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"size":1,"size":2}'])
def test_what_is_no_plain_object_is_no_json(body: bytes) -> None:
    with pytest.raises(InvalidJson):
        parse_batch_request(body)


def test_a_body_over_64_kib_is_too_large() -> None:
    with pytest.raises(PayloadTooLarge):
        parse_batch_request(b" " * (64 * 1024 + 1))


_REQUESTS = st.fixed_dictionaries(
    {
        "filename": st.sampled_from(["a.csv", "b.csv"]),
        "size": st.integers(1, 3),
        "content_type": st.sampled_from(CONTENT_TYPES),
    }
)


@given(_REQUESTS, _REQUESTS)
def test_only_the_same_request_has_the_same_fingerprint(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    prints = [parse(**members).fingerprint for members in (one, other)]
    assert (prints[0] == prints[1]) == (one == other)


def test_an_objects_name_ends_as_its_type_says() -> None:
    endings = {parse(content_type=kind).suffix for kind in CONTENT_TYPES}
    assert parse(content_type="text/csv").suffix == ".csv"
    assert parse(content_type="application/x-ndjson").suffix == ".jsonl"
    assert endings == {".csv", ".jsonl", ""}
