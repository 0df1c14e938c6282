"""The id of a request: the caller's own where it sent a usable one, else the gateway's."""

from __future__ import annotations

import re

from meshmill.domain.sensitive import is_sensitive
from meshmill.http.requests import Event, header

_USABLE = re.compile(r"[A-Za-z0-9._-]{1,128}")


def request_id(event: Event) -> str:
    """What answers, error bodies and logs name the request by."""
    sent = header(event, "x-request-id")
    if sent is None or not _USABLE.fullmatch(sent) or is_sensitive(sent):
        return gateway_request_id(event)
    return sent


def gateway_request_id(event: Event) -> str:
    """The gateway's id, which stands in its access log and can't be chosen by callers."""
    return str(event["requestContext"]["requestId"])
