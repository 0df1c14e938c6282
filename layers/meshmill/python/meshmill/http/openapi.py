"""The OpenAPI 3.1 document, from the models that validate and the table of codes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from meshmill.domain.asset import Status
from meshmill.geometry.registry import FORMATS, GENERATORS
from meshmill.http.errors import CODES
from meshmill.http.openapi_schemas import REFERENCE, TEXT, schemas
from meshmill.usecases.list_assets import DEFAULT_LIMIT, MAX_LIMIT
from meshmill.usecases.submit_asset import OnDuplicate

_AUTHENTICATED: list[dict[str, list[str]]] = [{"bearer": []}, {"apiKey": []}]
_ALWAYS = ("INTERNAL_ERROR", "SERVICE_UNAVAILABLE")
_GATE = ("UNAUTHORIZED", "FORBIDDEN", "RATE_LIMIT_EXCEEDED", "VALIDATION_ERROR", *_ALWAYS)
_ASSET = {"$ref": REFERENCE.format(model="Asset")}
_UUID = {"type": "string", "format": "uuid"}


def document(version: str, base_url: str) -> dict[str, Any]:
    """The document; ``base_url`` is where this stage is reached."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Meshmill",
            "version": version,
            "description": "3D assets on request: ask, poll the signed link, download.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": base_url}],
        "paths": _asset_paths() | _open_paths(),
        "components": {"schemas": schemas(), "securitySchemes": _security_schemes()},
    }


def _asset_paths() -> dict[str, Any]:
    return {
        "/api/v1/assets": {"post": _create(), "get": _list()},
        "/api/v1/assets/{asset_id}": {
            "get": _operation(
                "getAsset",
                "One of the caller's assets",
                {200: ("The asset", _ASSET)},
                ("NOT_FOUND", *_GATE),
                parameters=[_path("asset_id", _UUID)],
                security=_AUTHENTICATED,
            )
        },
        "/api/v1/status/assets/{asset_id}": {
            "get": _operation(
                "getStatus",
                "The asset by its signed link, without a token",
                {200: ("The asset", _ASSET)},
                ("INVALID_SIGNATURE", "LINK_EXPIRED", "NOT_FOUND", *_ALWAYS),
                parameters=[
                    _path("asset_id", _UUID),
                    {**_query("expires", {"type": "integer"}), "required": True},
                    {**_query("signature", TEXT), "required": True},
                ],
                security=[],
            )
        },
    }


def _create() -> dict[str, Any]:
    created = {"$ref": REFERENCE.format(model="CreatedAsset")}
    known = {"oneOf": [created, {"$ref": REFERENCE.format(model="DryRun")}]}
    codes = (
        "INVALID_JSON", "INVALID_FORMAT", "DUPLICATE_REQUEST", "PAYLOAD_TOO_LARGE",
        "UNSUPPORTED_MEDIA_TYPE", *_GATE,
    )  # fmt: skip
    body = {"$ref": REFERENCE.format(model="AssetRequest")}
    example = {"format": "gltf", "parameters": {"quality": "high", "texture_size": 2048}}
    return _operation(
        "createAsset",
        "Ask for an asset; the same request of the same user is never built twice",
        {202: ("Queued", created), 200: ("It stood there before, or was a dry run", known)},
        codes,
        parameters=[
            _query("on_duplicate", {"enum": list(OnDuplicate)}),
            _query("dry_run", {"enum": ["true", "false"], "default": "false"}),
        ],
        security=_AUTHENTICATED,
        requestBody={
            "required": True,
            "content": {"application/json": {"schema": body, "example": example}},
        },
    )


def _list() -> dict[str, Any]:
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    return _operation(
        "listAssets",
        "The caller's assets, newest first",
        {200: ("A page", {"$ref": REFERENCE.format(model="AssetPage")})},
        _GATE,
        parameters=[
            _query("status", {"enum": list(Status)}),
            _query("format", {"enum": list(FORMATS)}),
            _query("generator", {"enum": list(GENERATORS)}),
            _query("limit", limit),
            _query("cursor", TEXT),
        ],
        security=_AUTHENTICATED,
    )


def _open_paths() -> dict[str, Any]:
    anything = {"type": "object"}
    generator = {"$ref": REFERENCE.format(model="Generator")}
    generators = {"$ref": REFERENCE.format(model="Generators")}
    return {
        "/api/v1/generators": {
            "get": _operation(
                "listGenerators",
                "All generators, their options, and what they take",
                {200: ("The generators", generators)},
                ("VALIDATION_ERROR", *_ALWAYS),
                security=[],
            )
        },
        "/api/v1/generators/{name}": {
            "get": _operation(
                "getGenerator",
                "One generator, its options, and what it takes",
                {200: ("The generator", generator)},
                ("NOT_FOUND", "VALIDATION_ERROR", *_ALWAYS),
                parameters=[_path("name", {"type": "string"})],
                security=[],
            )
        },
        "/api/v1/health": {
            "get": _operation(
                "getHealth",
                "Health and version",
                {200: ("It works", anything)},
                ("VALIDATION_ERROR", *_ALWAYS),
                security=[],
            )
        },
        "/api/v1/openapi.json": {
            "get": _operation(
                "getOpenApi",
                "This document",
                {200: ("OpenAPI 3.1", anything)},
                ("VALIDATION_ERROR", *_ALWAYS),
                security=[],
            )
        },
    }


def _operation(
    operation_id: str,
    summary: str,
    answers: dict[int, tuple[str, dict[str, Any]]],
    codes: tuple[str, ...],
    **further: Any,
) -> dict[str, Any]:
    responses = {
        str(status): {
            "description": description,
            "content": {"application/json": {"schema": schema}},
        }
        for status, (description, schema) in answers.items()
    }
    return {
        "operationId": operation_id,
        "summary": summary,
        "responses": responses | _error_responses(codes),
        **further,
    }


def _error_responses(codes: tuple[str, ...]) -> dict[str, Any]:
    by_status: dict[HTTPStatus, list[str]] = {}
    for code in codes:
        by_status.setdefault(CODES[code], []).append(code)
    schema = {"$ref": REFERENCE.format(model="Error")}
    return {
        str(status.value): {
            "description": ", ".join(sorted(listed)),
            "content": {"application/json": {"schema": schema}},
        }
        for status, listed in sorted(by_status.items())
    }


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _path(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _security_schemes() -> dict[str, Any]:
    return {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    }
