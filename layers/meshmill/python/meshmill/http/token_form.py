"""What a token must look like before anything is made of it."""

from __future__ import annotations

import base64
import re
from typing import Any

from meshmill.domain.errors import InvalidJson, PayloadTooLarge, Unauthorized
from meshmill.domain.json_text import parse_object

#: Characters; an HTTP API takes 10,240 bytes of headers in all.
MAX_TOKEN = 8 * 1024
# RFC 7515, section 7.1: the compact serialisation, without padding, in one spelling.
_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+")
_TIMES = ("exp", "nbf", "iat")


def require_token_form(token: str) -> None:
    """Three parts of base64, of which two are strict JSON objects; times are numbers.

    Two readings of one token, such as doubled members allow, are thereby ruled out, and nothing
    large or deep gets to the signature's check.

    Raises:
        Unauthorized: it has another form.
    """
    match = _COMPACT.fullmatch(token) if len(token) <= MAX_TOKEN else None
    if match is None:
        raise Unauthorized
    try:
        _, claims = (_object(part) for part in match.groups())
    except (ValueError, InvalidJson, PayloadTooLarge):
        raise Unauthorized from None
    # RFC 7519, section 2: a NumericDate is a number, and ``true`` is none.
    if not all(type(claims[name]) in (int, float) for name in _TIMES if name in claims):
        raise Unauthorized


def _object(part: str) -> dict[str, Any]:
    return parse_object(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)), MAX_TOKEN)
