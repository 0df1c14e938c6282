"""The id of a request: the caller's own where it sent a usable one, else the gateway's."""

from __future__ import annotations

import re

from meshmill.domain.redaction import is_sensitive
from meshmill.http.requests import Event, header

_USABLE = re.compile(r"[A-Za-z0-9._-]{1,128}")


def request_id(event: Event) -> str:
    """What answers, error bodies and logs name the request by."""
    sent = header(event, "x-request-id")
    if sent is None or not _USABLE.fullmatch(sent) or is_sensitive(sent):
        return gateway_request_id(event)
    return sent


def names_in_logs(event: Event) -> dict[str, str]:
    """The members by which every line that a request leaves in the logs names it."""
    return {"request_id": request_id(event), "gateway_request_id": gateway_request_id(event)}


def gateway_request_id(event: Event) -> str:
    """The gateway's id, which stands in its access log and can't be chosen by callers."""
    return str(event["requestContext"]["requestId"])
