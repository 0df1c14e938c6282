"""What anybody may read: health, the generators, this document."""

from __future__ import annotations

from meshmill.http.openapi.operations import answer, conditional, headers_alone, open_operation
from meshmill.http.openapi.parameters import path
from meshmill.http.openapi.references import TEXT, Part, schema

_TAG = {"tags": ["Catalogue"]}


def catalogue_paths() -> Part:
    """By path."""
    health = _health()
    return {
        "/api/v1/generators": {"get": _generators()},
        "/api/v1/generators/{name}": {"get": _generator()},
        "/api/v1/health": {"get": health, "head": headers_alone(health)},
        "/api/v1/openapi.json": {"get": _document()},
        "/docs": {"get": _page()},
    }


def _generators() -> Part:
    return conditional(
        open_operation(
            "listGenerators",
            "All generators, their options, and what they take",
            {200: answer("The generators", schema("Generators"), "ETag")},
            "VALIDATION_ERROR",
            **_TAG,
        )
    )


def _generator() -> Part:
    found = answer("The generator", schema("Generator"), "ETag", shown=["getGenerator"])
    return conditional(
        open_operation(
            "getGenerator",
            "One generator, its options, and what it takes",
            {200: found},
            "NOT_FOUND",
            "VALIDATION_ERROR",
            parameters=[path("name", TEXT, "Name of the generator.")],
            **_TAG,
        )
    )


def _health() -> Part:
    return open_operation(
        "getHealth",
        "Health and version",
        {200: answer("It works", schema("Health"), shown=["getHealth"])},
        "VALIDATION_ERROR",
        **_TAG,
    )


def _document() -> Part:
    return conditional(
        open_operation(
            "getOpenApi",
            "This document",
            {200: answer("OpenAPI 3.1", {"type": "object"}, "ETag")},
            "VALIDATION_ERROR",
            **_TAG,
        )
    )


def _page() -> Part:
    page = answer("Swagger UI, with nothing from anybody else", None, "ETag")
    return conditional(
        open_operation(
            "getDocs",
            "This document as a page",
            {200: {**page, "content": {"text/html": {"schema": TEXT}}}},
            **_TAG,
        )
    )
