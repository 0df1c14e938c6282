"""The SDK and the emulator behind it, left out of what coverage traces.

The tracer is called for each of their lines only to find that they aren't ours, which doubles the
time of every call. Nothing of ours runs inside one, but for what tests hook into it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest import mock

from botocore.client import BaseClient


@contextmanager
def untraced_sdk() -> Iterator[None]:
    """Suspend this thread's tracer for as long as a call of boto3's lasts."""
    call = BaseClient._make_api_call  # type: ignore[attr-defined]  # the stubs leave it out

    def call_untraced(client: BaseClient, operation: str, parameters: Mapping[str, Any]) -> Any:
        tracer = sys.gettrace()
        sys.settrace(None)
        try:
            return call(client, operation, parameters)
        finally:
            sys.settrace(tracer)

    with mock.patch.object(BaseClient, "_make_api_call", call_untraced):
        yield
