"""Faults at the boundary to AWS: every call that the functions make can be made to go wrong.

``before-send`` handlers can't keep moto from executing a call, so faults are put one layer
deeper, where botocore makes one attempt. The SDK's own retries are real, without their pauses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import pytest
from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.compat import HTTPHeaders
from botocore.endpoint import Endpoint
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from botocore.retries.standard import RetryQuotaChecker

from meshmill.aws import clients

_THROTTLING = {
    "dynamodb": ("ThrottlingException", 400),
    "sqs": ("RequestThrottled", 400),
    "s3": ("SlowDown", 503),
    "secretsmanager": ("ThrottlingException", 400),
    "cloudwatch": ("Throttling", 400),
}


class ProcessDied(BaseException):
    """The process is gone; nothing that it meant to do is done."""


class Mode(Enum):
    """What goes wrong with one call: (name, every attempt of the SDK?)."""

    THROTTLED_ONCE = ("throttled", False)
    THROTTLED = ("throttled", True)
    FAILS_ONCE = ("fails", False)
    FAILS = ("fails", True)
    FAILS_AFTER_EFFECT_ONCE = ("fails after effect", False)
    FAILS_AFTER_EFFECT = ("fails after effect", True)
    RESET_ONCE = ("reset", False)
    RESET = ("reset", True)
    ANSWER_LOST_ONCE = ("answer lost", False)
    ANSWER_LOST = ("answer lost", True)
    DIES_BEFORE = ("dies before", True)
    DIES_AFTER = ("dies after", True)

    @property
    def is_mended_by_the_sdk(self) -> bool:
        """Whether a further attempt of the SDK succeeds."""
        return not self.value[1]

    @property
    def takes_effect(self) -> bool:
        """Whether the attempt reaches AWS all the same."""
        return self.value[0] in {"fails after effect", "answer lost"}


Happening = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function to AWS."""

    function: str
    operation: str


def representatives(calls: Sequence[Call]) -> list[int]:
    """Numbers of the calls, where the first of a row of equal queries stands for all of it."""
    return [
        number
        for number, call in enumerate(calls)
        if call.operation != "Query" or number == 0 or calls[number - 1] != call
    ]


@dataclass
class Boundary:
    """Counts the functions' calls to AWS, and lets planned things happen to them.

    ``plan`` maps the number of a call, from 0, to a fault, or to something that happens just
    before it. ``function`` is the one that runs; ``calls`` are the calls so far, and ``struck``
    the plans that came true.
    """

    plan: Mapping[int, Mode | Happening] = field(default_factory=dict)
    function: str = ""
    calls: list[Call] = field(default_factory=list)
    struck: list[int] = field(default_factory=list)
    _fault: Mode | None = None
    _attempts: int = 0

    def arm(self, plan: Mapping[int, Mode | Happening]) -> None:
        """Forget what was counted, and plan anew."""
        self.plan, self.calls, self.struck = plan, [], []

    def call(self, make: Callable[[], Any], operation: str) -> Any:
        """One call of a client, all of its attempts."""
        number = len(self.calls)
        self.calls.append(Call(self.function, operation))
        planned = self.plan.get(number)
        if planned is None:
            return make()
        self.struck.append(number)
        if not isinstance(planned, Mode):
            planned()
            return make()
        if planned is Mode.DIES_BEFORE:
            raise ProcessDied
        if planned is Mode.DIES_AFTER:
            make()
            raise ProcessDied
        self._fault, self._attempts = planned, 0
        try:
            return make()
        finally:
            self._fault = None

    def attempt(self, make: Callable[[], Any], endpoint: Endpoint, service: str) -> Any:
        """One attempt of a call: what botocore would get, an answer or an exception."""
        fault = self._fault
        self._attempts += 1
        if fault is None or (self._attempts > 1 and fault.is_mended_by_the_sdk):
            return make()
        if fault.takes_effect:
            make()
        return _gone_wrong(fault, endpoint, service)


@contextmanager
def boundary(patch: pytest.MonkeyPatch) -> Iterator[Boundary]:
    """Stand between the functions' clients and AWS; the harness's own clients are left alone."""
    watched = Boundary()
    make_call: Any = vars(BaseClient)["_make_api_call"]
    make_attempt: Any = vars(Endpoint)["_do_get_response"]

    def call(client: Any, operation: str, parameters: Any) -> Any:
        if client not in clients._made.values():
            return make_call(client, operation, parameters)
        return watched.call(lambda: make_call(client, operation, parameters), operation)

    def attempt(endpoint: Any, request: Any, model: Any, context: Any) -> Any:
        ours = any(client._endpoint is endpoint for client in clients._made.values())
        if not ours:
            return make_attempt(endpoint, request, model, context)
        service = model.service_model.service_name
        return watched.attempt(
            lambda: make_attempt(endpoint, request, model, context), endpoint, service
        )

    patch.setattr(BaseClient, "_make_api_call", call)
    patch.setattr(Endpoint, "_do_get_response", attempt)
    patch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _: None))
    # The quota would run dry over thousands of schedules, which one process never sees.
    patch.setattr(RetryQuotaChecker, "acquire_retry_quota", lambda *_: True)
    yield watched


def _gone_wrong(fault: Mode, endpoint: Endpoint, service: str) -> Any:
    match fault.value[0]:
        case "reset":
            return None, ConnectionClosedError(endpoint_url=endpoint.host)
        case "answer lost":
            return None, ReadTimeoutError(endpoint_url=endpoint.host)
        case "throttled":
            return _refusal(*_THROTTLING[service]), None
        case _:
            return _refusal("InternalServerError", 500), None


class _NoBody:
    """A response's body without a byte in it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        return iter(())


def _refusal(code: str, status: int) -> Any:
    parsed = {
        "Error": {"Code": code, "Message": "injected"},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}, "RequestId": "injected"},
    }
    return AWSResponse("https://injected", status, HTTPHeaders(), _NoBody()), parsed
