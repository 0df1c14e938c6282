"""Where the document keeps what is said once, and the pieces that everything is made of."""

from __future__ import annotations

from typing import Any

#: A part of the document.
Part = dict[str, Any]

#: Where the document keeps a schema, as pydantic wants it told.
SCHEMA_TEMPLATE = "#/components/schemas/{model}"

JSON, PROBLEM = "application/json", "application/problem+json"
TEXT: Part = {"type": "string"}
UUID: Part = {"type": "string", "format": "uuid"}
USER: Part = {"type": "string", "pattern": "^u[a-z2-7]{32}$"}
URI: Part = {"type": "string", "format": "uri"}
MOMENT: Part = {"type": "string", "format": "date-time"}
#: Unicode normal form C, without control, format, surrogate and private-use characters: no
#: pattern that every dialect of regular expressions reads can say it. A file's name is such text
#: without separators of folders.
PLAIN_TEXT, FILENAME = "plain-text", "filename"
SHA256: Part = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
COUNT: Part = {"type": "integer", "minimum": 0}


def ref(kind: str, name: str) -> Part:
    """A reference to a component: ``ref("schemas", "Asset")``."""
    return {"$ref": f"#/components/{kind}/{name}"}


def schema(name: str) -> Part:
    """A reference to a schema."""
    return ref("schemas", name)


def members(required: Part, optional: Part | None = None, **further: Any) -> Part:
    """The schema of an object: members that are always there, and those that may be."""
    described: Part = {"type": "object", "required": list(required)}
    return {**described, "properties": {**required, **(optional or {})}, **further}


def or_null(described: Part) -> Part:
    """The same, or null."""
    return {**described, "type": [described["type"], "null"]}


def untitled(value: Any) -> Any:
    """A schema without the titles that pydantic makes of names."""
    if isinstance(value, dict):
        kept = {name: untitled(member) for name, member in value.items()}
        return {name: member for name, member in kept.items() if name != "title"}
    return [untitled(member) for member in value] if isinstance(value, list) else value
