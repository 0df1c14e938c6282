"""Signed links: whatever is polled, for whoever holds its link."""

from __future__ import annotations

from meshmill.http.openapi.operations import answer, conditional, headers_alone, open_operation
from meshmill.http.openapi.parameters import ASSET_ID, BATCH_ID, EXPIRES, SIGNATURE, USER_ID
from meshmill.http.openapi.references import Part, schema


def status_paths() -> Part:
    """By path."""
    asset = _status("getStatus", "The asset", "Asset", ASSET_ID)
    batch = _status("getBatchStatus", "The batch", "Batch", BATCH_ID)
    export = _status("getExportStatus", "The export", "Export", USER_ID)
    erasure = _status("getErasureStatus", "The receipt of an erasure", "Erasure", USER_ID)
    return {
        "/api/v1/status/assets/{asset_id}": {"get": asset, "head": headers_alone(asset)},
        "/api/v1/status/batches/{batch_id}": {"get": batch, "head": headers_alone(batch)},
        "/api/v1/status/exports/{user_id}": {"get": export},
        "/api/v1/status/erasures/{user_id}": {"get": erasure},
    }


def _status(operation_id: str, what: str, model: str, identifier: Part) -> Part:
    found = answer(what, schema(model), "ETag", maybe=["Retry-After"], shown=[operation_id])
    return conditional(
        open_operation(
            operation_id,
            f"{what} by its signed link, without a credential",
            {200: found},
            "INVALID_SIGNATURE",
            "LINK_EXPIRED",
            "NOT_FOUND",
            description="The status_url that another answer told.",
            parameters=[identifier, EXPIRES, SIGNATURE],
            tags=["Status"],
        )
    )
