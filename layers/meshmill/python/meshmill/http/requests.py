"""Reading requests: bodies, query parameters, path members."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from meshmill.domain.errors import (
    InvalidJson,
    InvalidRequest,
    UnsupportedMediaType,
    Violation,
    absent_asset,
    absent_batch,
)

#: An event of an HTTP API, payload format 2.0.
Event = Mapping[str, Any]

#: Records on a page of a listing: unless asked for otherwise, and at most.
DEFAULT_LIMIT, MAX_LIMIT = 20, 100

_MAX_PARAMETERS = 32
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# RFC 9110, section 5.5, without white space: what a header carries unchanged through any proxy.
_IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,255}")
_USER_ID = re.compile(r"u[a-z2-7]{32}")
_MAX_VALUE = 100
_UTF_8 = {"utf-8", "utf8"}
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\";\s]*)")


def header(event: Event, name: str) -> str | None:
    """A header by its lower-case name; the gateway has lowered all of them."""
    value = event.get("headers", {}).get(name)
    return value if isinstance(value, str) else None


def method(event: Event) -> str:
    """``GET``, ``HEAD`` and so on."""
    return str(event["requestContext"]["http"]["method"])


def json_body(event: Event) -> bytes:
    """The raw bytes of a body that is declared as JSON.

    Raises:
        UnsupportedMediaType: it is declared as something else, in other letters than UTF-8, or
            compressed.
        InvalidJson: there is no body.
    """
    _require_json(event)
    text = event.get("body") or ""
    if not text:
        raise InvalidJson("The body is empty; it must be a JSON object")
    if not event.get("isBase64Encoded"):
        return bytes(text, "utf-8", "surrogatepass")
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise InvalidJson("The body could not be decoded") from None


def _require_json(event: Event) -> None:
    declared, _, parameters = (header(event, "content-type") or "").lower().partition(";")
    charset = _CHARSET.search(parameters)
    if declared.strip() != "application/json" or (charset and charset[1] not in _UTF_8):
        raise UnsupportedMediaType(
            "Send the body as application/json, in UTF-8", {"allowed": ["application/json"]}
        )
    if (header(event, "content-encoding") or "identity").strip().lower() != "identity":
        # Unpacked, it could be a thousand times as large.
        raise UnsupportedMediaType("Send the body uncompressed", {"allowed": ["identity"]})


def query(event: Event, readers: Mapping[str, Callable[[str, str], Any]]) -> dict[str, Any]:
    """Known query parameters, each read once by its own reader ``(name, text) -> value``.

    Raises:
        InvalidRequest: unknown, doubled or unreadable parameters, all of them at once.
    """
    violations: list[Violation] = []
    values: dict[str, Any] = {}
    for name, given in query_members(event).items():
        if name not in readers:
            shown = name[:_MAX_VALUE]
            message = f"{shown} is not a known query parameter"
            violations.append(Violation(shown, message, allowed=sorted(readers)))
        elif len(given) > 1:
            violations.append(Violation(name, f"{name} stands twice"))
        else:
            try:
                values[name] = readers[name](name, given[0])
            except InvalidRequest as error:
                violations.extend(error.violations)
    if violations:
        raise InvalidRequest(violations)
    return values


def query_members(event: Event) -> dict[str, list[str]]:
    """Every query parameter with all its values, as sent.

    The gateway's own reading joins doubled parameters with commas, so that they can't be told
    from values with commas in them; the raw query string is read instead.

    Raises:
        InvalidRequest: there are absurdly many.
    """
    raw = event.get("rawQueryString") or ""
    try:
        return parse_qs(raw, keep_blank_values=True, max_num_fields=_MAX_PARAMETERS)
    except ValueError:
        raise InvalidRequest([Violation("query", "Too many query parameters")]) from None


def whole_number(least: int, most: int) -> Callable[[str, str], int]:
    """A reader of decimal integers within bounds."""

    def read(name: str, text: str) -> int:
        if re.fullmatch(r"[0-9]{1,9}", text) and least <= int(text) <= most:
            return int(text)
        message = f"{name} must be a whole number from {least} to {most}"
        raise InvalidRequest([Violation(name, message, text[:_MAX_VALUE])])

    return read


def one_of(*allowed: str) -> Callable[[str, str], str]:
    """A reader of one of a few words."""

    def read(name: str, text: str) -> str:
        if text in allowed:
            return text
        message = f"{name} must be one of {', '.join(allowed)}"
        raise InvalidRequest([Violation(name, message, text[:_MAX_VALUE], allowed)])

    return read


def user_id(name: str, text: str) -> str:
    """A reader of ids as :func:`~meshmill.domain.identity.user_id` makes them."""
    if _USER_ID.fullmatch(text):
        return text
    message = f"{name} must be u and 32 letters and digits"
    raise InvalidRequest([Violation(name, message, text[:_MAX_VALUE])])


def any_text(_name: str, text: str) -> str:
    """A reader that takes a parameter as it is."""
    return text


def asset_id_of(text: str) -> str:
    """A path member that can be an asset's id.

    Raises:
        NotFound: it can't, so there is none.
    """
    if not _UUID.fullmatch(text):
        raise absent_asset()
    return text


def batch_id_of(text: str) -> str:
    """A path member that can be a batch's id.

    Raises:
        NotFound: it can't, so there is none.
    """
    if not _UUID.fullmatch(text):
        raise absent_batch()
    return text


def idempotency_key(event: Event) -> str | None:
    """What the caller names a request by that it may repeat, where it does.

    Raises:
        InvalidRequest: not 1 to 255 visible characters of ASCII.
    """
    sent = header(event, "idempotency-key")
    if sent is not None and not _IDEMPOTENCY_KEY.fullmatch(sent):
        message = "Idempotency-Key must be 1 to 255 visible ASCII characters"
        raise InvalidRequest([Violation("Idempotency-Key", message)])
    return sent
