"""Errors that a caller can be told about, each with the code of the contract.

::

    MeshmillError
    ├── RequestError            the caller can mend it
    │   ├── InvalidJson · InvalidRequest ─ InvalidFormat
    │   ├── PayloadTooLarge · UnsupportedMediaType
    │   ├── Unauthorized · Forbidden ─ InvalidSignature · LinkExpired
    │   ├── NotFound · MethodNotAllowed
    │   ├── DuplicateRequest · InvalidState · IdempotencyConflict
    │   └── RateLimitExceeded
    └── DependencyUnavailable   a service behind us did not answer; worth another try

The HTTP status of each stands in :mod:`meshmill.http.errors`, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing wrong with one field of a request.

    ``value`` is what was sent, already cut and free of secrets; ``allowed`` what would have
    passed, where that is a short list; ``hint`` what was probably meant.
    """

    field: str
    message: str
    value: Any = None
    allowed: Sequence[Any] | None = None
    hint: str | None = None

    def as_details(self) -> dict[str, Any]:
        """Members of the envelope's ``details``; what is unknown is left out."""
        members = {
            "field": self.field,
            "value": self.value,
            "allowed": None if self.allowed is None else list(self.allowed),
            "hint": self.hint,
        }
        return {name: member for name, member in members.items() if member is not None}


class MeshmillError(Exception):
    """Base of all errors that have a code in the contract."""

    code: ClassVar[str] = "INTERNAL_ERROR"

    def __init__(self, message: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, Any] = dict(details or {})


class RequestError(MeshmillError):
    """The caller can mend the request."""


class InvalidJson(RequestError):
    """The body is not one JSON value with unique members and finite numbers."""

    code = "INVALID_JSON"


class InvalidRequest(RequestError):
    """The request breaks rules; all violations are told at once."""

    code = "VALIDATION_ERROR"

    def __init__(self, violations: Sequence[Violation]) -> None:
        first = violations[0]
        listed = [
            {"message": violation.message, **violation.as_details()} for violation in violations
        ]
        super().__init__(first.message, {**first.as_details(), "violations": listed})
        self.violations = tuple(violations)


class InvalidFormat(InvalidRequest):
    """The asked output format does not exist."""

    code = "INVALID_FORMAT"


class PayloadTooLarge(RequestError):
    """The body is over the limit."""

    code = "PAYLOAD_TOO_LARGE"


class UnsupportedMediaType(RequestError):
    """The body is not declared as JSON."""

    code = "UNSUPPORTED_MEDIA_TYPE"


class Unauthorized(RequestError):
    """Nobody we know: one message for every cause, so that it tells an attacker nothing."""

    code = "UNAUTHORIZED"

    def __init__(self) -> None:
        super().__init__("A valid bearer token or API key is required")


class Forbidden(RequestError):
    """Known, but without the permission."""

    code = "FORBIDDEN"


class InvalidSignature(Forbidden):
    """A link that we did not sign as it stands."""

    code = "INVALID_SIGNATURE"

    def __init__(self) -> None:
        super().__init__("The link's signature does not match")


class LinkExpired(Forbidden):
    """A link that we signed, past its time."""

    code = "LINK_EXPIRED"

    def __init__(self) -> None:
        super().__init__("The link has expired; ask the API for a fresh one")


class NotFound(RequestError):
    """Absent, or somebody else's: the answer is the same."""

    code = "NOT_FOUND"


def absent_asset() -> NotFound:
    """There is none under this id, or it is somebody else's."""
    return NotFound("There is no such asset")


def absent_batch() -> NotFound:
    """There is none under this id, or it is somebody else's."""
    return NotFound("There is no such batch")


class MethodNotAllowed(RequestError):
    """The path exists, the method on it does not."""

    code = "METHOD_NOT_ALLOWED"


class DuplicateRequest(RequestError):
    """The same request stands already, and the caller asked to be refused then."""

    code = "DUPLICATE_REQUEST"


class InvalidState(RequestError):
    """The record is in a state that does not allow this."""

    code = "INVALID_STATE"


def uncounted_line(asset_id: str, batch_id: str, line: int) -> InvalidState:
    """An asset can't go before the batch that it came from has counted its line."""
    return InvalidState(
        "The line of the manifest that asked for the asset is not counted yet; "
        "delete the asset once it is",
        {"asset_id": asset_id, "batch_id": batch_id, "line": line},
    )


class IdempotencyConflict(RequestError):
    """The idempotency key stands for another request."""

    code = "IDEMPOTENCY_CONFLICT"


class RateLimitExceeded(RequestError):
    """The bucket is empty; ``retry_after_ms`` is when it holds a token again."""

    code = "RATE_LIMIT_EXCEEDED"

    def __init__(self, bucket: str, limit: int, retry_after_ms: int) -> None:
        super().__init__(
            f"More than {limit} requests a minute for this {bucket}",
            {"bucket": bucket, "limit": limit, "retry_after_ms": retry_after_ms},
        )
        self.retry_after_ms = retry_after_ms


class DependencyUnavailable(MeshmillError):
    """A service behind us failed or throttled after all retries; the call may have taken effect."""

    code = "SERVICE_UNAVAILABLE"
