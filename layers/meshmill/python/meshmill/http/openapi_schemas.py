"""The schemas of the OpenAPI document: requests from their models, answers as presented."""

from __future__ import annotations

from typing import Any

from meshmill.domain.asset import ErrorClass, Status
from meshmill.domain.request import AssetRequest
from meshmill.geometry.registry import DEFAULT_GENERATOR, FORMATS, GENERATORS
from meshmill.http.errors import CODES

#: Where the document keeps a schema.
REFERENCE = "#/components/schemas/{model}"
TEXT: dict[str, Any] = {"type": "string"}
_TIME: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}
_COUNT: dict[str, Any] = {"type": ["integer", "null"], "minimum": 0}


def schemas() -> dict[str, Any]:
    """Every schema by name; the request's come from the models that validate it."""
    request = AssetRequest.model_json_schema(ref_template=REFERENCE)
    shared = request.pop("$defs")
    for name in GENERATORS.keys() - {DEFAULT_GENERATOR}:
        # Otherwise parameters without a generator would fit every alternative, and so none.
        shared[f"{name.capitalize()}Parameters"]["required"] = ["generator"]
    asset = {"$ref": REFERENCE.format(model="Asset")}
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
        "labels": {"type": "object", "additionalProperties": TEXT},
        "custom_id": {"type": ["string", "null"]},
        "created_at": {"type": "string", "format": "date-time"},
        "updated_at": {"type": "string", "format": "date-time"},
        "started_at": _TIME,
        "completed_at": _TIME,
        "attempts": {"type": "integer", "minimum": 0},
        "queue_ms": _COUNT,
        "generation_ms": _COUNT,
        "status_url": {"type": "string", "format": "uri"},
        "links": {"type": "object", "additionalProperties": TEXT},
    }
    counts = ("triangles", "vertices", "materials", "textures")
    once_final: dict[str, Any] = {
        "stats": {"type": "object", "properties": dict.fromkeys(counts, _COUNT)},
        "files": {"type": "array", "items": _file_schema()},
        "error": {
            "type": "object",
            "properties": {
                "code": TEXT,
                "message": TEXT,
                "class": {"enum": list(ErrorClass)},
                "retryable": {"type": "boolean"},
            },
        },
    }
    return {"type": "object", "required": list(always), "properties": always | once_final}


def _file_schema() -> dict[str, Any]:
    members: dict[str, Any] = {
        "name": TEXT,
        "filename": TEXT,
        "media_type": TEXT,
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
            "message": TEXT,
            "details": {"type": "object"},
        },
    }
    return {
        "type": "object",
        "required": ["error", "request_id"],
        "properties": {"error": error, "request_id": TEXT},
    }
