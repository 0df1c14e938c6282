"""The signed status route: one read, and as few imports as it can do with."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from http import HTTPStatus

from meshmill.domain.account_job import AccountJob
from meshmill.domain.asset import Asset
from meshmill.domain.batch import BatchState
from meshmill.domain.errors import InvalidRequest, InvalidSignature
from meshmill.http.account_view import job_answer
from meshmill.http.answer import Answer
from meshmill.http.batch_view import batch_answer
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
        return _collapsible(self._shown(record, status_url))

    def _shown(self, record: Asset | AccountJob | BatchState, status_url: str) -> Answer:
        if isinstance(record, AccountJob):
            return job_answer(record, self.links, status_url)
        if isinstance(record, BatchState):
            return batch_answer(record, self.links, status_url)
        view = asset_view(record, self.links, status_url)
        headers = PRIVATE if record.status.is_final else polled(ASSET_POLL_SECONDS)
        return Answer(HTTPStatus.OK, view, headers, etag=self.links.entity_tag(record))


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


def _collapsible(answer: Answer) -> Answer:
    """While it is to be polled, a CDN may make one poll of many.

    Final answers stay private, and those with links to files.
    """
    if "Retry-After" not in answer.headers or answer.body.get("files"):
        return answer
    return replace(answer, headers={**answer.headers, **COLLAPSIBLE})
