"""The OpenAPI 3.1 document, from the models that validate and the table of codes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from meshmill.domain.asset import ErrorClass, Status
from meshmill.domain.request import AssetRequest
from meshmill.geometry.registry import FORMATS, GENERATORS
from meshmill.http.errors import CODES
from meshmill.usecases.list_assets import DEFAULT_LIMIT, MAX_LIMIT
from meshmill.usecases.submit_asset import OnDuplicate

_REF = "#/components/schemas/{model}"
_TIME: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}
_COUNT: dict[str, Any] = {"type": ["integer", "null"], "minimum": 0}
_TEXT: dict[str, Any] = {"type": "string"}
_AUTHENTICATED: list[dict[str, list[str]]] = [{"bearer": []}, {"apiKey": []}]
_ALWAYS = ("INTERNAL_ERROR", "SERVICE_UNAVAILABLE")
_GATE = ("UNAUTHORIZED", "FORBIDDEN", "RATE_LIMIT_EXCEEDED", "VALIDATION_ERROR", *_ALWAYS)


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
        "components": {"schemas": _schemas(), "securitySchemes": _security_schemes()},
    }


def _asset_paths() -> dict[str, Any]:
    asset = {"$ref": _REF.format(model="Asset")}
    created = {"$ref": _REF.format(model="CreatedAsset")}
    create_codes = (
        "INVALID_JSON", "INVALID_FORMAT", "DUPLICATE_REQUEST", "PAYLOAD_TOO_LARGE",
        "UNSUPPORTED_MEDIA_TYPE", *_GATE,
    )  # fmt: skip
    body = {"$ref": _REF.format(model="AssetRequest")}
    example = {"format": "gltf", "parameters": {"quality": "high", "texture_size": 2048}}
    return {
        "/api/v1/assets": {
            "post": _operation(
                "createAsset",
                "Ask for an asset; the same request of the same user is never built twice",
                {202: ("Queued", created), 200: ("It stood there before", created)},
                create_codes,
                parameters=[_query("on_duplicate", {"enum": list(OnDuplicate)})],
                security=_AUTHENTICATED,
                requestBody={
                    "required": True,
                    "content": {"application/json": {"schema": body, "example": example}},
                },
            ),
            "get": _operation(
                "listAssets",
                "The caller's assets, newest first",
                {200: ("A page", {"$ref": _REF.format(model="AssetPage")})},
                _GATE,
                parameters=[
                    _query("status", {"enum": list(Status)}),
                    _query("format", {"enum": list(FORMATS)}),
                    _query("generator", {"enum": list(GENERATORS)}),
                    _query(
                        "limit",
                        {
                            "type": "integer",
                            "minimum": 1,
                            "maximum": MAX_LIMIT,
                            "default": DEFAULT_LIMIT,
                        },
                    ),
                    _query("cursor", _TEXT),
                ],
                security=_AUTHENTICATED,
            ),
        },
        "/api/v1/assets/{asset_id}": {
            "get": _operation(
                "getAsset",
                "One of the caller's assets",
                {200: ("The asset", asset)},
                ("NOT_FOUND", *_GATE),
                parameters=[_path("asset_id", {"type": "string", "format": "uuid"})],
                security=_AUTHENTICATED,
            )
        },
        "/api/v1/status/assets/{asset_id}": {
            "get": _operation(
                "getStatus",
                "The asset by its signed link, without a token",
                {200: ("The asset", asset)},
                ("INVALID_SIGNATURE", "LINK_EXPIRED", "NOT_FOUND", *_ALWAYS),
                parameters=[
                    _path("asset_id", {"type": "string", "format": "uuid"}),
                    {**_query("expires", {"type": "integer"}), "required": True},
                    {**_query("signature", _TEXT), "required": True},
                ],
                security=[],
            )
        },
    }


def _open_paths() -> dict[str, Any]:
    anything = {"type": "object"}
    return {
        "/api/v1/generators": {
            "get": _operation(
                "listGenerators",
                "All generators and their options",
                {200: ("The generators", anything)},
                ("VALIDATION_ERROR", *_ALWAYS),
                security=[],
            )
        },
        "/api/v1/generators/{name}": {
            "get": _operation(
                "getGenerator",
                "One generator and its options",
                {200: ("The generator", anything)},
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
    schema = {"$ref": _REF.format(model="Error")}
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


def _schemas() -> dict[str, Any]:
    request = AssetRequest.model_json_schema(ref_template=_REF)
    shared = request.pop("$defs")
    asset = {"$ref": _REF.format(model="Asset")}
    return {
        **shared,
        "AssetRequest": request,
        "Asset": _asset_schema(request["properties"]["parameters"]),
        "CreatedAsset": {
            "allOf": [
                asset,
                {
                    "type": "object",
                    "required": ["deduplicated"],
                    "properties": {"deduplicated": {"type": "boolean"}},
                },
            ]
        },
        "AssetPage": {
            "type": "object",
            "required": ["data", "next_cursor"],
            "properties": {
                "data": {"type": "array", "items": asset},
                "next_cursor": {"type": ["string", "null"]},
            },
        },
        "Error": _error_schema(),
    }


def _asset_schema(parameters: dict[str, Any]) -> dict[str, Any]:
    always: dict[str, Any] = {
        "object": {"const": "asset"},
        "asset_id": {"type": "string", "format": "uuid"},
        "spec_id": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "status": {"enum": list(Status)},
        "format": {"enum": list(FORMATS)},
        "parameters": parameters,
        "priority": {"type": "integer", "minimum": 1, "maximum": 10},
        "labels": {"type": "object", "additionalProperties": _TEXT},
        "custom_id": {"type": ["string", "null"]},
        "created_at": {"type": "string", "format": "date-time"},
        "updated_at": {"type": "string", "format": "date-time"},
        "started_at": _TIME,
        "completed_at": _TIME,
        "attempts": {"type": "integer", "minimum": 0},
        "queue_ms": _COUNT,
        "generation_ms": _COUNT,
        "status_url": {"type": "string", "format": "uri"},
        "links": {"type": "object", "additionalProperties": _TEXT},
    }
    counts = ("triangles", "vertices", "materials", "textures")
    once_final: dict[str, Any] = {
        "stats": {"type": "object", "properties": dict.fromkeys(counts, _COUNT)},
        "files": {"type": "array", "items": _file_schema()},
        "error": {
            "type": "object",
            "properties": {
                "code": _TEXT,
                "message": _TEXT,
                "class": {"enum": list(ErrorClass)},
                "retryable": {"type": "boolean"},
            },
        },
    }
    return {"type": "object", "required": list(always), "properties": always | once_final}


def _file_schema() -> dict[str, Any]:
    members: dict[str, Any] = {
        "name": _TEXT,
        "filename": _TEXT,
        "media_type": _TEXT,
        "bytes": {"type": "integer"},
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "url": {"type": "string", "format": "uri"},
        "expires_at": {"type": "string", "format": "date-time"},
    }
    return {"type": "object", "required": list(members), "properties": members}


def _error_schema() -> dict[str, Any]:
    error = {
        "type": "object",
        "required": ["code", "message", "details"],
        "properties": {
            "code": {"enum": sorted(CODES)},
            "message": _TEXT,
            "details": {"type": "object"},
        },
    }
    return {
        "type": "object",
        "required": ["error", "request_id"],
        "properties": {"error": error, "request_id": _TEXT},
    }
