"""Create, get, list, delete and redrive batches."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from meshmill.domain.permissions import Permission
from meshmill.http.answer import Answer
from meshmill.http.api import Api
from meshmill.http.attribution import attribution, reader
from meshmill.http.authentication import Principal
from meshmill.http.caching import PRIVATE
from meshmill.http.links import LinkMinter
from meshmill.http.requests import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    Event,
    any_text,
    batch_id_of,
    idempotency_key,
    json_body,
    query,
    user_id,
    whole_number,
)

if TYPE_CHECKING:
    from meshmill.domain.batch import BatchState
    from meshmill.usecases.batches.batches import Batches

_logger = logging.getLogger(__name__)
_LIST_QUERY = {"limit": whole_number(1, MAX_LIMIT), "cursor": any_text, "user_id": user_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRoutes:
    """Routes under ``/api/v1/batches``.

    One of them is asked for where a million assets would be, so that ``batches``, and all that an
    answer needs, is loaded on use.
    """

    batches: Callable[[], Batches]
    links: LinkMinter

    def register(self, api: Api) -> None:
        """Add the routes."""
        create, read = Permission.BATCHES_CREATE, Permission.BATCHES_READ
        api.guarded("POST", "/api/v1/batches", create, self.create)
        api.guarded("GET", "/api/v1/batches", read, self.page)
        api.guarded("GET", "/api/v1/batches/<batch_id>", read, self.get)
        api.guarded("DELETE", "/api/v1/batches/<batch_id>", create, self.delete)
        api.guarded("POST", "/api/v1/batches/<batch_id>/redrive", create, self.redrive)

    def create(self, principal: Principal, event: Event) -> Answer:
        """201 with a form for the manifest; once more under the same key, the same batch."""
        from meshmill.domain.batch_request import parse_batch_request  # noqa: PLC0415
        from meshmill.http.batch_view import form_view  # noqa: PLC0415

        query(event, {})
        key, request = idempotency_key(event), parse_batch_request(json_body(event))
        asked_by = attribution(principal, event)
        issued = self.batches().issue(principal.user_id, request, key, asked_by)
        self._log("Batch issued", issued.state, asked_by.trace_id)
        answer = self._answer(issued.state)
        upload = {} if issued.form is None else {"upload": form_view(issued.form)}
        return replace(
            answer,
            status=HTTPStatus.CREATED,
            body=answer.body | upload,
            headers={**answer.headers, "Location": answer.body["links"]["self"]},
            etag=None,
        )

    def get(self, principal: Principal, event: Event, batch_id: str) -> Answer:
        """The caller's batch, or to admins anybody's, as of now."""
        query(event, {})
        state = self.batches().read(reader(principal, event), batch_id_of(batch_id))
        return self._answer(state)

    def page(self, principal: Principal, event: Event) -> Answer:
        """One page of the caller's batches, or to admins of another user's, newest first."""
        asked = query(event, _LIST_QUERY)
        page = self.batches().list_batches(
            reader(principal, event),
            asked.get("user_id", principal.user_id),
            limit=asked.get("limit", DEFAULT_LIMIT),
            cursor=asked.get("cursor"),
        )
        data = [self._view(state) for state in page.records]
        return Answer(HTTPStatus.OK, {"data": data, "next_cursor": page.next_cursor}, PRIVATE)

    def delete(self, principal: Principal, event: Event, batch_id: str) -> Answer:
        """204 once the record is gone, as long as nothing of the batch has begun."""
        query(event, {})
        asked_by = attribution(principal, event)
        self.batches().delete(principal.user_id, batch_id_of(batch_id), asked_by)
        return Answer(HTTPStatus.NO_CONTENT, None, PRIVATE)

    def redrive(self, principal: Principal, event: Event, batch_id: str) -> Answer:
        """202: what has failed and is retryable is asked for again."""
        query(event, {})
        asked_by = attribution(principal, event)
        state = self.batches().redrive(principal.user_id, batch_id_of(batch_id), asked_by)
        self._log("Redrive asked for", state, asked_by.trace_id)
        return replace(self._answer(state), status=HTTPStatus.ACCEPTED, etag=None)

    def _answer(self, state: BatchState) -> Answer:
        from meshmill.http.batch_view import batch_answer  # noqa: PLC0415

        return batch_answer(state, self.links, self._status_url(state))

    def _view(self, state: BatchState) -> dict[str, Any]:
        from meshmill.http.batch_view import batch_view  # noqa: PLC0415

        return batch_view(state, self.links, self._status_url(state))

    def _status_url(self, state: BatchState) -> str:
        return self.links.batch_status_url(state.batch.batch_id)

    def _log(self, message: str, state: BatchState, trace_id: str | None) -> None:
        batch = state.batch
        names = {"batch_id": batch.batch_id, "user_id": batch.user_id, "status": state.status}
        _logger.info(message, extra={"context": names | {"trace_id": trace_id}})
