"""The one place where errors become answers: status, envelope, problem details, headers."""

from __future__ import annotations

import logging
import math
from http import HTTPStatus
from typing import Any

from meshmill.domain import errors
from meshmill.http.answer import JSON, Answer
from meshmill.http.request_ids import request_id
from meshmill.http.requests import Event, header

_logger = logging.getLogger(__name__)

_STATUS: dict[type[errors.MeshmillError], HTTPStatus] = {
    errors.InvalidJson: HTTPStatus.BAD_REQUEST,
    errors.InvalidRequest: HTTPStatus.BAD_REQUEST,
    errors.InvalidFormat: HTTPStatus.BAD_REQUEST,
    errors.Unauthorized: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.InvalidSignature: HTTPStatus.FORBIDDEN,
    errors.LinkExpired: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    errors.DuplicateRequest: HTTPStatus.CONFLICT,
    errors.InvalidState: HTTPStatus.CONFLICT,
    errors.IdempotencyConflict: HTTPStatus.CONFLICT,
    errors.PayloadTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.RateLimitExceeded: HTTPStatus.TOO_MANY_REQUESTS,
    errors.DependencyUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
#: The contract's codes and the status of each, for the OpenAPI document.
CODES: dict[str, HTTPStatus] = {kind.code: status for kind, status in _STATUS.items()} | {
    errors.MeshmillError.code: HTTPStatus.INTERNAL_SERVER_ERROR
}
_PROBLEM = "application/problem+json"
_UNAVAILABLE_RETRY_SECONDS = 2


def status_of(error: errors.MeshmillError) -> HTTPStatus:
    """The HTTP status of an error; what has none is our own fault."""
    return _STATUS.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)


def error_answer(error: Exception, event: Event) -> Answer:
    """The envelope, or RFC 9457 problem details for callers that ask for them.

    What nobody foresaw becomes INTERNAL_ERROR, of which nothing is told; that and what a service
    behind us did is logged with its cause.
    """
    identifier = request_id(event)
    known = error if isinstance(error, errors.MeshmillError) else _internal_error()
    _log(error, known)
    status = status_of(known)
    headers = {"Cache-Control": "no-store", **_headers(known)}
    if _PROBLEM in (header(event, "accept") or ""):
        problem = _problem(known, status, identifier, event["rawPath"])
        return Answer(status, problem, headers, _PROBLEM, known.code)
    envelope = {"error": _error(known), "request_id": identifier}
    return Answer(status, envelope, headers, JSON, known.code)


def _internal_error() -> errors.MeshmillError:
    return errors.MeshmillError("Something went wrong on our side; the request id helps us find it")


def _log(error: Exception, known: errors.MeshmillError) -> None:
    extra = {"context": {"code": known.code}}
    if known is not error:
        _logger.error("Unexpected error", extra=extra, exc_info=error)
    elif isinstance(known, errors.DependencyUnavailable):
        _logger.warning("Service unavailable", extra=extra, exc_info=error)


def _error(error: errors.MeshmillError) -> dict[str, Any]:
    return {"code": error.code, "message": error.message, "details": error.details}


def _problem(
    error: errors.MeshmillError, status: HTTPStatus, identifier: str, path: str
) -> dict[str, Any]:
    return {
        "type": f"urn:meshmill:error:{error.code.lower().replace('_', '-')}",
        "title": status.phrase,
        "status": status.value,
        "detail": error.message,
        "instance": path,
        "code": error.code,
        "details": error.details,
        "request_id": identifier,
    }


def _headers(error: errors.MeshmillError) -> dict[str, str]:
    if isinstance(error, errors.RateLimitExceeded):
        return {"Retry-After": str(math.ceil(error.retry_after_ms / 1000))}
    if isinstance(error, errors.DependencyUnavailable):
        return {"Retry-After": str(_UNAVAILABLE_RETRY_SECONDS)}
    if isinstance(error, errors.Unauthorized):
        return {"WWW-Authenticate": 'Bearer realm="meshmill"'}
    if isinstance(error, errors.MethodNotAllowed):
        return {"Allow": ", ".join(error.details["allowed"])}
    return {}
