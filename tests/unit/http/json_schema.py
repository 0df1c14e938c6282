"""The part of JSON Schema 2020-12 that our OpenAPI document uses; anything else is an error.

A validator of our own, since none is among the locked packages: it is strict about keywords, so
that a schema can't say more than is checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: type(value) is int,
    "number": lambda value: type(value) in (int, float),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
_FORMATS = {
    "uuid": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"),
    "uri": re.compile(r"https?://\S+"),
}
_REMARKS = {"title", "description", "default", "examples", "discriminator"}


def violations(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> list[str]:
    """What a value breaks of a schema; references are looked up in ``root``."""
    return list(_check(value, schema, root, "$"))


def _check(value: Any, schema: Any, root: Mapping[str, Any], path: str) -> Iterator[str]:
    if isinstance(schema, bool):
        if not schema:
            yield f"{path}: nothing is allowed here"
        return
    for keyword, argument in schema.items():
        if keyword in _REMARKS:
            continue
        if keyword not in _KEYWORDS:
            raise AssertionError(f"{path}: the schema uses {keyword}, which nobody checks")
        yield from _KEYWORDS[keyword](value, argument, schema, root, path)


def _reference(value: Any, to: str, _schema: Any, root: Any, path: str) -> Iterator[str]:
    yield from _check(value, resolved(to, root), root, path)


def resolved(reference: str, root: Mapping[str, Any]) -> Any:
    """What a local reference such as ``#/components/schemas/Asset`` points to."""
    found: Any = root
    for member in reference.removeprefix("#/").split("/"):
        found = found[member]
    return found


def _type(value: Any, kinds: Any, _schema: Any, _root: Any, path: str) -> Iterator[str]:
    listed = [kinds] if isinstance(kinds, str) else kinds
    if not any(_TYPES[kind](value) for kind in listed):
        yield f"{path}: {value!r} is not of type {listed}"


def _enum(value: Any, choices: Any, _schema: Any, _root: Any, path: str) -> Iterator[str]:
    if value not in choices:
        yield f"{path}: {value!r} is none of {choices}"


def _const(value: Any, only: Any, _schema: Any, _root: Any, path: str) -> Iterator[str]:
    if value != only:
        yield f"{path}: {value!r} is not {only!r}"


def _pattern(value: Any, pattern: str, _schema: Any, _root: Any, path: str) -> Iterator[str]:
    if isinstance(value, str) and not re.search(pattern, value):
        yield f"{path}: {value!r} does not match {pattern}"


def _format(value: Any, name: str, _schema: Any, _root: Any, path: str) -> Iterator[str]:
    if isinstance(value, str) and not _FORMATS[name].fullmatch(value):
        yield f"{path}: {value!r} is no {name}"


def _bound(holds: Callable[[Any, Any], bool], kinds: tuple[type, ...]) -> Any:
    def check(value: Any, bound: Any, _schema: Any, _root: Any, path: str) -> Iterator[str]:
        if isinstance(value, kinds) and not isinstance(value, bool) and not holds(value, bound):
            yield f"{path}: {value!r} is outside the bound {bound}"

    return check


def _required(value: Any, names: Any, _schema: Any, _root: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{path}: {name} is missing" for name in names if name not in value)


def _properties(value: Any, schemas: Any, _schema: Any, root: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name in value.keys() & schemas.keys():
            yield from _check(value[name], schemas[name], root, f"{path}.{name}")


def _additional(value: Any, rule: Any, schema: Any, root: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name in value.keys() - schema.get("properties", {}).keys():
            yield from _check(value[name], rule, root, f"{path}.{name}")


def _property_names(value: Any, rule: Any, _schema: Any, root: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name in value:
            yield from _check(name, rule, root, f"{path}.{name} (its name)")


def _items(value: Any, rule: Any, _schema: Any, root: Any, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for place, member in enumerate(value):
            yield from _check(member, rule, root, f"{path}[{place}]")


def _all_of(value: Any, schemas: Any, _schema: Any, root: Any, path: str) -> Iterator[str]:
    for schema in schemas:
        yield from _check(value, schema, root, path)


def _some_of(exactly_one: bool) -> Any:
    def check(value: Any, schemas: Any, _schema: Any, root: Any, path: str) -> Iterator[str]:
        found = [list(_check(value, schema, root, path)) for schema in schemas]
        fits = sum(not problems for problems in found)
        if fits == 0 or (exactly_one and fits > 1):
            yield f"{path}: fits {fits} of {len(schemas)} alternatives: {found}"

    return check


_NUMBERS = (int, float)
_KEYWORDS: dict[str, Callable[[Any, Any, Any, Any, str], Iterator[str]]] = {
    "$ref": _reference,
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "format": _format,
    "minimum": _bound(lambda value, bound: value >= bound, _NUMBERS),
    "maximum": _bound(lambda value, bound: value <= bound, _NUMBERS),
    "exclusiveMinimum": _bound(lambda value, bound: value > bound, _NUMBERS),
    "exclusiveMaximum": _bound(lambda value, bound: value < bound, _NUMBERS),
    "minLength": _bound(lambda value, bound: len(value) >= bound, (str,)),
    "maxLength": _bound(lambda value, bound: len(value) <= bound, (str,)),
    "minItems": _bound(lambda value, bound: len(value) >= bound, (list,)),
    "maxItems": _bound(lambda value, bound: len(value) <= bound, (list,)),
    "maxProperties": _bound(lambda value, bound: len(value) <= bound, (dict,)),
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _property_names,
    "items": _items,
    "allOf": _all_of,
    "anyOf": _some_of(exactly_one=False),
    "oneOf": _some_of(exactly_one=True),
}
