"""Paths under ``/api/v1/assets``."""

from __future__ import annotations

from meshmill.domain.asset import Status
from meshmill.domain.permissions import Permission
from meshmill.geometry.registry import FORMATS, GENERATORS
from meshmill.http.openapi.examples import examples
from meshmill.http.openapi.operations import (
    answer,
    conditional,
    guarded_operation,
    headers_alone,
)
from meshmill.http.openapi.parameters import (
    ASSET_ID,
    TRACEPARENT,
    path,
    query,
)
from meshmill.http.openapi.references import JSON, TEXT, USER, Part, schema
from meshmill.http.requests import DEFAULT_LIMIT, MAX_LIMIT
from meshmill.usecases.submit_asset import OnDuplicate

_TAG = {"tags": ["Assets"]}
_OF_CREATED = {"asset_id": "$response.body#/asset_id"}


def asset_paths() -> Part:
    """By path."""
    get = _get()
    return {
        "/api/v1/assets": {"post": _create(), "get": _list()},
        "/api/v1/assets/{asset_id}": {
            "get": get,
            "head": headers_alone(get),
            "delete": _delete(),
        },
        "/api/v1/assets/{asset_id}/files/{name}": {"get": _file()},
    }


def _create() -> Part:
    links = {
        "getCreated": {"operationId": "getAsset", "parameters": _OF_CREATED},
        "deleteCreated": {"operationId": "deleteAsset", "parameters": _OF_CREATED},
    }
    queued = answer(
        "Queued", schema("CreatedAsset"), "Location", "Retry-After", shown=["createAsset-queued"]
    )
    known = answer(
        "It stood there before, or was a dry run",
        {"oneOf": [schema("CreatedAsset"), schema("DryRun")]},
        maybe=["Location", "Retry-After"],
        shown=["createAsset-duplicate", "createAsset-dry-run"],
    )
    body = {
        "schema": schema("AssetRequest"),
        **examples("createAsset-request", "createAsset-request-seed"),
    }
    return guarded_operation(
        Permission.ASSETS_CREATE,
        "createAsset",
        "Ask for an asset; the same request of the same user is never built twice",
        {202: {**queued, "links": links}, 200: known},
        "INVALID_JSON",
        "INVALID_FORMAT",
        "DUPLICATE_REQUEST",
        "PAYLOAD_TOO_LARGE",
        "UNSUPPORTED_MEDIA_TYPE",
        parameters=[
            query(
                "on_duplicate",
                {"enum": list(OnDuplicate), "default": OnDuplicate.RETURN},
                "What to answer when the same request stands already: the asset, or a 409.",
            ),
            query(
                "dry_run",
                {"enum": ["true", "false"], "default": "false"},
                "Only tell what would be recorded and what it would take.",
            ),
            TRACEPARENT,
        ],
        requestBody={"required": True, "content": {JSON: body}},
        **_TAG,
    )


def _list() -> Part:
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    return guarded_operation(
        Permission.ASSETS_READ,
        "listAssets",
        "The caller's assets, newest first",
        {200: answer("A page", schema("AssetPage"), shown=["listAssets"])},
        description="With a filter a page may be short and still have a cursor.",
        parameters=[
            query("status", {"enum": list(Status)}, "Only assets in this state."),
            query("format", {"enum": list(FORMATS)}, "Only assets of this format."),
            query("generator", {"enum": list(GENERATORS)}, "Only assets of this generator."),
            query("limit", limit, "Assets looked at for a page."),
            query("cursor", {**TEXT, "format": "cursor"}, "next_cursor of the page before."),
            query(
                "user_id",
                USER,
                f"Another user's assets; needs the permission `{Permission.ADMIN_READ}`.",
            ),
        ],
        **_TAG,
    )


def _get() -> Part:
    found = answer("The asset", schema("Asset"), "ETag", maybe=["Retry-After"], shown=["getAsset"])
    return conditional(
        guarded_operation(
            Permission.ASSETS_READ,
            "getAsset",
            "One of the caller's assets",
            {200: found},
            "NOT_FOUND",
            description=f"With the permission `{Permission.ADMIN_READ}`, anybody's asset.",
            parameters=[ASSET_ID],
            **_TAG,
        )
    )


def _delete() -> Part:
    return guarded_operation(
        Permission.ASSETS_DELETE,
        "deleteAsset",
        "Forget an asset",
        {204: answer("Deleted", None)},
        "NOT_FOUND",
        description="Not while it is being processed.",
        parameters=[ASSET_ID, TRACEPARENT],
        **_TAG,
    )


def _file() -> Part:
    return guarded_operation(
        Permission.ASSETS_READ,
        "getAssetFile",
        "Download a file of a completed asset; this address is stable",
        {302: answer("Where the file is, for 15 minutes at most", None, "Location")},
        "NOT_FOUND",
        parameters=[ASSET_ID, path("name", TEXT, "Name of the file: model, preview, …")],
        **_TAG,
    )
