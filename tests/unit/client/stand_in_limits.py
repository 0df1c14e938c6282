"""What a client tells of each fault once it has had enough of it."""

from __future__ import annotations

from meshmill_client.errors import (
    ChecksumMismatch,
    ConnectionFailed,
    MeshmillError,
    RateLimitExceeded,
    ServerError,
    ServiceUnavailable,
    Truncated,
)
from tests.support.fault_proxy.faults import KEPT_BACK, Fault
from tests.support.fault_proxy.schedules import Always, Recorded

#: Of a client, unless told otherwise.
ATTEMPTS = 5
#: By faults that can happen to every request but, for the gateway's, outside of the API.
TOLD: dict[Fault, type[MeshmillError]] = {
    Fault.THROTTLED: RateLimitExceeded,
    Fault.THROTTLED_UNTIL: RateLimitExceeded,
    Fault.THROTTLED_BY_GATEWAY: RateLimitExceeded,
    Fault.UNAVAILABLE: ServiceUnavailable,
    Fault.UNAVAILABLE_BARE: ServiceUnavailable,
    Fault.UNAVAILABLE_AFTER: ServiceUnavailable,
    Fault.BAD_GATEWAY: ServiceUnavailable,
    Fault.TIMED_OUT_AFTER: ServiceUnavailable,
    Fault.REFUSED: ConnectionFailed,
    Fault.RESET: ConnectionFailed,
    Fault.RESET_AFTER: ConnectionFailed,
    Fault.SILENT_AFTER: ConnectionFailed,
    Fault.CUT: ConnectionFailed,
}
TOLD_OF_TOKENS: dict[Fault, type[MeshmillError]] = {
    fault: error for fault, error in TOLD.items() if fault is not Fault.THROTTLED_BY_GATEWAY
}
TOLD_OF_FORMS: dict[Fault, type[MeshmillError]] = {
    **TOLD_OF_TOKENS,
    Fault.STORE_FAILED: ServerError,
}
TOLD_OF_FILES: dict[Fault, type[MeshmillError]] = {
    **TOLD_OF_FORMS,
    Fault.TRUNCATED: Truncated,
    Fault.FLIPPED: ChecksumMismatch,
}
#: Those after which the service can't have acted on the request, and the client knows.
CERTAIN = [Fault.THROTTLED, Fault.THROTTLED_UNTIL, Fault.THROTTLED_BY_GATEWAY, Fault.REFUSED]
#: Those after which it has.
EFFECTIVE = [fault for fault in TOLD if fault not in KEPT_BACK]


def named(fault: Fault) -> str:
    """The id of a test's parameter."""
    return fault.name.lower()


def always(fault: Fault, method: str, path: str) -> Recorded:
    """The fault at each request of a method to a path that contains a text."""
    return Recorded(Always(fault, method, path), f"always {fault}")
