"""The schemas of the OpenAPI document: requests from their models, answers as presented."""

from __future__ import annotations

from typing import Any, get_args

from meshmill.domain.asset import ErrorClass, Status
from meshmill.domain.request import AssetRequest
from meshmill.geometry.registry import DEFAULT_GENERATOR, FORMATS, GENERATORS
from meshmill.geometry.spec import Quality
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
    parameters = request["properties"]["parameters"]
    return {
        **shared,
        "AssetRequest": request,
        "Asset": _asset_schema(parameters),
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
        "DryRun": _dry_run_schema(parameters),
        "Estimate": _estimate_schema(),
        "Generator": _generator_schema(),
        "Generators": {
            "type": "object",
            "required": ["data"],
            "properties": {
                "data": {"type": "array", "items": {"$ref": REFERENCE.format(model="Generator")}}
            },
        },
        "Error": _error_schema(),
    }


def _requested(parameters: dict[str, Any]) -> dict[str, Any]:
    """The members that tell of a request: what it is, and what goes with it."""
    return {
        "asset_id": {"type": "string", "format": "uuid"},
        "spec_id": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "format": {"enum": list(FORMATS)},
        "parameters": parameters,
        "priority": {"type": "integer", "minimum": 1, "maximum": 10},
        "labels": {"type": "object", "additionalProperties": TEXT},
        "custom_id": {"type": ["string", "null"]},
    }


def _dry_run_schema(parameters: dict[str, Any]) -> dict[str, Any]:
    members: dict[str, Any] = {
        "object": {"const": "estimate"},
        **_requested(parameters),
        "exists": {"type": "boolean"},
        "status": {"enum": [*Status, None]},
        "estimate": {"$ref": REFERENCE.format(model="Estimate")},
    }
    return {"type": "object", "required": list(members), "properties": members}


def _estimate_schema() -> dict[str, Any]:
    members: dict[str, Any] = {
        "triangles": {
            "type": "integer", "minimum": 0, "description": "Of the most detailed level."
        },
        "bytes": {"type": "integer", "minimum": 0, "description": "Of all files together."},
        "seconds": {"type": "number", "minimum": 0, "description": "CPU time of one core."},
        "megabytes": {"type": "integer", "minimum": 0, "description": "Peak of memory."},
    }  # fmt: skip
    return {
        "type": "object",
        "description": "What building takes, to a factor of about 1.5.",
        "required": list(members),
        "properties": members,
    }


def _generator_schema() -> dict[str, Any]:
    estimate = {"$ref": REFERENCE.format(model="Estimate")}
    members: dict[str, Any] = {
        "object": {"const": "generator"},
        "name": {"enum": list(GENERATORS)},
        "description": TEXT,
        "formats": {"type": "array", "items": {"enum": list(FORMATS)}},
        "options": {"type": "object", "description": "JSON Schema of parameters.options."},
        "defaults": {"type": "object"},
        "estimates": {
            "type": "object",
            "description": "By quality, of a glTF asset with all else at its default.",
            "required": list(get_args(Quality)),
            "properties": dict.fromkeys(get_args(Quality), estimate),
        },
    }
    return {"type": "object", "required": list(members), "properties": members}


def _asset_schema(parameters: dict[str, Any]) -> dict[str, Any]:
    always: dict[str, Any] = {
        "object": {"const": "asset"},
        **_requested(parameters),
        "status": {"enum": list(Status)},
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
