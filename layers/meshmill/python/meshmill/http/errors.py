"""The one place where errors become answers: status, envelope, problem details, headers."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import Any

from meshmill.domain import errors
from meshmill.http.answer import JSON, Answer

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


def error_answer(error: errors.MeshmillError, *, request_id: str, accept: str, path: str) -> Answer:
    """The envelope, or RFC 9457 problem details for callers that ask for them."""
    status = status_of(error)
    headers = {"Cache-Control": "no-store", **_headers(error)}
    if _PROBLEM in accept:
        return Answer(status, _problem(error, status, request_id, path), headers, _PROBLEM)
    envelope = {"error": _error(error), "request_id": request_id}
    return Answer(status, envelope, headers, JSON)


def internal_error() -> errors.MeshmillError:
    """What is told of an error that nobody foresaw: nothing of it."""
    return errors.MeshmillError("Something went wrong on our side; the request id helps us find it")


def _error(error: errors.MeshmillError) -> dict[str, Any]:
    return {"code": error.code, "message": error.message, "details": error.details}


def _problem(
    error: errors.MeshmillError, status: HTTPStatus, request_id: str, path: str
) -> dict[str, Any]:
    return {
        "type": f"urn:meshmill:error:{error.code.lower().replace('_', '-')}",
        "title": status.phrase,
        "status": status.value,
        "detail": error.message,
        "instance": path,
        "code": error.code,
        "details": error.details,
        "request_id": request_id,
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
