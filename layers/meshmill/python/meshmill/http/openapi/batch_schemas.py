"""The schemas of batches."""

from __future__ import annotations

from meshmill.domain.batch import BatchStatus, Source
from meshmill.domain.batch_request import CONTENT_TYPES, BatchRequest
from meshmill.domain.manifest.plan import ManifestFormat
from meshmill.http.openapi.references import (
    COUNT,
    FILENAME,
    MOMENT,
    TEXT,
    URI,
    UUID,
    Part,
    members,
    or_null,
    schema,
    untitled,
)

_COUNTED = {
    "accepted": "Lines that have made an asset.",
    "duplicate": "Lines whose asset stood there before.",
    "rejected": "Lines that are no request; errors.jsonl tells why.",
    "completed": "Assets of accepted lines that are done.",
    "failed": "Those that have failed, each time anew.",
    "redriven": "Those that were asked for again after they had failed.",
    "deleted": "Those that were deleted before they were done.",
}


def batch_schemas() -> Part:
    """By name."""
    page = {"data": {"type": "array", "items": schema("Batch")}, "next_cursor": or_null(TEXT)}
    upload = {"upload": schema("UploadForm")}
    return {
        "BatchRequest": _request(),
        "Batch": _batch(),
        "IssuedBatch": {"allOf": [schema("Batch"), members({}, upload)]},
        "BatchPage": members(page),
        "UploadForm": _form(),
    }


def _request() -> Part:
    request: Part = untitled(BatchRequest.model_json_schema())
    request["description"] = "What is going to be uploaded."
    request["properties"]["filename"]["format"] = FILENAME
    return request


def _form() -> Part:
    return members(
        {
            "url": {**URI, "description": "Where the form is posted."},
            "fields": {
                "type": "object",
                "additionalProperties": TEXT,
                "description": "Members of the form, as they are; the file is the last, `file`.",
            },
            "expires_at": MOMENT,
        },
        description="A form for one file: its address, type and length are pinned.",
    )


def _batch() -> Part:
    return members(_always(), _sometimes(), description="Files once every line is counted.")


def _always() -> Part:
    sums = {name: {**COUNT, "description": text} for name, text in _COUNTED.items()}
    lines = {**or_null(COUNT), "description": "Of the manifest, once it is known."}
    return {
        "object": {"const": "batch"},
        "batch_id": UUID,
        "status": {"enum": list(BatchStatus)},
        "source": {"enum": list(Source), "description": "By a form, or put into the bucket."},
        "filename": TEXT,
        "size": {**or_null(COUNT), "description": "Bytes: as declared, and then as uploaded."},
        "content_type": {"enum": [*CONTENT_TYPES, None], "description": "As declared."},
        "format": {"enum": [*ManifestFormat, None], "description": "As seen from the content."},
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "started_at": or_null(MOMENT),
        "completed_at": or_null(MOMENT),
        "counts": members({"lines": lines, **sums}, description="They never go down."),
        "percent": {
            "type": "number",
            "minimum": 0,
            "maximum": 100,
            "description": "Of the lines, those that nothing more is expected of.",
        },
        "rate": {"type": "number", "minimum": 0, "description": "Such lines a second, so far."},
        "eta": {**or_null(MOMENT), "description": "When it ends if it goes on like that."},
        "stalled": {"type": "boolean", "description": "Nothing was counted for five minutes."},
        "error": {
            "oneOf": [members({"code": TEXT, "message": TEXT}), {"type": "null"}],
            "description": "Why the batch as a whole failed.",
        },
        "status_url": {**URI, "description": "Opens the batch without a credential, 7 days."},
        "links": members({"self": {**URI, "description": "The batch, with a credential."}}),
    }


def _sometimes() -> Part:
    return {
        "files": {
            "type": "array",
            "items": schema("File"),
            "description": "results, errors, results_csv and errors_csv.",
        }
    }
