"""Transactions of DynamoDB: all of their writes happen, or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from meshmill.aws.backoff import Backoff
from meshmill.aws.errors import PASSING_REASONS, cancellation_reasons, unavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_Answer = TypeVar("_Answer")

#: Tries of a transaction that meets others, at most about two seconds in all.
BACKOFF = Backoff(attempts=7, base_seconds=0.01)

_REFUSED = "ConditionalCheckFailed"


def write(
    client: DynamoDBClient, writes: Sequence[Any], backoff: Backoff = BACKOFF
) -> list[Mapping[str, Any]] | None:
    """Make all the writes, or none where the condition of one doesn't hold.

    Whoever meets another transaction, or is throttled, tries again: the SDK does not.

    Returns:
        None when they are made, else what became of each: see :func:`is_refused`.

    Raises:
        DependencyUnavailable: after the last try; they may have been made.
    """
    with unavailable("DynamoDB"):
        for _ in backoff.tries():
            try:
                client.transact_write_items(TransactItems=writes)
            except client.exceptions.TransactionCanceledException as error:
                cancelled = error
            else:
                return None
            reasons = cancellation_reasons(cancelled)
            if any(is_refused(reason) for reason in reasons):
                return reasons
            if not any(reason.get("Code") in PASSING_REASONS for reason in reasons):
                break
        raise cancelled


def past_others(
    client: DynamoDBClient, call: Callable[[], _Answer], backoff: Backoff = BACKOFF
) -> _Answer:
    """Make a call that is no transaction; while it meets one, it is tried again.

    Raises:
        DependencyUnavailable: after the last try.
    """
    with unavailable("DynamoDB"):
        for _ in backoff.tries():
            try:
                return call()
            except client.exceptions.TransactionConflictException as conflict:
                met = conflict
        raise met


def is_refused(reason: Mapping[str, Any]) -> bool:
    """Whether this write's condition didn't hold; ``Item`` is what it met, where it asked."""
    return reason.get("Code") == _REFUSED
