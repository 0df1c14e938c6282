"""What the largest hostile input costs: counted in calls, and never more than in proportion."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from meshmill.domain import json_text
from meshmill.domain.errors import InvalidJson, MeshmillError, PayloadTooLarge
from meshmill.domain.redaction import masked_text
from meshmill.domain.request import MAX_BODY_BYTES, parse_request
from meshmill.http.requests import any_text, query, whole_number
from meshmill.http.token_form import MAX_TOKEN, require_token_form


def members(beginning: str, each: Callable[[int], str], end: str, size: int) -> bytes:
    """As many members as fit into so many bytes."""
    texts: list[str] = []
    length = len(beginning) + len(end)
    while length + len(each(len(texts))) + 1 <= size:
        texts.append(each(len(texts)))
        length += len(texts[-1]) + 1
    return f"{beginning}{','.join(texts)}{end}".encode()


def run(beginning: str, unit: str, end: str, size: int) -> bytes:
    """One unit over and over."""
    times = (size - len(beginning) - len(end)) // len(unit)
    return f"{beginning}{unit * times}{end}".encode()


OPTIONS = '{"format":"gltf","parameters":{"generator":"building","options":{'
LABELS = '{"format":"gltf","parameters":{},"labels":{'
BODIES: dict[str, Callable[[int], bytes]] = {
    "unknown members": lambda n: members("{", lambda i: f'"{i:x}":1', "}", n),
    "unknown options": lambda n: members(OPTIONS, lambda i: f'"{i:x}":1', "}}}", n),
    "unknown options with long names": lambda n: members(
        OPTIONS, lambda i: f'"{i:04x}{"roof_" * 19}":1', "}}}", n
    ),
    "labels": lambda n: members(LABELS, lambda i: f'"{i:x}":""', "}}", n),
    "labels that are no text": lambda n: members(LABELS, lambda i: f'"{i:x}":1', "}}", n),
    "one long label": lambda n: run('{"format":"gltf","labels":{"a":"', "x", '"}}', n),
    "a long format": lambda n: run('{"parameters":{},"format":"', "gltf", '"}', n),
    "a long generator": lambda n: run('{"parameters":{"generator":"', "r", '"}}', n),
    "a list for a word": lambda n: run('{"parameters":{"quality":[0', ",0", "]}}", n),
    "objects in a list": lambda n: run('{"a":[{}', ',{"b":1}', "]}", n),
    "lists in a list": lambda n: run('{"a":[[]', ",[]", "]}", n),
    "numbers of forty digits": lambda n: run('{"a":[0', "," + "9" * 40, "]}", n),
    "a fraction without end": lambda n: run('{"a":0.', "9", "e-300}", n),
    "escapes": lambda n: run('{"a":"', "\\u0041", '"}', n),
    "doubled members": lambda n: run('{"a":1', ',"a":1', "}", n),
    "white space": lambda n: run("{", " \n", "}", n),
    "brackets in text": lambda n: run('{"a":"', "[{", '"}', n),
    "an unfinished text": lambda n: run('{"a":"', '\\"', "", n),
}


def calls(work: Callable[[], object]) -> int:
    """How many calls some work makes, of Python's functions and of C's."""
    counted = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        with suppress(MeshmillError):
            work()
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.parametrize("kind", BODIES)
def test_the_work_for_a_hostile_body_is_bounded_and_grows_in_proportion(kind: str) -> None:
    whole, half = BODIES[kind](MAX_BODY_BYTES), BODIES[kind](MAX_BODY_BYTES // 2)
    assert 0.9 * MAX_BODY_BYTES < len(whole) <= MAX_BODY_BYTES
    for body in (whole, half):
        parse(body)
    all_of_it, half_of_it = calls(lambda: parse(whole)), calls(lambda: parse(half))
    assert all_of_it < 100_000
    assert all_of_it < 2.3 * half_of_it + 500


def parse(body: bytes) -> None:
    with suppress(MeshmillError):
        parse_request(body)


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b" " * (MAX_BODY_BYTES + 1), PayloadTooLarge),
        (b'{"a":' * 10_000, InvalidJson),
        (b"[" * MAX_BODY_BYTES, InvalidJson),
        (b'{"a":' * 17 + b"1" + b"}" * 17, InvalidJson),
    ],
    ids=["size", "objects", "lists", "seventeen levels"],
)
def test_size_and_depth_are_bounded_before_anything_is_parsed(
    monkeypatch: pytest.MonkeyPatch, body: bytes, refusal: type[Exception]
) -> None:
    def loads(*_: Any, **__: Any) -> None:
        raise AssertionError("it was parsed")

    monkeypatch.setattr(json, "loads", loads)
    with pytest.raises(refusal):
        json_text.parse_object(body, MAX_BODY_BYTES)


def test_of_a_flood_of_mistakes_fifty_are_told_and_hints_are_sought_for_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sought: list[str] = []

    def nearest(word: str, *_: Any, **__: Any) -> list[str]:
        sought.append(word)
        return []

    monkeypatch.setattr("difflib.get_close_matches", nearest)
    with pytest.raises(MeshmillError) as caught:
        parse_request(BODIES["unknown options with long names"](MAX_BODY_BYTES))
    assert len(caught.value.details["violations"]) == 50
    assert len(sought) <= 50
    assert max(map(len, sought)) <= 100


@pytest.mark.parametrize("number", [100, 10_000])
def test_a_query_of_any_length_is_given_up_at_once(number: int) -> None:
    readers = {"limit": whole_number(1, 100), "cursor": any_text}
    raw = "&".join(f"a{n}=1" for n in range(number))
    with pytest.raises(MeshmillError):
        query({"rawQueryString": raw}, readers)
    assert calls(lambda: query({"rawQueryString": raw}, readers)) < 1_000


@pytest.mark.parametrize("token", ["a" * 10**6, "." * 10**6, "a.a.a" * 10**5, "=" * 10**6])
def test_a_token_over_the_limit_is_not_even_looked_at(token: str) -> None:
    assert len(token) > MAX_TOKEN
    assert calls(lambda: require_token_form(token)) < 20


NEAR = ["a", "a@", "a.", "@a.", "4111 ", "4", "eyJ", "eyJaaaaaaaa.", "mm_", "Bearer ", "Bearer   "]


@pytest.mark.timeout(30)
@pytest.mark.parametrize("unit", NEAR)
def test_masking_a_megabyte_of_near_misses_takes_linear_time(unit: str) -> None:
    """Quadratic, it would take minutes."""
    masked_text(unit * (2**20 // len(unit)))
