"""Addresses as people write them, looked at before anything is sent there."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import httpx


def is_address(text: str) -> bool:
    """Whether it is one of HTTP, of a host that can be looked up, and without a user.

    A user's password would be sent in the place of a token, and stand in the texts of errors.
    """
    try:
        url, parts = httpx.URL(text), urlsplit(text)
        # As the system's resolver does, which would fail later and less clearly.
        url.raw_host.decode("ascii").encode("idna")
        has_host = bool(url.host) and parts.port != 0
    except (httpx.InvalidURL, ValueError):
        return False
    return has_host and url.scheme in {"http", "https"} and not url.userinfo


def is_base(text: str) -> bool:
    """Whether paths can be put behind the address."""
    return is_address(text) and "?" not in text and "#" not in text


def quoted(text: str) -> str:
    """As an error may show it: without what may be a password."""
    return "one with a user" if "@" in text else repr(text)


def segment(text: str) -> str:
    """An id or a name as one segment of a path, whatever it is.

    Dots alone would lead to another path (RFC 3986, 3.3).

    Raises:
        ValueError: it is empty.
    """
    if not text:
        raise ValueError("an id or a name is needed: this one is empty")
    escaped = quote(text, safe="")
    return escaped.replace(".", "%2E") if text in {".", ".."} else escaped
