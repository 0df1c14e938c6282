"""The schemas of the document: requests from their models, answers as presented."""

from __future__ import annotations

from typing import get_args

from meshmill.domain.account_job import JobStatus
from meshmill.domain.asset import ErrorClass, Status
from meshmill.domain.request import AssetRequest
from meshmill.geometry.registry import DEFAULT_GENERATOR, FORMATS, GENERATORS
from meshmill.geometry.spec import Quality
from meshmill.http.openapi.batch_schemas import batch_schemas
from meshmill.http.openapi.errors import error_schemas
from meshmill.http.openapi.references import (
    COUNT,
    MOMENT,
    PLAIN_TEXT,
    SCHEMA_TEMPLATE,
    SHA256,
    TEXT,
    URI,
    UUID,
    Part,
    members,
    or_null,
    schema,
    untitled,
)

_EXPORTED: Part = {
    "url": {**URI, "description": "Downloads the file, 15 minutes at most."},
    "expires_at": MOMENT,
    "bytes": COUNT,
    "records": {**COUNT, "description": "Lines of the file."},
    "parts": {
        "type": "array",
        "items": members({"bytes": COUNT, "sha256": SHA256}),
        "minItems": 1,
        "description": "Stretches of the file in their order, which make it up, each by its hash.",
    },
}
_DELETED: Part = members(
    {"assets": COUNT, "batches": COUNT, "api_keys": COUNT, "files": COUNT}, description="So far."
)


def schemas() -> Part:
    """``components.schemas``; the request's come from the models that validate it."""
    request, shared = _request_schemas()
    parameters = request["properties"]["parameters"]
    return {
        **shared,
        "AssetRequest": request,
        "Asset": _asset(parameters),
        "CreatedAsset": {
            "allOf": [schema("Asset"), members({"deduplicated": {"type": "boolean"}})]
        },
        "AssetPage": members(
            {"data": {"type": "array", "items": schema("Asset")}, "next_cursor": or_null(TEXT)}
        ),
        "DryRun": _dry_run(parameters),
        "Estimate": _estimate(),
        "File": _file(),
        "Generator": _generator(),
        "Generators": members({"data": {"type": "array", "items": schema("Generator")}}),
        "Export": _job("export", _EXPORTED),
        "Erasure": _job("erasure", {"deleted": _DELETED}),
        "Health": members({"status": {"const": "ok"}, "version": TEXT, "engine_version": TEXT}),
        **batch_schemas(),
        **error_schemas(),
    }


def _request_schemas() -> tuple[Part, Part]:
    """The body of a create, and the models that it refers to."""
    request: Part = untitled(AssetRequest.model_json_schema(ref_template=SCHEMA_TEMPLATE))
    shared: Part = request.pop("$defs")
    for name in GENERATORS.keys() - {DEFAULT_GENERATOR}:
        # Otherwise parameters without a generator would fit every alternative, and so none.
        shared[f"{name.capitalize()}Parameters"]["required"] = ["generator"]
    request["description"] = (
        "Format and parameters are the identity: the same of the same user are the same asset. "
        "Options without effect, or out of proportion to each other, are refused."
    )
    request["allOf"] = [_fitting_textures(name) for name in FORMATS]
    members_of_request = request["properties"]
    named = members_of_request["custom_id"]["anyOf"][0]
    labels = members_of_request["labels"]
    for text in (named, labels["additionalProperties"], labels["propertyNames"]):
        text["format"] = PLAIN_TEXT
    return request, shared


def _fitting_textures(name: str) -> Part:
    """Where the format is this one, the textures are of a kind that it can hold."""
    allowed = {"texture_format": {"enum": list(FORMATS[name].texture_formats)}}
    return {
        "if": {"properties": {"format": {"const": name}}},
        "then": {"properties": {"parameters": {"properties": allowed}}},
    }


def _requested(parameters: Part) -> Part:
    """The members that tell of a request: what it is, and what goes with it."""
    return {
        "asset_id": UUID,
        "spec_id": {**SHA256, "description": "SHA-256 of the canonical format and parameters."},
        "format": {"enum": list(FORMATS)},
        "parameters": parameters,
        "priority": {"type": "integer", "minimum": 1, "maximum": 10},
        "labels": {"type": "object", "additionalProperties": TEXT},
        "custom_id": or_null(TEXT),
    }


def _asset(parameters: Part) -> Part:
    always = {
        "object": {"const": "asset"},
        **_requested(parameters),
        "status": {"enum": list(Status)},
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "started_at": or_null(MOMENT),
        "completed_at": or_null(MOMENT),
        "attempts": COUNT,
        "queue_ms": or_null(COUNT),
        "generation_ms": or_null(COUNT),
        "status_url": {**URI, "description": "Opens the asset without a credential, 24 hours."},
        "links": members(
            {"self": {**URI, "description": "The asset, with a credential."}},
            {"files": {"type": "object", "additionalProperties": URI}},
            description="Addresses that stay; those of files lead to fresh links.",
        ),
    }
    counts = ("triangles", "vertices", "materials", "textures")
    once_final = {
        "stats": members(dict.fromkeys(counts, or_null(COUNT))),
        "files": {"type": "array", "items": schema("File")},
        "error": members(
            {
                "code": TEXT,
                "message": TEXT,
                "class": {"enum": list(ErrorClass)},
                "retryable": {"type": "boolean"},
            }
        ),
    }
    return members(
        always, once_final, description="Files and stats once completed, error once failed."
    )


def _job(kind: str, further: Part) -> Part:
    always = {
        "object": {"const": kind},
        "status": {"enum": list(JobStatus)},
        "requested_at": MOMENT,
        "completed_at": or_null(MOMENT),
        "status_url": {**URI, "description": "Opens this object without a credential."},
    }
    return members(always, further)


def _file() -> Part:
    return members(
        {
            "name": {**TEXT, "description": "Stable name: model, model_lod1, preview, …"},
            "filename": TEXT,
            "media_type": TEXT,
            "bytes": COUNT,
            "sha256": SHA256,
            "url": {**URI, "description": "Downloads the file, 15 minutes at most."},
            "expires_at": MOMENT,
        }
    )


def _dry_run(parameters: Part) -> Part:
    return members(
        {
            "object": {"const": "estimate"},
            **_requested(parameters),
            "exists": {"type": "boolean"},
            "status": {"enum": [*Status, None]},
            "estimate": schema("Estimate"),
        }
    )


def _estimate() -> Part:
    return members(
        {
            "triangles": {**COUNT, "description": "Of the most detailed level."},
            "bytes": {**COUNT, "description": "Of all files together."},
            "seconds": {"type": "number", "minimum": 0, "description": "CPU time of one core."},
            "megabytes": {**COUNT, "description": "Peak of memory."},
        },
        description="What building takes, to a factor of about 1.5.",
    )


def _generator() -> Part:
    return members(
        {
            "object": {"const": "generator"},
            "name": {"enum": list(GENERATORS)},
            "description": TEXT,
            "formats": {"type": "array", "items": {"enum": list(FORMATS)}},
            "options": {"type": "object", "description": "JSON Schema of parameters.options."},
            "defaults": {"type": "object"},
            "estimates": members(
                dict.fromkeys(get_args(Quality), schema("Estimate")),
                description="By quality, of a glTF asset with all else at its default.",
            ),
        }
    )
