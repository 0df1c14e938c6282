"""Transactions that DynamoDB cancels before they take effect, because of what others do."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any


@contextmanager
def cancelled_transactions(client: Any) -> Iterator[deque[list[str]]]:
    """Each list of codes planned here cancels one transaction, a code for each of its writes.

    A single code stands for the first write's.
    """
    planned: deque[list[str]] = deque()

    def answer(params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]] | None:
        if not planned:
            return None
        codes = planned.popleft()
        return SimpleNamespace(status_code=400), {
            "Error": {"Code": "TransactionCanceledException", "Message": "planned"},
            "ResponseMetadata": {"HTTPStatusCode": 400},
            "CancellationReasons": [{"Code": code} for code in codes],
        }

    event = "before-call.dynamodb.TransactWriteItems"
    client.meta.events.register(event, answer)
    try:
        yield planned
    finally:
        client.meta.events.unregister(event, answer)
