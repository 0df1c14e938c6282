"""Answers that somebody on the way gives instead of the service."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from http import HTTPStatus

from tests.support.fault_proxy.faults import Asked, Fault, Target


@dataclass(frozen=True, slots=True)
class Canned:
    """An answer; ``retry_after`` is what its header means, in seconds."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    retry_after: float = 0.0


_IN_OUR_WORDS = {
    Fault.THROTTLED: (429, "RATE_LIMIT_EXCEEDED"),
    Fault.THROTTLED_UNTIL: (429, "RATE_LIMIT_EXCEEDED"),
    Fault.UNAVAILABLE: (503, "SERVICE_UNAVAILABLE"),
    Fault.UNAVAILABLE_BARE: (503, "SERVICE_UNAVAILABLE"),
    Fault.UNAVAILABLE_AFTER: (503, "SERVICE_UNAVAILABLE"),
    Fault.STORE_FAILED: (500, "INTERNAL_ERROR"),
    Fault.EXPIRED: (401, "UNAUTHORIZED"),
}
_BY_GATEWAY = {
    Fault.THROTTLED_BY_GATEWAY: (429, "application/json", b'{"message":"Too Many Requests"}'),
    Fault.BAD_GATEWAY: (502, "text/html", b"<html><h1>502 Bad Gateway</h1></html>"),
    Fault.TIMED_OUT_AFTER: (504, "text/html", b"<html><h1>504 Gateway Time-out</h1></html>"),
}


def canned(fault: Fault, asked: Asked, now: float, pause: int) -> Canned | None:
    """What the client is answered instead of what the service says, if anything.

    Args:
        fault: what happens.
        asked: to which request.
        now: seconds since 1970, for ``Date``, which knows whole ones.
        pause: seconds that ``Retry-After`` asks for, where the fault has one.
    """
    moment = float(int(now))
    dated = {"Date": formatdate(moment, usegmt=True)}
    if fault in _BY_GATEWAY:
        status, kind, body = _BY_GATEWAY[fault]
        return Canned(status, body, {"Content-Type": kind, **dated})
    if fault not in _IN_OUR_WORDS:
        return None
    answer = _told(*_IN_OUR_WORDS[fault], asked)
    if fault in {Fault.THROTTLED, Fault.UNAVAILABLE}:
        dated["Retry-After"] = str(pause)
    elif fault is Fault.THROTTLED_UNTIL:
        dated["Retry-After"] = formatdate(moment + pause, usegmt=True)
    asks = pause if "Retry-After" in dated else 0
    return replace(answer, headers={**answer.headers, **dated}, retry_after=asks)


def _told(status: int, code: str, asked: Asked) -> Canned:
    """In the words of the service, or of the store."""
    if asked.target in {Target.FILE, Target.FORM}:
        told = "InternalError" if status == HTTPStatus.INTERNAL_SERVER_ERROR else "SlowDown"
        body = f"<Error><Code>{told}</Code><Message>No.</Message></Error>".encode()
        return Canned(status, body, {"Content-Type": "application/xml"})
    envelope = {"error": {"code": code, "message": "No.", "details": {}}, "request_id": "r-0"}
    return Canned(status, json.dumps(envelope).encode(), {"Content-Type": "application/json"})
