"""The signed status route: one read, and as few imports as it can do with."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus

from meshmill.domain.asset import Asset
from meshmill.domain.errors import InvalidSignature, MeshmillError
from meshmill.http.answer import Answer
from meshmill.http.errors import error_answer, internal_error
from meshmill.http.links import LinkMinter
from meshmill.http.presentation import asset_view
from meshmill.http.requests import Event, header, query_members
from meshmill.usecases.read_asset import ReadStatus

_logger = logging.getLogger(__name__)
_POLL_SECONDS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRoute:
    """``GET /api/v1/status/{kind}/{id}?expires=&signature=``."""

    read: ReadStatus
    links: LinkMinter

    def __call__(self, event: Event) -> Answer:
        """Answer one poll; errors too, in the envelope."""
        context = event["requestContext"]
        try:
            asset = self._read(event)
        except Exception as error:
            # The edge: whatever happened becomes an answer that tells nothing internal.
            if not isinstance(error, MeshmillError):
                _logger.exception("Unexpected error", extra={"context": {"path": "status"}})
            return error_answer(
                error if isinstance(error, MeshmillError) else internal_error(),
                request_id=context["requestId"],
                accept=header(event, "accept") or "",
                path=event["rawPath"],
            )
        _logger.info(
            "Status read", extra={"context": {"asset_id": asset.asset_id, "status": asset.status}}
        )
        view = asset_view(asset, self.links)
        return Answer(
            HTTPStatus.OK,
            view,
            {"X-Request-Id": context["requestId"], **polling_headers(asset)},
        )

    def _read(self, event: Event) -> Asset:
        members = query_members(event)
        if sorted(members) != ["expires", "signature"] or any(
            len(given) != 1 for given in members.values()
        ):
            raise InvalidSignature
        path = event["pathParameters"]
        return self.read(path["kind"], path["id"], members["expires"][0], members["signature"][0])


def polling_headers(asset: Asset) -> dict[str, str]:
    """While not final, a CDN may collapse polls for a second; final answers carry private URLs."""
    if asset.status.is_final:
        return {"Cache-Control": "private, no-cache"}
    return {"Cache-Control": f"public, max-age={_POLL_SECONDS}", "Retry-After": str(_POLL_SECONDS)}
