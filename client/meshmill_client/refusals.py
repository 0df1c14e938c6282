"""From an error answer to the exception that stands for it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from meshmill_client import errors
from meshmill_client.errors import ApiError, Refusal

#: What an answer without a code of ours means: API Gateway writes its own.
_BY_STATUS: dict[int, type[ApiError]] = {
    400: errors.BadRequest,
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    405: errors.MethodNotAllowed,
    409: errors.Conflict,
    413: errors.PayloadTooLarge,
    415: errors.UnsupportedMediaType,
    429: errors.RateLimitExceeded,
    502: errors.ServiceUnavailable,
    503: errors.ServiceUnavailable,
    504: errors.ServiceUnavailable,
}
_FIRST_SERVER_ERROR = 500
_STORE_SAYS = tuple(
    re.compile(rf"<{name}>([^<]{{1,200}})</{name}>") for name in ("Code", "Message")
)


def _descendants(kind: type[ApiError]) -> Iterator[type[ApiError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)


_BY_CODE = {kind.code: kind for kind in _descendants(ApiError) if "code" in vars(kind)}


def error_of(response: httpx.Response) -> ApiError:
    """The exception for an answer of status 400 or above, whose body has been read."""
    refusal = _refusal(response)
    kind = _BY_CODE.get(refusal.code or "") or _BY_STATUS.get(refusal.status)
    if kind is None:
        kind = errors.ServerError if refusal.status >= _FIRST_SERVER_ERROR else ApiError
    return kind(refusal)


def is_signature_refused(error: ApiError) -> bool:
    """Whether a store does not take what it was signed, where a fresh signature may help.

    Past its own time it is a 403; past that of the role that signed it, S3 answers 400.
    """
    return isinstance(error, errors.Forbidden) or error.message.startswith("ExpiredToken")


def retry_after(response: httpx.Response) -> float | None:
    """Seconds of ``Retry-After``, given as such or as a date (RFC 9110, 10.2.3).

    A date is compared with the answer's own, so that no clock but the service's counts.
    """
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
        answered = parsedate_to_datetime(response.headers.get("Date", ""))
        return max(0.0, (moment - answered).total_seconds())
    except (ValueError, TypeError, OverflowError):
        # No date, or one that no calendar has, or one of the two has no time zone.
        return None


def _refusal(response: httpx.Response) -> Refusal:
    body = _object(response)
    error = body.get("error")
    told = error if isinstance(error, dict) else {}
    details = told.get("details")
    # A token endpoint names its error as text and describes it beside (RFC 6749, 5.2).
    described = (
        told.get("message")
        or body.get("error_description")
        or body.get("message")
        or _of_store(response)
    )
    return Refusal(
        status=response.status_code,
        message=str(described or response.reason_phrase),
        code=_text(told.get("code")) or _text(error),
        details=details if isinstance(details, dict) else {},
        request_id=_text(body.get("request_id")) or _request_id(response),
        retry_after=retry_after(response),
    )


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _of_store(response: httpx.Response) -> str | None:
    """What S3 says, in XML, which is not ours to trust: no parser that resolves anything.

    Nor is the name of an encoding, which may be of one that isn't for texts.
    """
    text = response.content.decode(errors="replace")
    found = [pattern.search(text) for pattern in _STORE_SAYS]
    return ": ".join(match[1] for match in found if match) or None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _request_id(response: httpx.Response) -> str | None:
    """Ours, or API Gateway's own where it answered alone."""
    for name in ("X-Request-Id", "Apigw-Requestid"):
        if name in response.headers:
            return str(response.headers[name])
    return None
