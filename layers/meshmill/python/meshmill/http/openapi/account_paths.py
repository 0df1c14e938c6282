"""Paths under ``/api/v1/users/me``: everything that is kept of a user, and the end of it."""

from __future__ import annotations

from meshmill.domain.permissions import Permission
from meshmill.http.openapi.operations import (
    answer,
    conditional,
    guarded_operation,
    open_when_fenced,
)
from meshmill.http.openapi.parameters import TRACEPARENT
from meshmill.http.openapi.references import Part, schema

_TAG = {"tags": ["Account"]}


def account_paths() -> Part:
    """By path."""
    return {
        "/api/v1/users/me": {"delete": _erase()},
        "/api/v1/users/me/export": {"get": _export()},
    }


def _export() -> Part:
    made = answer("The file is there", schema("Export"), "ETag", shown=["exportMe-completed"])
    asked = answer(
        "The file is being made",
        schema("Export"),
        "Location",
        "Retry-After",
        shown=["exportMe-pending"],
    )
    return conditional(
        guarded_operation(
            Permission.ACCOUNT_MANAGE,
            "exportMe",
            "Everything that is kept of the caller, as JSON lines",
            {200: made, 202: asked},
            description=(
                "The first call asks for it; until its file expires, further ones find it. "
                "HEAD asks for nothing, and is a 404 where there is no export."
            ),
            parameters=[TRACEPARENT],
            **_TAG,
        )
    )


def _erase() -> Part:
    begun = answer(
        "The receipt", schema("Erasure"), "Location", maybe=["Retry-After"], shown=["eraseMe"]
    )
    return open_when_fenced(
        guarded_operation(
            Permission.ACCOUNT_MANAGE,
            "eraseMe",
            "Erase the caller: assets, API keys, uploads and exports",
            {202: begun},
            description=(
                "From then on every other call of the caller is a 409 until the erasure is over."
            ),
            parameters=[TRACEPARENT],
            **_TAG,
        )
    )
