"""Strict JSON: bounded before it is parsed, and refused where two readings are possible."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any, NoReturn

from meshmill.domain.errors import InvalidJson, PayloadTooLarge

MAX_DEPTH = 16
_MAX_DIGITS = 40
# Possessive, and an unfinished string is one too: otherwise a run of escaped quotes without an end
# is tried from each of them, which takes quadratic time.
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)


def parse_object(body: bytes, max_bytes: int, subject: str = "body") -> dict[str, Any]:
    """One JSON object with unique members and finite numbers; ``subject`` is what errors call it.

    Raises:
        PayloadTooLarge: over ``max_bytes``.
        InvalidJson: anything that is not exactly one such object in UTF-8.
    """
    if len(body) > max_bytes:
        raise PayloadTooLarge(f"The {subject} is over {max_bytes} bytes", {"allowed": max_bytes})
    _bound_depth(body, subject)
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_unique_members,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_short_integer,
        )
    except UnicodeDecodeError:
        raise InvalidJson(f"The {subject} is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise InvalidJson(
            f"The {subject} is not valid JSON: {error.msg} "
            f"at line {error.lineno}, column {error.colno}"
        ) from None
    if not isinstance(value, dict):
        raise InvalidJson(f"The {subject} must be a JSON object")
    return value


def _bound_depth(body: bytes, subject: str) -> None:
    if body.count(b"{") + body.count(b"[") <= MAX_DEPTH:
        return
    depth = 0
    for character in _STRINGS.sub(b"", body):
        if character in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise InvalidJson(f"The {subject} is nested deeper than {MAX_DEPTH} levels")
        elif character in b"]}":
            depth -= 1


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        counted = Counter(name for name, _ in pairs)
        doubled = next(name for name, times in counted.items() if times > 1)
        raise InvalidJson("A member stands twice", {"field": doubled[:100]})
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidJson(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise InvalidJson("A number is out of range")
    return number


def _short_integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise InvalidJson("A number is out of range")
    return int(text)
