"""Paths under ``/api/v1/batches``."""

from __future__ import annotations

from meshmill.domain.permissions import Permission
from meshmill.http.openapi.examples import examples
from meshmill.http.openapi.operations import (
    answer,
    conditional,
    guarded_operation,
    headers_alone,
)
from meshmill.http.openapi.parameters import BATCH_ID, IDEMPOTENCY_KEY, TRACEPARENT, query
from meshmill.http.openapi.references import JSON, TEXT, USER, Part, schema
from meshmill.http.requests import DEFAULT_LIMIT, MAX_LIMIT

_TAG = {"tags": ["Batches"]}
_OF_CREATED = {"batch_id": "$response.body#/batch_id"}


def batch_paths() -> Part:
    """By path."""
    get = _get()
    return {
        "/api/v1/batches": {"post": _create(), "get": _list()},
        "/api/v1/batches/{batch_id}": {
            "get": get,
            "head": headers_alone(get),
            "delete": _delete(),
        },
        "/api/v1/batches/{batch_id}/redrive": {"post": _redrive()},
    }


def _create() -> Part:
    links = {
        "getIssued": {"operationId": "getBatch", "parameters": _OF_CREATED},
        "deleteIssued": {"operationId": "deleteBatch", "parameters": _OF_CREATED},
    }
    issued = answer(
        "Issued, or the one that stands under the same key",
        schema("IssuedBatch"),
        "Location",
        maybe=["Retry-After"],
        shown=["createBatch"],
    )
    body = {"schema": schema("BatchRequest"), **examples("createBatch-request")}
    return guarded_operation(
        Permission.BATCHES_CREATE,
        "createBatch",
        "Announce a manifest, and get a form to upload it by",
        {201: {**issued, "links": links}},
        "INVALID_JSON",
        "IDEMPOTENCY_CONFLICT",
        "PAYLOAD_TOO_LARGE",
        "UNSUPPORTED_MEDIA_TYPE",
        description=(
            "Post the form's fields and then the file, as `multipart/form-data`. "
            "Repeated under the same Idempotency-Key it is the same batch, with a fresh form for "
            "as long as its manifest may be uploaded."
        ),
        parameters=[IDEMPOTENCY_KEY, TRACEPARENT],
        requestBody={"required": True, "content": {JSON: body}},
        **_TAG,
    )


def _list() -> Part:
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    return guarded_operation(
        Permission.BATCHES_READ,
        "listBatches",
        "The caller's batches, newest first",
        {200: answer("A page", schema("BatchPage"), shown=["listBatches"])},
        parameters=[
            query("limit", limit, "Batches on a page."),
            query("cursor", {**TEXT, "format": "cursor"}, "next_cursor of the page before."),
            query(
                "user_id",
                USER,
                f"Another user's batches; needs the permission `{Permission.ADMIN_READ}`.",
            ),
        ],
        **_TAG,
    )


def _get() -> Part:
    found = answer("The batch", schema("Batch"), "ETag", maybe=["Retry-After"], shown=["getBatch"])
    return conditional(
        guarded_operation(
            Permission.BATCHES_READ,
            "getBatch",
            "One of the caller's batches",
            {200: found},
            "NOT_FOUND",
            description=f"With the permission `{Permission.ADMIN_READ}`, anybody's batch.",
            parameters=[BATCH_ID],
            **_TAG,
        )
    )


def _delete() -> Part:
    return guarded_operation(
        Permission.BATCHES_CREATE,
        "deleteBatch",
        "Forget a batch of which nothing has begun",
        {204: answer("Deleted", None)},
        "NOT_FOUND",
        description="Once its lines are being ingested, it stays.",
        parameters=[BATCH_ID, TRACEPARENT],
        **_TAG,
    )


def _redrive() -> Part:
    begun = answer(
        "In progress again",
        schema("Batch"),
        "Retry-After",
        shown=["redriveBatch"],
    )
    return guarded_operation(
        Permission.BATCHES_CREATE,
        "redriveBatch",
        "Queue again exactly what has failed and is retryable",
        {202: begun},
        "NOT_FOUND",
        description="Each asset keeps its id. Asked for while one is under way, it is that one.",
        parameters=[BATCH_ID, TRACEPARENT],
        **_TAG,
    )
