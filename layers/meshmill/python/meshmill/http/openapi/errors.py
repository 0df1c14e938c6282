"""Every error code of the contract: what its details hold, its two bodies, and its answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from meshmill.http.errors import CODES
from meshmill.http.openapi.examples import examples
from meshmill.http.openapi.headers import ALWAYS, LIMITS, headers
from meshmill.http.openapi.references import (
    COUNT,
    JSON,
    PROBLEM,
    TEXT,
    URI,
    UUID,
    Part,
    members,
    ref,
    schema,
)

_NOTHING: Part = members({}, additionalProperties=False)
_CHOICES: Part = {"type": "array", "items": {}, "description": "What would have passed."}
_FINDING: Part = {
    "field": {**TEXT, "description": "Path of the member or name of the parameter."},
    "value": {"description": "What was sent, cut to 100 characters; never a secret."},
    "allowed": _CHOICES,
    "hint": {**TEXT, "description": "What was probably meant."},
}
_VIOLATION: Part = members(
    {"field": _FINDING["field"], "message": TEXT}, _FINDING, additionalProperties=False
)
_VIOLATIONS: Part = members(
    {
        "field": _FINDING["field"],
        "violations": {"type": "array", "minItems": 1, "items": schema("Violation")},
    },
    _FINDING,
    description="The first violation's members, and all violations.",
    additionalProperties=False,
)
_DETAILS: dict[str, Part] = {
    "INVALID_JSON": members({}, {"field": TEXT}, additionalProperties=False),
    "VALIDATION_ERROR": _VIOLATIONS,
    "INVALID_FORMAT": _VIOLATIONS,
    "UNAUTHORIZED": _NOTHING,
    "FORBIDDEN": members({"required": {**TEXT, "description": "The permission."}}),
    "INVALID_SIGNATURE": _NOTHING,
    "LINK_EXPIRED": _NOTHING,
    "NOT_FOUND": members({}, {"allowed": _CHOICES}, additionalProperties=False),
    "METHOD_NOT_ALLOWED": members({"allowed": _CHOICES}, additionalProperties=False),
    "DUPLICATE_REQUEST": members({"asset_id": UUID}, additionalProperties=False),
    "IDEMPOTENCY_CONFLICT": members({"batch_id": UUID}, additionalProperties=False),
    "INVALID_STATE": members(
        {},
        {
            "asset_id": UUID,
            "batch_id": UUID,
            "status": {**TEXT, "description": "The state that it is in."},
            "status_url": {**URI, "description": "Receipt of the caller's erasure."},
        },
        additionalProperties=False,
    ),
    "PAYLOAD_TOO_LARGE": members(
        {"allowed": {**COUNT, "description": "Bytes."}}, additionalProperties=False
    ),
    "UNSUPPORTED_MEDIA_TYPE": members({"allowed": _CHOICES}, additionalProperties=False),
    "RATE_LIMIT_EXCEEDED": members(
        {
            "bucket": {"enum": ["user", "API key"]},
            "limit": {**COUNT, "description": "Requests a minute."},
            "retry_after_ms": COUNT,
        },
        additionalProperties=False,
    ),
    "INTERNAL_ERROR": _NOTHING,
    "SERVICE_UNAVAILABLE": _NOTHING,
}
_SAID: dict[str, str] = {
    "INVALID_JSON": "The body is not one JSON object with unique members and finite numbers.",
    "VALIDATION_ERROR": "The request breaks rules; all violations are told at once.",
    "INVALID_FORMAT": "The asked output format does not exist.",
    "UNAUTHORIZED": "No good credential; the body is the same for every cause.",
    "FORBIDDEN": "The credential is good and lacks the permission.",
    "INVALID_SIGNATURE": "The link is not one that the service signed as it stands.",
    "LINK_EXPIRED": "The link is past its time.",
    "NOT_FOUND": "Absent, or somebody else's.",
    "METHOD_NOT_ALLOWED": "The path exists, the method on it does not.",
    "DUPLICATE_REQUEST": "The same request stands, and `on_duplicate=reject` was asked for.",
    "IDEMPOTENCY_CONFLICT": "The idempotency key stands for another request.",
    "INVALID_STATE": "The record's state does not allow this now.",
    "PAYLOAD_TOO_LARGE": "The body is over 64 KiB.",
    "UNSUPPORTED_MEDIA_TYPE": "The body is not declared as application/json.",
    "RATE_LIMIT_EXCEEDED": "The bucket is empty; Retry-After says until when.",
    "INTERNAL_ERROR": "A defect on our side; the request id helps us find it.",
    "SERVICE_UNAVAILABLE": "A service behind the API failed; worth another try.",
}
_AUTHENTICATED = {
    "FORBIDDEN", "RATE_LIMIT_EXCEEDED", "DUPLICATE_REQUEST", "IDEMPOTENCY_CONFLICT",
    "INVALID_STATE",
}  # fmt: skip
_FURTHER_HEADERS = {
    "UNAUTHORIZED": ("WWW-Authenticate",),
    "METHOD_NOT_ALLOWED": ("Allow",),
    "RATE_LIMIT_EXCEEDED": ("Retry-After",),
    "SERVICE_UNAVAILABLE": ("Retry-After",),
}
#: Codes that are answered before anybody is known.
_ANONYMOUS = {"UNAUTHORIZED", "INVALID_SIGNATURE", "LINK_EXPIRED", "METHOD_NOT_ALLOWED"}


def error_schemas() -> Part:
    """The envelope, problem details, and both again for each code with its own details."""
    found: Part = {"Error": _envelope(), "Problem": _problem(), "Violation": _VIOLATION}
    for code in CODES:
        name = _pascal(code)
        found[f"{name}Details"] = {**_DETAILS[code], "title": code}
        narrowed = {"code": {"const": code}, "details": schema(f"{name}Details")}
        found[f"{name}Error"] = _narrowed("Error", {"error": {"properties": narrowed}})
        found[f"{name}Problem"] = _narrowed(
            "Problem", {**narrowed, "status": {"const": CODES[code].value}}
        )
    return found


def error_components() -> Part:
    """``components.responses``: the answer of each code."""
    return {code: _answer([code]) for code in CODES}


def error_responses(codes: Iterable[str]) -> Part:
    """The answers of an operation that can end with these codes, by status."""
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(CODES[code].value, []).append(code)
    return {
        str(status): ref("responses", listed[0]) if len(listed) == 1 else _answer(listed)
        for status, listed in sorted(by_status.items())
    }


def _answer(codes: list[str]) -> Part:
    """One answer; where several codes share its status, its body is one of theirs."""
    return {
        "description": "\n".join(f"{code}: {_SAID[code]}" for code in codes),
        "headers": _headers(codes),
        "content": {
            JSON: _media(codes, "Error", ""),
            PROBLEM: _media(codes, "Problem", "-problem"),
        },
    }


def _media(codes: list[str], kind: str, suffix: str) -> Part:
    bodies = [schema(f"{_pascal(code)}{kind}") for code in codes]
    shown = examples(*(f"{code}{suffix}" for code in codes))
    return {"schema": bodies[0] if len(bodies) == 1 else {"oneOf": bodies}, **shown}


def _headers(codes: list[str]) -> Part:
    further = [set(_FURTHER_HEADERS.get(code, ())) for code in codes]
    limited = set(codes) <= _AUTHENTICATED
    maybe = set() if limited or set(codes) <= _ANONYMOUS else set(LIMITS)
    always = {*ALWAYS, *set.intersection(*further), *(LIMITS if limited else ())}
    return headers(*always, maybe=maybe | set.union(*further))


def _envelope() -> Part:
    error = members(
        {"code": {"enum": sorted(CODES)}, "message": TEXT, "details": {"type": "object"}}
    )
    return members({"error": error, "request_id": TEXT})


def _problem() -> Part:
    return members(
        {
            "type": {**TEXT, "pattern": "^urn:meshmill:error:[a-z-]+$"},
            "title": TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": TEXT,
            "instance": TEXT,
            "code": {"enum": sorted(CODES)},
            "details": {"type": "object"},
            "request_id": TEXT,
        },
        description="Problem details (RFC 9457), asked for with Accept: application/problem+json.",
    )


def _narrowed(base: str, properties: dict[str, Any]) -> Part:
    return {"allOf": [schema(base), {"properties": properties}]}


def _pascal(code: str) -> str:
    """``NOT_FOUND`` as ``NotFound``."""
    return "".join(word.capitalize() for word in code.split("_"))
