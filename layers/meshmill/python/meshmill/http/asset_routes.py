"""Create, get, list and delete; and the way to an asset's files."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from meshmill.domain.asset import Asset, Status
from meshmill.domain.attribution import Attribution
from meshmill.domain.permissions import Permission
from meshmill.domain.request import AssetRequest, parse_request
from meshmill.geometry.registry import FORMATS, GENERATORS
from meshmill.http.answer import Answer
from meshmill.http.api import Api
from meshmill.http.attribution import attribution, reader
from meshmill.http.authentication import Principal
from meshmill.http.caching import ASSET_POLL_SECONDS, PRIVATE, polled
from meshmill.http.links import LinkMinter
from meshmill.http.presentation import asset_view, estimate_view
from meshmill.http.requests import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    Event,
    any_text,
    asset_id_of,
    json_body,
    one_of,
    query,
    user_id,
    whole_number,
)
from meshmill.usecases.read_asset import FindFile, ReadAsset
from meshmill.usecases.submit_asset import OnDuplicate, SubmitAsset

if TYPE_CHECKING:
    from meshmill.usecases.delete_asset import DeleteAsset
    from meshmill.usecases.estimate_asset import EstimateAsset
    from meshmill.usecases.list_assets import ListAssets

_logger = logging.getLogger(__name__)
_CREATE_QUERY = {"on_duplicate": one_of(*OnDuplicate), "dry_run": one_of("true", "false")}
_LIST_QUERY = {
    "status": one_of(*Status),
    "format": one_of(*FORMATS),
    "generator": one_of(*GENERATORS),
    "limit": whole_number(1, MAX_LIMIT),
    "cursor": any_text,
    "user_id": user_id,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetRoutes:
    """Routes under ``/api/v1/assets``; what is asked for rarely is made when it is."""

    submit: SubmitAsset
    estimate: Callable[[], EstimateAsset]
    read: ReadAsset
    list_assets: Callable[[], ListAssets]
    delete_asset: Callable[[], DeleteAsset]
    links: LinkMinter

    def register(self, api: Api) -> None:
        """Add the routes."""
        api.guarded("POST", "/api/v1/assets", Permission.ASSETS_CREATE, self.create)
        api.guarded("GET", "/api/v1/assets", Permission.ASSETS_READ, self.page)
        api.guarded("GET", "/api/v1/assets/<asset_id>", Permission.ASSETS_READ, self.get)
        api.guarded(
            "GET", "/api/v1/assets/<asset_id>/files/<name>", Permission.ASSETS_READ, self.file
        )
        api.guarded("DELETE", "/api/v1/assets/<asset_id>", Permission.ASSETS_DELETE, self.delete)

    def delete(self, principal: Principal, event: Event, asset_id: str) -> Answer:
        """204 once the record is gone; its files stay, since other records may share them."""
        query(event, {})
        asked_by = attribution(principal, event)
        self.delete_asset()(principal.user_id, asset_id_of(asset_id), asked_by)
        return Answer(HTTPStatus.NO_CONTENT, None, PRIVATE)

    def create(self, principal: Principal, event: Event) -> Answer:
        """202 for what was queued, 200 for what stood there before and for a dry run."""
        asked = query(event, _CREATE_QUERY)
        request = parse_request(json_body(event))
        if asked.get("dry_run") == "true":
            return self._dry_run(principal, request)
        on_duplicate = OnDuplicate(asked.get("on_duplicate", OnDuplicate.RETURN))
        return self._submitted(principal, request, on_duplicate, attribution(principal, event))

    def _dry_run(self, principal: Principal, request: AssetRequest) -> Answer:
        """The same, were it asked for; ``on_duplicate`` has nothing to decide."""
        estimated = self.estimate()(principal.user_id, request)
        return Answer(HTTPStatus.OK, estimate_view(request, estimated), PRIVATE)

    def _submitted(
        self,
        principal: Principal,
        request: AssetRequest,
        on_duplicate: OnDuplicate,
        asked_by: Attribution,
    ) -> Answer:
        submitted = self.submit(principal.user_id, request, on_duplicate, asked_by)
        asset = submitted.asset
        context = {
            "asset_id": asset.asset_id,
            "user_id": asset.user_id,
            "format": request.format,
            "deduplicated": submitted.deduplicated,
            "trace_id": asked_by.trace_id,
        }
        _logger.info("Asset requested", extra={"context": context})
        body = {**self._view(asset), "deduplicated": submitted.deduplicated}
        status = HTTPStatus.OK if submitted.deduplicated else HTTPStatus.ACCEPTED
        return Answer(status, body, {"Location": self.links.asset_url(asset), **_headers(asset)})

    def get(self, principal: Principal, event: Event, asset_id: str) -> Answer:
        """The caller's asset, or to admins anybody's, as of now."""
        query(event, {})
        asset = self.read(reader(principal, event), asset_id_of(asset_id))
        etag = self.links.entity_tag(asset)
        return Answer(HTTPStatus.OK, self._view(asset), _headers(asset), etag=etag)

    def file(self, principal: Principal, event: Event, asset_id: str, name: str) -> Answer:
        """302 to a fresh download link of one file."""
        query(event, {})
        asset, file = FindFile(self.read)(reader(principal, event), asset_id_of(asset_id), name)
        url, _ = self.links.file_url(asset, file)
        return Answer(HTTPStatus.FOUND, None, {**PRIVATE, "Location": url})

    def page(self, principal: Principal, event: Event) -> Answer:
        """One page of the caller's assets, or to admins of another user's, newest first."""
        from meshmill.usecases.list_assets import Listing  # noqa: PLC0415

        asked = query(event, _LIST_QUERY)
        owner = asked.pop("user_id", principal.user_id)
        listing = Listing(
            limit=asked.pop("limit", DEFAULT_LIMIT),
            cursor=asked.pop("cursor", None),
            filters=asked,
        )
        page = self.list_assets()(reader(principal, event), owner, listing)
        body = {
            "data": [self._view(asset) for asset in page.records],
            "next_cursor": page.next_cursor,
        }
        return Answer(HTTPStatus.OK, body, PRIVATE)

    def _view(self, asset: Asset) -> dict[str, Any]:
        return asset_view(asset, self.links, self.links.status_url(asset))


def _headers(asset: Asset) -> Mapping[str, str]:
    return PRIVATE if asset.status.is_final else polled(ASSET_POLL_SECONDS)
