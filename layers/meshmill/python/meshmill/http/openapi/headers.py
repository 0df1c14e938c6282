"""Headers of answers, said once, and which answers carry which."""

from __future__ import annotations

from collections.abc import Iterable

from meshmill.http.openapi.examples import header_example
from meshmill.http.openapi.references import COUNT, TEXT, URI, Part, ref

#: On every answer, and on every answer to an authenticated caller.
ALWAYS = ("X-Request-Id", "Cache-Control", "Vary")
LIMITS = (
    "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit",
    "RateLimit-Policy",
)  # fmt: skip

_POLICY = '^"(user|api-key)"'
_HEADERS: dict[str, tuple[str, Part]] = {
    "X-Request-Id": (
        "The request's own X-Request-Id where it is well-formed, else an id made for it.",
        {**TEXT, "minLength": 1, "maxLength": 128},
    ),
    "Cache-Control": ("Who may keep the answer, and for how long.", TEXT),
    "Location": ("Where what was made is read with a credential, or a file is downloaded.", URI),
    "Retry-After": ("Seconds to wait before the next try or poll.", COUNT),
    "ETag": (
        "Weak validator of the answer; send it as If-None-Match to be told of changes alone.",
        {**TEXT, "pattern": '^W/"[!#-~]+"$'},
    ),
    "Vary": ("Request headers that the answer depends on.", TEXT),
    "WWW-Authenticate": ("Which credential is wanted (RFC 9110, section 11.6.1).", TEXT),
    "Allow": ("The methods that the path takes.", TEXT),
    "X-RateLimit-Limit": ("Requests a minute of this bucket.", {**COUNT, "minimum": 1}),
    "X-RateLimit-Remaining": ("Requests that the bucket holds now.", COUNT),
    "X-RateLimit-Reset": ("When the bucket is full again, seconds since 1970.", COUNT),
    "RateLimit": (
        "What the bucket holds (r) and seconds until it is full (t).",
        {**TEXT, "pattern": _POLICY + ";r=[0-9]+;t=[0-9]+$"},
    ),
    "RateLimit-Policy": (
        "Quota (q) and window in seconds (w) of the bucket.",
        {**TEXT, "pattern": _POLICY + ";q=[0-9]+;w=[0-9]+$"},
    ),
}


def header_components() -> Part:
    """``components.headers``: where an answer refers to one, it always carries it."""
    return {name: {**_described(name), "required": True} for name in _HEADERS}


def headers(*names: str, maybe: Iterable[str] = ()) -> Part:
    """Headers that an answer always carries, and those that it may."""
    always = {name: ref("headers", name) for name in sorted(set(names))}
    return always | {name: _described(name) for name in sorted(set(maybe) - set(names))}


def _described(name: str) -> Part:
    description, schema = _HEADERS[name]
    text = header_example(name)
    example = int(text) if schema["type"] == "integer" else text
    return {"description": description, "schema": schema, "example": example}
