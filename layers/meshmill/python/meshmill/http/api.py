"""The api function's routes on the Powertools resolver."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPMethod, HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from meshmill.domain.errors import (
    InvalidState,
    MethodNotAllowed,
    NotFound,
    RateLimitExceeded,
)
from meshmill.http.answer import Answer
from meshmill.http.authentication import Authenticator, Principal
from meshmill.http.delivery import deliver
from meshmill.http.errors import error_answer
from meshmill.http.links import LinkMinter
from meshmill.http.rate_limit import rate_limit_headers
from meshmill.http.request_ids import names_in_logs
from meshmill.logs import bound_context
from meshmill.ports import Allowance, Clock, RateLimiter

_logger = logging.getLogger(__name__)
# With these codes the resolver's route may be the caller's path instead of a declared one.
_UNROUTED = frozenset({NotFound.code, MethodNotAllowed.code})
# The gateway has a route for preflights only where CORS is configured. Their answer's headers are
# its own; of us it wants a good status.
_PREFLIGHTS = "OPTIONS "

Next = Callable[[APIGatewayHttpResolver], Response[Any]]


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets authenticated callers through, each at the price of one token of its bucket."""

    authenticator: Authenticator
    limiter: RateLimiter
    clock: Clock
    links: LinkMinter

    def admit(self, app: APIGatewayHttpResolver, permission: str) -> Principal:
        """The caller, once it has paid, and unless its account is being erased.

        Raises:
            Unauthorized, RateLimitExceeded, InvalidState, Forbidden: in this order.
        """
        principal, allowance = self._paid(app)
        if allowance.fenced:
            receipt = {"status_url": self.links.erasure_url(principal.user_id)}
            raise InvalidState("The account is being erased", receipt)
        principal.require(permission)
        return principal

    def admit_when_fenced(self, app: APIGatewayHttpResolver, permission: str) -> Principal:
        """The caller, once it has paid, also while its account is being erased.

        Raises:
            Unauthorized, RateLimitExceeded, Forbidden: in this order.
        """
        principal, _ = self._paid(app)
        principal.require(permission)
        return principal

    def _paid(self, app: APIGatewayHttpResolver) -> tuple[Principal, Allowance]:
        principal = self.authenticator.principal(app.current_event.raw_event.get("headers", {}))
        allowance = self.limiter.spend(principal.bucket, principal.requests_per_minute)
        app.context["answer_headers"] = rate_limit_headers(
            principal, allowance, self.clock.now_ms()
        )
        if not allowance.granted:
            raise RateLimitExceeded(
                principal.bucket_kind, allowance.limit, allowance.retry_after_ms
            )
        return principal, allowance


