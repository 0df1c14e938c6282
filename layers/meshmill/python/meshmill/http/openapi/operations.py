"""How an operation is written: its answers, who may call it, and how it can end otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from meshmill.http.openapi.errors import error_responses
from meshmill.http.openapi.examples import examples
from meshmill.http.openapi.headers import ALWAYS, LIMITS, headers
from meshmill.http.openapi.parameters import IF_NONE_MATCH, REQUEST_ID
from meshmill.http.openapi.references import JSON, Part

_ANY = ("INTERNAL_ERROR", "SERVICE_UNAVAILABLE")
_GATE = (
    "VALIDATION_ERROR", "UNAUTHORIZED", "FORBIDDEN", "INVALID_STATE", "RATE_LIMIT_EXCEEDED",
)  # fmt: skip


def answer(
    description: str,
    schema: Part | None,
    *carried: str,
    maybe: Sequence[str] = (),
    shown: Sequence[str] = (),
) -> Part:
    """An answer with its body's schema, further headers and recorded examples."""
    said = {"description": description, "headers": headers(*ALWAYS, *carried, maybe=maybe)}
    if schema is None:
        return said
    body = {"schema": schema, **(examples(*shown) if shown else {})}
    return {**said, "content": {JSON: body}}


def open_operation(
    operation_id: str, summary: str, answers: Mapping[int, Part], *codes: str, **further: Any
) -> Part:
    """An operation that anybody may call."""
    return _operation(operation_id, summary, answers, (*codes, *_ANY), further | {"security": []})


def guarded_operation(
    permission: str,
    operation_id: str,
    summary: str,
    answers: Mapping[int, Part],
    *codes: str,
    **further: Any,
) -> Part:
    """An operation for callers with a permission, by either kind of credential."""
    limited = {
        status: {**each, "headers": each["headers"] | headers(*LIMITS)}
        for status, each in answers.items()
    }
    told = f"Needs the permission `{permission}`."
    described = " ".join(text for text in (further.pop("description", ""), told) if text)
    access = {
        "description": described,
        "security": [{"bearer": [permission]}, {"apiKey": [permission]}],
        "x-permission": permission,
    }
    return _operation(operation_id, summary, limited, (*codes, *_GATE, *_ANY), further | access)


def conditional(operation: Part) -> Part:
    """The same, for a GET whose answer has an ETag: If-None-Match is read, and 304 answered."""
    limits = LIMITS if operation["security"] else ()
    unchanged = {
        "description": "What the caller holds is still good.",
        "headers": headers("ETag", *ALWAYS, *limits),
    }
    return {
        **operation,
        "parameters": [*operation["parameters"], IF_NONE_MATCH],
        "responses": {**operation["responses"], "304": unchanged},
    }


def open_when_fenced(operation: Part) -> Part:
    """The same, for what is done even while the caller's account is being erased."""
    responses = {status: each for status, each in operation["responses"].items() if status != "409"}
    return {**operation, "responses": responses}


def headers_alone(get: Part) -> Part:
    """The HEAD beside a GET: the same answers without their bodies."""
    name = get["operationId"].removeprefix("get")
    without_bodies = {
        status: {member: said for member, said in response.items() if member != "content"}
        for status, response in get["responses"].items()
    }
    return {
        **get,
        "operationId": f"head{name}",
        "summary": f"Headers of: {get['summary']}",
        "responses": without_bodies,
    }


def _operation(
    operation_id: str,
    summary: str,
    answers: Mapping[int, Part],
    codes: tuple[str, ...],
    further: Part,
) -> Part:
    succeeded = {str(status): each for status, each in answers.items()}
    parameters = [*further.pop("parameters", ()), REQUEST_ID]
    return {
        "operationId": operation_id,
        "summary": summary,
        **further,
        "parameters": parameters,
        "responses": {**succeeded, **error_responses(codes)},
    }
