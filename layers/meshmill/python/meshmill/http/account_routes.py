"""A user's own account: the export of everything, and its erasure."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from meshmill.domain.errors import NotFound
from meshmill.domain.permissions import Permission
from meshmill.http.answer import Answer
from meshmill.http.api import Api
from meshmill.http.attribution import attribution
from meshmill.http.authentication import Principal
from meshmill.http.links import LinkMinter
from meshmill.http.requests import Event, method, query

if TYPE_CHECKING:
    from meshmill.domain.account_job import AccountJob
    from meshmill.usecases.account_requests import AccountRequests

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRoutes:
    """Routes under ``/api/v1/users/me``.

    They are asked for so rarely that ``requests``, and all that an answer needs, is loaded on use.
    """

    requests: Callable[[], AccountRequests]
    links: LinkMinter

    def register(self, api: Api) -> None:
        """Add the routes."""
        api.guarded("GET", "/api/v1/users/me/export", Permission.ACCOUNT_MANAGE, self.export)
        api.guarded_when_fenced("DELETE", "/api/v1/users/me", Permission.ACCOUNT_MANAGE, self.erase)

    def export(self, principal: Principal, event: Event) -> Answer:
        """202 while the file is made, 200 with its URL; asked again, the same export.

        HEAD looks at what there is, and asks for nothing.

        Raises:
            NotFound: HEAD, and none was asked for.
        """
        query(event, {})
        requests, user_id = self.requests(), principal.user_id
        if method(event) == "HEAD":
            job = requests.standing_export(user_id)
        else:
            job = requests.export(user_id, attribution(principal, event))
        if job is None:
            raise NotFound("No export was asked for")
        answer = self._answer(job, self.links.export_url(user_id))
        return answer if job.is_completed else _accepted(answer)

    def erase(self, principal: Principal, event: Event) -> Answer:
        """202 with the receipt; asked again, the same one."""
        query(event, {})
        job = self.requests().erasure(principal.user_id, attribution(principal, event))
        return _accepted(self._answer(job, self.links.erasure_url(principal.user_id)))

    def _answer(self, job: AccountJob, status_url: str) -> Answer:
        from meshmill.http.account_view import job_answer  # noqa: PLC0415

        context = {"user_id": job.user_id, "kind": job.kind, "status": job.status}
        _logger.info("Account job asked for", extra={"context": context})
        return job_answer(job, self.links, status_url)


def _accepted(answer: Answer) -> Answer:
    headers = {**answer.headers, "Location": answer.body["status_url"]}
    return replace(answer, status=HTTPStatus.ACCEPTED, headers=headers, etag=None)
