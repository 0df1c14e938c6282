"""Strict JSON: nothing ambiguous, nothing unbounded."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshmill.domain.errors import InvalidJson, PayloadTooLarge
from meshmill.domain.json_text import MAX_DEPTH, parse_object
from tests.unit.domain.strategies import replayed

LIMIT = 64 * 1024
_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**38), 10**38)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
json_values: st.SearchStrategy[Any] = st.recursive(
    _scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)


def nested(depth: int) -> bytes:
    return b'{"a":' * (depth - 1) + b"{}" + b"}" * (depth - 1)


def refusal(body: bytes) -> InvalidJson:
    with pytest.raises(InvalidJson) as caught:
        parse_object(body, LIMIT)
    return caught.value


@replayed
@given(st.dictionaries(st.text(), json_values), st.booleans())
def test_whatever_json_can_say_is_read_as_it_was_written(
    value: dict[str, Any], ascii_only: bool
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert parse_object(text.encode("utf-8", "surrogatepass"), 10**6) == value


@replayed
@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_refused_with_a_code(body: bytes) -> None:
    with suppress(InvalidJson):
        assert isinstance(parse_object(body, LIMIT), dict)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b'{"a":1}}',
        b'{"a":1} {"b":2}',
        b"{'a':1}",
        b'{"a":1,}',
        b"{a:1}",
        b'{"a":01}',
        b'{"a":+1}',
        b'{"a":.5}',
        b'{"a":0x10}',
        b'{"a":"\n"}',
        b'{"a":"\\x41"}',
        b'{"a":1}// end',
        b"\xef\xbb\xbf{}",
        b'\xff\xfe{\x00"\x00a\x00"\x00:\x001\x00}\x00',
        b'{"a":"\xc3\x28"}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":"\xc0\x80"}',
    ],
    ids=repr,
)
def test_what_is_not_json_in_utf_8_is_refused(body: bytes) -> None:
    assert refusal(body).code == "INVALID_JSON"


@pytest.mark.parametrize("body", [b"[]", b"[{}]", b"null", b"true", b'"text"', b"1", b"1.5"])
def test_json_that_is_not_an_object_is_refused(body: bytes) -> None:
    assert "must be a JSON object" in refusal(body).message


@pytest.mark.parametrize("constant", [b"NaN", b"Infinity", b"-Infinity"])
def test_constants_that_json_does_not_know_are_refused(constant: bytes) -> None:
    assert constant.decode() in refusal(b'{"a":' + constant + b"}").message


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"1" + b"0" * 400 + b".0"])
def test_numbers_beyond_a_double_are_refused(number: bytes) -> None:
    assert "out of range" in refusal(b'{"a":' + number + b"}").message


@pytest.mark.parametrize("digits", [41, 5_000, 60_000])
def test_integers_of_absurd_length_are_refused(digits: int) -> None:
    assert "out of range" in refusal(b'{"a":' + b"9" * digits + b"}").message


def test_a_doubled_member_is_refused_and_named() -> None:
    error = refusal(b'{"seed":1,"quality":"low","seed":2}')
    assert error.details == {"field": "seed"}


def test_a_doubled_member_is_refused_in_nested_objects_and_in_other_spellings() -> None:
    assert refusal(b'{"a":{"b":1,"b":1}}').details == {"field": "b"}
    assert refusal(b'{"a":1,"\\u0061":2}').details == {"field": "a"}


def test_a_doubled_members_name_is_cut() -> None:
    name = b"n" * 5_000
    assert refusal(b'{"%s":1,"%s":2}' % (name, name)).details == {"field": "n" * 100}


def test_nesting_up_to_the_limit_passes() -> None:
    assert parse_object(nested(MAX_DEPTH), LIMIT)


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 1_000, 9_000])
def test_deeper_nesting_is_refused_before_it_is_parsed(depth: int) -> None:
    assert "nested deeper" in refusal(nested(depth)).message
    assert "nested deeper" in refusal(b'{"a":' + b"[" * depth).message


def test_a_hundred_thousand_levels_are_too_large() -> None:
    with pytest.raises(PayloadTooLarge):
        parse_object(nested(100_000), LIMIT)


def test_brackets_within_strings_do_not_count_as_nesting() -> None:
    text = "[{" * 1_000 + '\\"' + "[" * 100
    assert parse_object(json.dumps({"a": text}).encode(), LIMIT) == {"a": text}


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "body",
    [
        b'"' + b'\\"' * 32_000,
        b'{"a":"' + b'\\"' * 32_000,
        b'"' * 65_000,
        b'{"' + b"\\" * 65_000,
        b'{"a' + b'":"' * 20_000,
    ],
    ids=["escaped quotes", "escaped quotes in a member", "quotes", "backslashes", "colons"],
)
def test_strings_without_an_end_are_refused_in_linear_time(body: bytes) -> None:
    """These took 20 s of a core: every quote was tried as a string's beginning."""
    assert refusal(body).code == "INVALID_JSON"


def test_a_body_of_exactly_the_limit_passes_and_one_byte_more_does_not() -> None:
    body = b'{"a":"' + b"x" * (LIMIT - 8) + b'"}'
    assert len(body) == LIMIT
    assert parse_object(body, LIMIT)
    with pytest.raises(PayloadTooLarge) as caught:
        parse_object(body + b" ", LIMIT)
    assert caught.value.details == {"allowed": LIMIT}
