"""JSON Schema 2020-12 as a validator of its own reads it, for schemas inside the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema_rs
from schemathesis.specs.openapi.definitions import OPENAPI_31


def violations(value: Any, schema: Mapping[str, Any], document: Mapping[str, Any]) -> list[str]:
    """What a value breaks of a schema; references are looked up in the document."""
    rooted = {**schema, "components": document["components"]}
    return _problems(jsonschema_rs.Draft202012Validator(rooted, validate_formats=True), value)


def breaches_of_openapi(document: Mapping[str, Any]) -> list[str]:
    """What the document breaks of the OpenAPI Initiative's own schema of version 3.1."""
    return _problems(jsonschema_rs.Draft202012Validator(OPENAPI_31), document)


def resolved(reference: str, document: Mapping[str, Any]) -> Any:
    """What a local reference such as ``#/components/schemas/Asset`` points to."""
    found: Any = document
    for member in reference.removeprefix("#/").split("/"):
        found = found[member]
    return found


def _problems(validator: Any, value: Any) -> list[str]:
    return [
        f"{list(error.instance_path)}: {error.message}" for error in validator.iter_errors(value)
    ]
