"""Which of AWS's errors another try may mend; the only place that decides it.

They become :class:`~meshmill.domain.errors.DependencyUnavailable`, the cause chained: throttling,
5xx answers, and everything that happens on the way to an answer (no connection, reset, timeout,
a body cut short). All else is a mistake of ours or of the deployment (``AccessDenied``,
``ValidationException``, ``ResourceNotFoundException``, ``ParamValidationError``, no credentials)
and stays what it is, so that it shows as a defect and not as weather.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's, not the built-in one
    HTTPClientError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from meshmill.domain.errors import DependencyUnavailable

_SERVER_ERROR, _TOO_MANY_REQUESTS = 500, 429

#: Refusals that are about the moment and not about the request, though most are a 400.
PASSING = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "KmsThrottled",
        "OperationAborted",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)

#: Likewise, of a cancelled transaction: what became of one of its writes.
PASSING_REASONS = frozenset(
    {"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"}
)

_NO_ANSWER = (
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)


@contextmanager
def unavailable(service: str) -> Iterator[None]:
    """Translate what another try may mend, naming the service that failed.

    Also a decorator, for functions that make nothing but calls.

    Raises:
        DependencyUnavailable: after the SDK's own retries; the call may have taken effect.
    """
    try:
        yield
    except ClientError as error:
        if not _may_pass(error):
            raise
        raise DependencyUnavailable(f"{service} is unavailable") from error
    except _NO_ANSWER as error:
        raise DependencyUnavailable(f"{service} did not answer") from error


def code_of(error: ClientError) -> str:
    """The service's name for the error, or ``Unknown``."""
    return str(error.response.get("Error", {}).get("Code", "Unknown"))


def item_of(refusal: ClientError) -> dict[str, Any] | None:
    """The DynamoDB item that a conditional write was refused by; None where there is none.

    It is in the answer where the call asked for ``ReturnValuesOnConditionCheckFailure=ALL_OLD``.
    """
    response: Mapping[str, Any] = refusal.response
    return response.get("Item")


def cancellation_reasons(error: ClientError) -> list[Mapping[str, Any]]:
    """What became of each write of a cancelled transaction, in order: its ``Code``, or ``None``.

    For the rest there are none. A reason has the ``Item`` that refused it, where the write asked
    for ``ReturnValuesOnConditionCheckFailure=ALL_OLD``.
    """
    response: Mapping[str, Any] = error.response
    return list(response.get("CancellationReasons", []))


def _may_pass(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status >= _SERVER_ERROR or status == _TOO_MANY_REQUESTS or code_of(error) in PASSING:
        return True
    return any(reason.get("Code") in PASSING_REASONS for reason in cancellation_reasons(error))
