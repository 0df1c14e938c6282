"""The one Asset object of every answer, and what a dry run tells of an asset to be."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from meshmill.domain.asset import Asset, Status, StoredFile
from meshmill.domain.times import iso
from meshmill.http.links import LinkMinter

if TYPE_CHECKING:
    # The status function presents assets, and never reads a request.
    from meshmill.domain.request import AssetRequest
    from meshmill.usecases.estimate_asset import Estimated


def asset_view(asset: Asset, links: LinkMinter, status_url: str) -> dict[str, Any]:
    """The Asset object as the contract names its members."""
    request = asset.canonical_request
    view: dict[str, Any] = {
        "object": "asset",
        "asset_id": asset.asset_id,
        "spec_id": asset.spec_id,
        "status": asset.status,
        "format": request["format"],
        "parameters": request["parameters"],
        "priority": asset.priority,
        "labels": dict(asset.labels),
        "custom_id": asset.custom_id,
        "created_at": iso(asset.created_at),
        "updated_at": iso(asset.updated_at),
        "started_at": iso(asset.started_at),
        "completed_at": iso(asset.completed_at),
        "attempts": asset.attempts,
        "queue_ms": _between(asset.queued_at, asset.started_at),
        "generation_ms": _between(asset.started_at, asset.completed_at),
        "status_url": status_url,
        "links": {"self": links.asset_url(asset), **_file_addresses(asset, links)},
    }
    if asset.status is Status.COMPLETED:
        view |= _result(asset, links)
    if asset.error is not None:
        view["error"] = {
            "code": asset.error.code,
            "message": asset.error.message,
            "class": asset.error.error_class,
            "retryable": asset.error.retryable,
        }
    return view


def estimate_view(request: AssetRequest, estimated: Estimated) -> dict[str, Any]:
    """What a dry run answers: the request as it would be recorded, and what it would take."""
    standing = estimated.standing
    return {
        "object": "estimate",
        "asset_id": estimated.asset_id,
        "spec_id": estimated.spec_id,
        "exists": standing is not None,
        "status": None if standing is None else standing.status,
        **request.spec.canonical(),
        "priority": request.priority,
        "labels": dict(request.labels),
        "custom_id": request.custom_id,
        "estimate": asdict(estimated.estimate),
    }


def _result(asset: Asset, links: LinkMinter) -> dict[str, Any]:
    return {
        "stats": {
            "triangles": asset.triangles,
            "vertices": asset.vertices,
            "materials": asset.materials,
            "textures": asset.textures,
        },
        "files": [file_view(file, *links.file_url(asset, file)) for file in asset.files],
    }


def _file_addresses(asset: Asset, links: LinkMinter) -> dict[str, dict[str, str]]:
    """Addresses that stay, unlike a file's own ``url``."""
    if asset.status is not Status.COMPLETED:
        return {}
    return {"files": {file.name: links.file_address(asset, file) for file in asset.files}}


def file_view(file: StoredFile, url: str, expires_at: int) -> dict[str, Any]:
    """The File object, with a download link and when it expires, milliseconds since 1970."""
    return {
        "name": file.name,
        "filename": file.filename,
        "media_type": file.media_type,
        "bytes": file.size,
        "sha256": file.sha256,
        "url": url,
        "expires_at": iso(expires_at),
    }


def _between(start: int | None, end: int | None) -> int | None:
    return None if start is None or end is None else max(0, end - start)
