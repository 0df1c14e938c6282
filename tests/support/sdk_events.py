"""Calls counted, and faults planted, by botocore's own events; the SDK around them is the real one.

Faults are for clients of moto: it answers in the event ``before-send`` too, between our handlers.
"""

from __future__ import annotations

import io
import json
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError
from moto.core.models import botocore_stubber


@contextmanager
def counted_calls(client: Any) -> Iterator[Counter[str]]:
    """How often each operation is called; the SDK's retries of a call are not counted."""
    calls: Counter[str] = Counter()

    def count(model: Any, **_: Any) -> None:
        calls[model.name] += 1

    client.meta.events.register("before-call", count)
    try:
        yield calls
    finally:
        client.meta.events.unregister("before-call", count)


@contextmanager
def recorded_parameters(client: Any, operation: str) -> Iterator[list[dict[str, Any]]]:
    """What an operation is called with, where emulators don't show the difference."""
    recorded: list[dict[str, Any]] = []

    def record(params: dict[str, Any], **_: Any) -> None:
        recorded.append(params)

    event = f"provide-client-params.*.{operation}"
    client.meta.events.register(event, record)
    try:
        yield recorded
    finally:
        client.meta.events.unregister(event, record)


@dataclass(frozen=True)
class Fault:
    """What happens to one request: an error answer, or where ``status`` is 0 no answer at all."""

    status: int
    code: str
    takes_effect: bool


def refused(status: int, code: str) -> Fault:
    """The service answers with an error, and does nothing."""
    return Fault(status, code, takes_effect=False)


#: Nothing arrives, and nothing happens.
UNREACHABLE = Fault(0, "", takes_effect=False)
#: The service does what it was asked; its answer gets lost.
LOST_RESPONSE = Fault(0, "", takes_effect=True)
#: The service does what it was asked, and answers 500.
FAILED_AFTER_EFFECT = Fault(500, "InternalServerError", takes_effect=True)
THROTTLED = refused(400, "ThrottlingException")
NO_FAULT = None


@dataclass
class Faults:
    """Strikes a client's requests in order; when none is planned any more, they pass."""

    planned: deque[Fault | None] = field(default_factory=deque)
    #: Requests that were made, and those that took effect: an SDK's call may be several.
    requests: int = 0
    effects: int = 0
    _current: Fault | None = None

    def plan(self, *faults: Fault | None) -> None:
        self.planned.extend(faults)

    def before_moto(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        self.requests += 1
        self._current = self.planned.popleft() if self.planned else NO_FAULT
        if self._current is None:
            return None
        if self._current == UNREACHABLE:
            raise EndpointConnectionError(endpoint_url=request.url)
        if not self._current.takes_effect:
            # An answer of ours does not keep moto from executing; this does.
            botocore_stubber.enabled = False
        return _answer(request, self._current) if self._current.status else None

    def after_moto(self, request: AWSPreparedRequest, **_: Any) -> None:
        self.effects += botocore_stubber.enabled
        botocore_stubber.enabled = True
        if self._current == LOST_RESPONSE:
            raise ConnectionClosedError(endpoint_url=request.url)


@contextmanager
def faults_on(client: Any) -> Iterator[Faults]:
    """Plan faults on a client of moto."""
    faults, events = Faults(), client.meta.events
    events.register_first("before-send", faults.before_moto)
    events.register_last("before-send", faults.after_moto)
    try:
        yield faults
    finally:
        events.unregister("before-send", faults.before_moto)
        events.unregister("before-send", faults.after_moto)


class _Body(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        while chunk := self.read():
            yield chunk


def _answer(request: AWSPreparedRequest, fault: Fault) -> AWSResponse:
    """S3 tells errors in XML, the others in JSON."""
    if "x-amz-target" in {name.lower() for name in request.headers}:
        text = json.dumps({"__type": fault.code, "message": "planned"})
    else:
        text = f"<Error><Code>{fault.code}</Code><Message>planned</Message></Error>"
    return AWSResponse(request.url, fault.status, HTTPHeaders(), _Body(text.encode()))
