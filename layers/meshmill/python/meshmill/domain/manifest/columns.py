"""The columns of a CSV manifest, and where in a create body each of them belongs."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from meshmill.domain.request import AssetRequest, Short
from meshmill.geometry.registry import DEFAULT_GENERATOR, GENERATORS
from meshmill.geometry.spec import CommonParameters

LABELS = "labels."
OPTIONS = "options."

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,38})")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,38})(?:\.[0-9]{1,300})?(?:[eE][+-]?[0-9]{1,3})?")
_BOOLEANS = {"true": True, "false": False}


class _Kind(Enum):
    """What a cell's text is read as."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"


def _kind(field: FieldInfo) -> _Kind:
    annotation = field.annotation
    is_choice = get_origin(annotation) is Literal
    types: set[Any] = set(map(type, get_args(annotation))) if is_choice else {annotation}
    if float in types:
        return _Kind.NUMBER
    if types == {int}:
        return _Kind.INTEGER
    return _Kind.BOOLEAN if types == {bool} else _Kind.TEXT


_TOP = {
    name: _kind(field)
    for name, field in AssetRequest.model_fields.items()
    if name not in {"parameters", "labels"}
}
_PARAMETERS = {
    name: _kind(field) for name, field in CommonParameters.model_fields.items() if name != "options"
}
_OPTIONS = {
    generator: {name: _kind(field) for name, field in entry.options.model_fields.items()}
    for generator, entry in GENERATORS.items()
}


def known_columns() -> list[str]:
    """Every column that there is, but for labels, whose keys are free."""
    options = sorted({name for members in _OPTIONS.values() for name in members})
    return [*_TOP, *_PARAMETERS, *(OPTIONS + name for name in options)]


def spoken_columns() -> list[str]:
    """The columns in few words, for who knows none of them."""
    return [*_TOP, *_PARAMETERS, f"{LABELS}*", f"{OPTIONS}*"]


@functools.cache
def _label_reader() -> TypeAdapter[str]:
    return TypeAdapter(Short)


def is_label(column: str) -> bool:
    """Whether the column is a label with a key that the API takes."""
    if not column.startswith(LABELS):
        return False
    try:
        _label_reader().validate_python(column.removeprefix(LABELS))
    except ValidationError:
        return False
    return True


def body_of(columns: Sequence[str], cells: Sequence[str]) -> dict[str, Any]:
    """The create body that a row stands for; as many cells as there are columns.

    Values are trimmed, and an empty one is absent. What isn't the number that its member takes
    stays a text, so that the API's own validation refuses it in its own words.
    """
    filled = {
        column: text for column, cell in zip(columns, cells, strict=True) if (text := cell.strip())
    }
    kinds = _OPTIONS.get(filled.get("generator", DEFAULT_GENERATOR), {})
    parameters: dict[str, Any] = {}
    options: dict[str, Any] = {}
    labels: dict[str, str] = {}
    body: dict[str, Any] = {"parameters": parameters}
    for column, text in filled.items():
        if column in _TOP:
            body[column] = _value(_TOP[column], text)
        elif column in _PARAMETERS:
            parameters[column] = _value(_PARAMETERS[column], text)
        elif column.startswith(LABELS):
            labels[column.removeprefix(LABELS)] = text
        else:
            name = column.removeprefix(OPTIONS)
            options[name] = _value(kinds.get(name, _Kind.TEXT), text)
    if options:
        parameters["options"] = options
    if labels:
        body["labels"] = labels
    return body


def _value(kind: _Kind, text: str) -> str | int | float | bool:
    """The value in JSON's types, or the text where it is none of its kind."""
    if kind is _Kind.BOOLEAN:
        return _BOOLEANS.get(text.lower(), text)
    if kind is not _Kind.TEXT and _INTEGER.fullmatch(text):
        return int(text)
    if kind is _Kind.NUMBER and _NUMBER.fullmatch(text):
        return float(text)
    return text
