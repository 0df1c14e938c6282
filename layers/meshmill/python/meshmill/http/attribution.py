"""Who asks, in which request and trace: what records, the audit trail and workers' logs tell."""

from __future__ import annotations

import re

from meshmill.domain.attribution import Attribution, Reader
from meshmill.domain.permissions import Permission
from meshmill.http.authentication import Principal
from meshmill.http.request_ids import request_id
from meshmill.http.requests import Event, header

# W3C Trace Context, section 3.2: version-traceid-parentid-flags; a later version may add members.
_TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-[!-~]{1,64})?"
)


def attribution(principal: Principal, event: Event) -> Attribution:
    """Who asks, in which request of which trace."""
    return Attribution(principal.actor, request_id(event), traceparent(event))


def reader(principal: Principal, event: Event) -> Reader:
    """Who reads: their own data, and anybody's with the permission for it."""
    reads_all = principal.may(Permission.ADMIN_READ)
    return Reader(principal.user_id, attribution(principal, event), reads_all)


def traceparent(event: Event) -> str | None:
    """The caller's trace context; a malformed one is as good as none, as the standard demands."""
    sent = header(event, "traceparent")
    return sent if sent is not None and _TRACEPARENT.fullmatch(sent) else None
