"""From an answer to what leaves the function, given what the request can take and has already.

HEAD, conditional requests (RFC 9110, section 13), compression, and the headers that every answer
carries: for the api function and for the status function alike.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from meshmill.http import content_coding
from meshmill.http.answer import Answer
from meshmill.http.request_ids import request_id
from meshmill.http.requests import Event, header, method

#: An answer is data: no browser shall guess it to be a page, run it, or show it in a frame.
#: The gateway allows origins by name where CORS is configured, so caches keep them apart.
_EVERY_ANSWER = {
    "Vary": "Accept-Encoding, Origin",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
# RFC 9110, section 8.8.3; the comparison is weak (section 8.8.3.2), so the W/ doesn't count.
_ENTITY_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_READING = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is sent: ``body`` is text, or bytes in base64."""

    status: HTTPStatus
    headers: Mapping[str, str]
    body: str = ""
    is_base64: bool = False

    def as_lambda_result(self) -> dict[str, Any]:
        """What a function behind an HTTP API (payload format 2.0) returns."""
        return {
            "statusCode": self.status.value,
            "headers": dict(self.headers),
            "body": self.body,
            "isBase64Encoded": self.is_base64,
        }


def deliver(answer: Answer, event: Event, further: Mapping[str, str] | None = None) -> Delivery:
    """The answer to the request ``event``; ``further`` headers go with whatever is sent."""
    tag = {} if answer.etag is None else {"ETag": f'W/"{answer.etag}"'}
    headers = {
        **_EVERY_ANSWER,
        **answer.headers,
        **tag,
        **(further or {}),
        "X-Request-Id": request_id(event),
    }
    if _is_held_already(answer, event):
        return Delivery(HTTPStatus.NOT_MODIFIED, headers)
    if answer.body is None:
        return Delivery(answer.status, headers)
    return _with_content(answer, event, headers)


def _with_content(answer: Answer, event: Event, headers: dict[str, str]) -> Delivery:
    content = answer.content
    headers["Content-Type"] = answer.content_type
    is_coded = content_coding.is_worth_coding(content) and content_coding.admits_gzip(
        header(event, "accept-encoding")
    )
    if is_coded:
        content = content_coding.gzipped(content)
        headers["Content-Encoding"] = content_coding.GZIP
    if method(event) == "HEAD":
        headers["Content-Length"] = str(len(content))
        return Delivery(answer.status, headers)
    body = base64.b64encode(content).decode() if is_coded else content.decode()
    return Delivery(answer.status, headers, body, is_coded)


def _is_held_already(answer: Answer, event: Event) -> bool:
    """Whether ``If-None-Match`` names the state that a good answer to a reading request shows."""
    sent = header(event, "if-none-match")
    if sent is None or answer.etag is None or answer.status is not HTTPStatus.OK:
        return False
    if method(event) not in _READING:
        return False
    return sent.strip() == "*" or answer.etag in _ENTITY_TAG.findall(sent)
