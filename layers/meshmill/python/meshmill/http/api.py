"""The api function's routes on the Powertools resolver."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from meshmill.domain.errors import (
    MethodNotAllowed,
    NotFound,
    RateLimitExceeded,
)
from meshmill.http.answer import Answer
from meshmill.http.authentication import Authenticator, Principal
from meshmill.http.errors import error_answer
from meshmill.http.rate_limit import rate_limit_headers
from meshmill.http.request_ids import gateway_request_id, request_id
from meshmill.ports import Clock, RateLimiter

_logger = logging.getLogger(__name__)
# With these codes the resolver's route may be the caller's path instead of a declared one.
_UNROUTED = frozenset({NotFound.code, MethodNotAllowed.code})

Next = Callable[[APIGatewayHttpResolver], Response[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Lets authenticated callers through, each at the price of one token of its bucket."""

    authenticator: Authenticator
    limiter: RateLimiter
    clock: Clock

    def admit(self, app: APIGatewayHttpResolver, permission: str) -> Principal:
        """The caller, once it has paid.

        Raises:
            Unauthorized, RateLimitExceeded, Forbidden: in this order.
        """
        principal = self.authenticator.principal(app.current_event.raw_event.get("headers", {}))
        allowance = self.limiter.spend(principal.bucket, principal.requests_per_minute)
        app.context["answer_headers"] = rate_limit_headers(
            principal, allowance, self.clock.now_ms()
        )
        if not allowance.granted:
            raise RateLimitExceeded(
                principal.bucket_kind, allowance.limit, allowance.retry_after_ms
            )
        principal.require(permission)
        return principal


class Api:
    """A resolver whose every answer, errors included, has the contract's shape."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._methods: dict[str, list[str]] = {}
        self.resolver = APIGatewayHttpResolver()
        self.resolver.use([self._answer])
        self.resolver.not_found(self._no_route)

    def open(self, method: str, path: str, answer: Callable[..., Answer]) -> None:
        """A route that anybody may call: ``answer(event, **path_members)``."""

        def serve(**members: str) -> Response[str]:
            return _response(answer(self.resolver.current_event.raw_event, **members))

        self._add(method, path, serve)

    def guarded(
        self, method: str, path: str, permission: str, answer: Callable[..., Answer]
    ) -> None:
        """A route for callers with a permission: ``answer(principal, event, **path_members)``."""

        def serve(**members: str) -> Response[str]:
            principal = self._gate.admit(self.resolver, permission)
            return _response(answer(principal, self.resolver.current_event.raw_event, **members))

        self._add(method, path, serve)

    def elsewhere(self, method: str, path: str) -> None:
        """A route that another function answers; with other methods it is a 405 here."""
        self._methods.setdefault(path, []).append(method)

    def _add(self, method: str, path: str, serve: Callable[..., Response[str]]) -> None:
        self.resolver.route(path, method)(serve)
        self.elsewhere(method, path)

    def _no_route(self, _error: Exception) -> Response[str]:
        event = self.resolver.current_event
        for template, methods in self._methods.items():
            # A path may be of a template and still hold what the resolver takes for no member.
            if _matches(template, event.path) and event.http_method not in methods:
                raise MethodNotAllowed(
                    f"This path takes {', '.join(methods)}", {"allowed": methods}
                )
        raise NotFound("There is no such path")

    def _answer(self, app: APIGatewayHttpResolver, next_middleware: Next) -> Response[Any]:
        """Outermost: errors become answers here, and every answer gets its common headers."""
        started = time.monotonic()
        event = app.current_event.raw_event
        code = None
        try:
            response = next_middleware(app)
        except Exception as error:  # noqa: BLE001  # logged where it becomes an answer
            # The edge: whatever happened becomes an answer that tells nothing internal.
            answer = error_answer(error, event)
            code, response = answer.code, _response(answer)
        identifier = request_id(event)
        further: Mapping[str, str] = app.context.get("answer_headers", {})
        response.headers.update({"X-Request-Id": identifier, **further})
        _log_access(app, response, code, started)
        return response


def _log_access(
    app: APIGatewayHttpResolver,
    response: Response[Any],
    code: str | None,
    started: float,
) -> None:
    """One line a request: the route as declared, never what callers wrote into path or query."""
    route = app.context.get("_route") if code not in _UNROUTED else None
    failed = response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    event = app.current_event.raw_event
    context = {
        "request_id": request_id(event),
        "gateway_request_id": gateway_request_id(event),
        "method": app.current_event.http_method,
        "route": None if route is None else route.path,
        "status": response.status_code,
        "code": code,
        "duration_ms": round((time.monotonic() - started) * 1000, 1),
    }
    _logger.log(
        logging.ERROR if failed else logging.INFO, "Request answered", extra={"context": context}
    )


def _response(answer: Answer) -> Response[str]:
    return Response(
        status_code=answer.status.value,
        content_type=answer.content_type,
        body=answer.text,
        headers=dict(answer.headers),
    )


def _matches(template: str, path: str) -> bool:
    """Whether a path is of a template such as ``/assets/<asset_id>``, member by member."""
    expected, given = template.split("/"), path.split("/")
    return len(expected) == len(given) and all(
        part == member or (part.startswith("<") and member)
        for part, member in zip(expected, given, strict=True)
    )