class Api:
    """A resolver whose every answer, errors included, has the contract's shape."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._methods: dict[str, list[str]] = {}
        self.resolver = APIGatewayHttpResolver()
        self.resolver.use([self._outermost()])
        self.resolver.not_found(self._no_route)

    def open(self, method: str, path: str, answer: Callable[..., Answer]) -> None:
        """A route that anybody may call: ``answer(event, **path_members)``."""

        def serve(**members: str) -> Response[str]:
            return self._sent(answer(self.resolver.current_event.raw_event, **members))

        self._add(method, path, serve)

    def guarded(
        self, method: str, path: str, permission: str, answer: Callable[..., Answer]
    ) -> None:
        """A route for callers with a permission: ``answer(principal, event, **path_members)``."""
        self._admitted(method, path, partial(self._gate.admit, permission=permission), answer)

    def guarded_when_fenced(
        self, method: str, path: str, permission: str, answer: Callable[..., Answer]
    ) -> None:
        """A route that is open even to callers whose account is being erased."""
        admit = partial(self._gate.admit_when_fenced, permission=permission)
        self._admitted(method, path, admit, answer)

    def _admitted(
        self,
        method: str,
        path: str,
        admit: Callable[[APIGatewayHttpResolver], Principal],
        answer: Callable[..., Answer],
    ) -> None:
        def serve(**members: str) -> Response[str]:
            principal = admit(self.resolver)
            return self._sent(answer(principal, self.resolver.current_event.raw_event, **members))

        self._add(method, path, serve)

    def elsewhere(self, method: str, path: str) -> None:
        """A route that another function answers; with other methods it is a 405 here."""
        self._methods.setdefault(path, []).extend(_taken(method))

    def _add(self, method: str, path: str, serve: Callable[..., Response[str]]) -> None:
        self.resolver.route(path, _taken(method))(serve)
        self.elsewhere(method, path)

    def _no_route(self, _error: Exception) -> Response[str]:
        event = self.resolver.current_event
        if event.raw_event.get("routeKey", "").startswith(_PREFLIGHTS):
            return self._sent(Answer(HTTPStatus.NO_CONTENT, None))
        for template, methods in self._methods.items():
            # A path may be of a template and still hold what the resolver takes for no member.
            if _matches(template, event.path) and event.http_method not in methods:
                raise MethodNotAllowed(
                    f"This path takes {', '.join(methods)}", {"allowed": methods}
                )
        raise NotFound("There is no such path")

    def _outermost(self) -> Callable[[APIGatewayHttpResolver, Next], Response[Any]]:
        """:meth:`_answer` as a function: of a method the resolver reads the signature each time."""

        def answer(app: APIGatewayHttpResolver, next_middleware: Next) -> Response[Any]:
            with bound_context(names_in_logs(app.current_event.raw_event)):
                return self._answer(app, next_middleware)

        return answer

    def _answer(self, app: APIGatewayHttpResolver, next_middleware: Next) -> Response[Any]:
        """Outermost: errors become answers here, and every answer is logged."""
        started = time.monotonic()
        code = None
        try:
            response = next_middleware(app)
        except Exception as error:  # noqa: BLE001  # logged where it becomes an answer
            # The edge: whatever happened becomes an answer that tells nothing internal.
            answer = error_answer(error, app.current_event.raw_event)
            code, response = answer.code, self._sent(answer)
        _log_access(app, response, code, started)
        return response

    def _sent(self, answer: Answer) -> Response[str]:
        """The answer as this request can take it, with the bucket's figures once it has paid."""
        further: Mapping[str, str] = self.resolver.context.get("answer_headers", {})
        delivery = deliver(answer, self.resolver.current_event.raw_event, further)
        response = Response(
            status_code=delivery.status.value, body=delivery.body, headers=dict(delivery.headers)
        )
        # The resolver would code bytes by itself, and takes JSON in bytes for a value to write.
        response.base64_encoded = delivery.is_base64
        return response


def _log_access(
    app: APIGatewayHttpResolver,
    response: Response[Any],
    code: str | None,
    started: float,
) -> None:
    """One line a request: method and route as declared, never what callers wrote in their place."""
    route = app.context.get("_route") if code not in _UNROUTED else None
    failed = response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    method = app.current_event.http_method
    context = {
        "method": method if method in HTTPMethod.__members__ else None,
        "route": None if route is None else route.path,
        "status": response.status_code,
        "code": code,
        "duration_ms": round((time.monotonic() - started) * 1000, 1),
    }
    _logger.log(
        logging.ERROR if failed else logging.INFO, "Request answered", extra={"context": context}
    )


def _taken(method: str) -> list[str]:
    """HEAD goes wherever GET does (RFC 9110, section 9.3.2)."""
    return ["GET", "HEAD"] if method == "GET" else [method]


def _matches(template: str, path: str) -> bool:
    """Whether a path is of a template such as ``/assets/<asset_id>``, member by member."""
    expected, given = template.split("/"), path.split("/")
    return len(expected) == len(given) and all(
        part == member or (part.startswith("<") and member)
        for part, member in zip(expected, given, strict=True)
    )
