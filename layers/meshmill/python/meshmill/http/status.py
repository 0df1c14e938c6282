"""The signed status route: one read, and as few imports as it can do with."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from meshmill.domain.account_job import AccountJob
from meshmill.domain.asset import Asset
from meshmill.domain.errors import InvalidRequest, InvalidSignature
from meshmill.http.account_view import job_answer
from meshmill.http.answer import Answer
from meshmill.http.caching import ASSET_POLL_SECONDS, COLLAPSIBLE, PRIVATE, polled
from meshmill.http.errors import error_answer
from meshmill.http.links import LinkMinter, status_path
from meshmill.http.presentation import asset_view
from meshmill.http.request_ids import names_in_logs
from meshmill.http.requests import Event, query_members
from meshmill.logs import bound_context
from meshmill.usecases.read_status import ReadStatus

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRoute:
    """``GET`` and ``HEAD /api/v1/status/{kind}/{id}?expires=&signature=``."""

    read: ReadStatus
    links: LinkMinter

    def __call__(self, event: Event) -> Answer:
        """Answer one poll; errors too, in the envelope."""
        with bound_context(names_in_logs(event)):
            try:
                return self._answer(event)
            except Exception as error:  # noqa: BLE001  # logged where it becomes an answer
                # The edge: whatever happened becomes an answer that tells nothing internal.
                return error_answer(error, event)

    def _answer(self, event: Event) -> Answer:
        link = _read_link(event)
        record = self.read(link.kind, link.identifier, link.expires, link.signature)
        context = {"kind": link.kind, "id": link.identifier, "status": record.status}
        _logger.info("Status read", extra={"context": context})
        # The link that was used, not a fresh one: else whoever holds it once holds it for ever.
        status_url = f"{self.links.public_base_url}{link}"
        if isinstance(record, AccountJob):
            return _collapsible(job_answer(record, self.links, status_url), record)
        view = asset_view(record, self.links, status_url)
        etag = self.links.entity_tag(record)
        return Answer(HTTPStatus.OK, view, polling_headers(record), etag=etag)


@dataclass(frozen=True, slots=True)
class _Link:
    kind: str
    identifier: str
    expires: str
    signature: str

    def __str__(self) -> str:
        return status_path(self.kind, self.identifier, self.expires, self.signature)


def _read_link(event: Event) -> _Link:
    """What a link says, before it is known whether we said so.

    Raises:
        InvalidSignature: its query is not of the form that ours have.
    """
    try:
        members = query_members(event)
    except InvalidRequest:
        raise InvalidSignature from None
    single = {name: given[0] for name, given in members.items() if len(given) == 1}
    if sorted(members) != ["expires", "signature"] or len(single) < len(members):
        raise InvalidSignature
    path = event["pathParameters"]
    return _Link(path["kind"], path["id"], single["expires"], single["signature"])


def polling_headers(asset: Asset) -> Mapping[str, str]:
    """While not final, a CDN may collapse polls for a second; final answers carry private URLs."""
    if asset.status.is_final:
        return PRIVATE
    return {**polled(ASSET_POLL_SECONDS), **COLLAPSIBLE}


def _collapsible(answer: Answer, job: AccountJob) -> Answer:
    """Likewise of a job, with its own word on when to look again."""
    if job.is_completed:
        return answer
    return replace(answer, headers={**answer.headers, **COLLAPSIBLE})
