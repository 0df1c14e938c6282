"""From pydantic's findings to the contract's violations: named fields, short values, hints."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from meshmill.domain.errors import Violation
from meshmill.geometry.options import COMBINATION
from meshmill.geometry.registry import GENERATORS
from meshmill.geometry.spec import UNKNOWN_FORMAT, UNKNOWN_GENERATOR, CommonParameters

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_MAX_VALUE = 100
_MAX_VIOLATIONS = 50


def violations_of(error: ValidationError, model: type[BaseModel]) -> list[Violation]:
    """All violations, formats first, then in the order of the request's members."""
    details = sorted(
        error.errors(include_url=False), key=lambda detail: detail["type"] != UNKNOWN_FORMAT
    )
    found = (violation for detail in details for violation in _expand(detail, model))
    return list(islice(found, _MAX_VIOLATIONS))


def _expand(detail: ErrorDetails, model: type[BaseModel]) -> Iterator[Violation]:
    kind = detail["type"]
    context = detail.get("ctx", {})
    path, generator = _path(detail["loc"])
    field = printable(".".join(map(str, path)))
    if kind == COMBINATION:
        for member, reason in context["members"].items():
            name = f"{field}.{member}" if field else member
            yield Violation(name, f"{name} {reason}", _shown(_member(detail["input"], member)))
    elif kind == "extra_forbidden":
        yield _unknown_member(field, path, _allowed_members(path[:-1], generator, model))
    elif kind == UNKNOWN_GENERATOR:
        asked = _member(detail["input"], "generator")
        yield _not_allowed(f"{field}.generator", asked, context["allowed"])
    elif kind == UNKNOWN_FORMAT:
        yield _not_allowed(field, detail["input"], context["allowed"])
    elif kind == "literal_error":
        yield _not_allowed(field, detail["input"], _literals(context["expected"]))
    elif kind == "missing":
        yield Violation(field, f"{field} is required")
    elif kind in {"model_type", "model_attributes_type", "dict_type"}:
        yield Violation(field, f"{field} must be an object", _shown(detail["input"]))
    elif kind in {"string_unicode", "plain_text"}:
        # The value itself is what can't be shown.
        yield Violation(field, f"{field}: {detail['msg']}")
    else:
        yield Violation(field, f"{field}: {detail['msg']}", _shown(detail["input"]))


def printable(name: str) -> str:
    """A name that comes from the caller, cut and cleaned as values are."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:_MAX_VALUE])


def _path(location: Sequence[str | int]) -> tuple[tuple[str | int, ...], str | None]:
    """The location without the tag that pydantic puts behind ``parameters``."""
    if len(location) > 1 and location[0] == "parameters" and location[1] in GENERATORS:
        return (location[0], *location[2:]), str(location[1])
    return tuple(location), None


def _allowed_members(
    parent: Sequence[str | int], generator: str | None, model: type[BaseModel]
) -> Iterable[str]:
    if not parent:
        return model.model_fields
    if tuple(parent) == ("parameters",) or generator is None:
        return CommonParameters.model_fields
    return GENERATORS[generator].options.model_fields


def _unknown_member(field: str, path: Sequence[str | int], allowed: Iterable[str]) -> Violation:
    # The value of a member that nobody asked for may be anything, a password too: not repeated.
    names = sorted(allowed)
    return Violation(
        field, f"{field} is not a known member", allowed=names, hint=did_you_mean(path[-1], names)
    )


def _not_allowed(field: str, value: Any, allowed: Sequence[Any]) -> Violation:
    listed = ", ".join(map(str, allowed))
    shown = _shown(value)
    return Violation(
        field,
        f"{field} must be one of {listed}",
        shown,
        allowed,
        did_you_mean(value, [str(choice) for choice in allowed]),
    )


def did_you_mean(value: Any, choices: Sequence[str]) -> str | None:
    """A hint at the choice that is nearest to a value, where one is near."""
    close = difflib.get_close_matches(str(value)[:_MAX_VALUE].lower(), choices, n=1)
    return f"did you mean {close[0]!r}?" if close else None


def _literals(expected: str) -> list[Any]:
    """Pydantic tells a literal's choices as text: ``'low' or 'high'``, ``14.5 or 20.0``."""
    parts = expected.replace(" or ", ", ").split(", ")
    return [part.strip("'") if part.startswith("'") else json.loads(part) for part in parts]


def _member(value: Any, name: str) -> Any:
    """The member that a dotted name addresses in an input object or model, if it is there."""
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else getattr(value, part, None)
    return value


def _shown(value: Any) -> Any:
    """Scalars as they are, anything longer as a text cut to 100 characters."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float) and len(str(value)) <= _MAX_VALUE:
        return value if math.isfinite(value) else str(value)
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode()[:_MAX_VALUE]
