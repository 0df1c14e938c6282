"""Create, get and list."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from meshmill.domain.asset import Asset, Status
from meshmill.domain.attribution import Attribution
from meshmill.domain.request import AssetRequest, parse_request
from meshmill.geometry.registry import FORMATS, GENERATORS
from meshmill.http.answer import Answer
from meshmill.http.api import Api
from meshmill.http.attribution import attribution
from meshmill.http.authentication import Principal
from meshmill.http.links import LinkMinter
from meshmill.http.presentation import asset_view, estimate_view
from meshmill.http.requests import (
    Event,
    any_text,
    asset_id_of,
    json_body,
    one_of,
    query,
    whole_number,
)
from meshmill.usecases.estimate_asset import EstimateAsset
from meshmill.usecases.list_assets import DEFAULT_LIMIT, MAX_LIMIT, ListAssets, Listing
from meshmill.usecases.read_asset import ReadAsset
from meshmill.usecases.submit_asset import OnDuplicate, SubmitAsset

_logger = logging.getLogger(__name__)
_POLL_SECONDS = "1"
_PRIVATE = {"Cache-Control": "private, no-cache"}
_CREATE_QUERY = {"on_duplicate": one_of(*OnDuplicate), "dry_run": one_of("true", "false")}
_LIST_QUERY = {
    "status": one_of(*Status),
    "format": one_of(*FORMATS),
    "generator": one_of(*GENERATORS),
    "limit": whole_number(1, MAX_LIMIT),
    "cursor": any_text,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetRoutes:
    """Routes under ``/api/v1/assets``."""

    submit: SubmitAsset
    estimate: EstimateAsset
    read: ReadAsset
    list_assets: ListAssets
    links: LinkMinter

    def register(self, api: Api) -> None:
        """Add the routes."""
        api.guarded("POST", "/api/v1/assets", "assets:create", self.create)
        api.guarded("GET", "/api/v1/assets", "assets:read", self.page)
        api.guarded("GET", "/api/v1/assets/<asset_id>", "assets:read", self.get)

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
        estimated = self.estimate(principal.user_id, request)
        return Answer(HTTPStatus.OK, estimate_view(request, estimated), _PRIVATE)

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
            "request_id": asked_by.request_id,
            "trace_id": asked_by.trace_id,
        }
        _logger.info("Asset requested", extra={"context": context})
        body = {**self._view(asset), "deduplicated": submitted.deduplicated}
        status = HTTPStatus.OK if submitted.deduplicated else HTTPStatus.ACCEPTED
        return Answer(status, body, {"Location": self.links.asset_url(asset), **_headers(asset)})

    def get(self, principal: Principal, event: Event, asset_id: str) -> Answer:
        """The user's asset, as of now."""
        query(event, {})
        asset = self.read(principal.user_id, asset_id_of(asset_id))
        return Answer(HTTPStatus.OK, self._view(asset), _headers(asset))

    def page(self, principal: Principal, event: Event) -> Answer:
        """One page of the user's assets, newest first."""
        asked = query(event, _LIST_QUERY)
        listing = Listing(
            limit=asked.pop("limit", DEFAULT_LIMIT),
            cursor=asked.pop("cursor", None),
            filters=asked,
        )
        page = self.list_assets(principal.user_id, listing)
        body = {
            "data": [self._view(asset) for asset in page.assets],
            "next_cursor": page.next_cursor,
        }
        return Answer(HTTPStatus.OK, body, _PRIVATE)

    def _view(self, asset: Asset) -> dict[str, Any]:
        return asset_view(asset, self.links, self.links.status_url(asset))


def _headers(asset: Asset) -> dict[str, str]:
    return _PRIVATE if asset.status.is_final else {**_PRIVATE, "Retry-After": _POLL_SECONDS}
