"""What may happen to a request on its way, to its answer on the way back, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What happens to one request; the value is how it reads where a schedule is printed."""

    NONE = "none"
    THROTTLED = "429 for seconds"
    THROTTLED_UNTIL = "429 until a date"
    THROTTLED_BY_GATEWAY = "429 by the gateway"
    UNAVAILABLE = "503 with a time"
    UNAVAILABLE_BARE = "503"
    STORE_FAILED = "500 of the store"
    BAD_GATEWAY = "502"
    EXPIRED = "401 of a good token"
    REFUSED = "connection refused"
    RESET = "reset before"
    UNAVAILABLE_AFTER = "503 after the effect"
    TIMED_OUT_AFTER = "504 after the effect"
    RESET_AFTER = "reset after the effect"
    SILENT_AFTER = "no answer in time"
    CUT = "answer breaks off"
    TRUNCATED = "answer is shorter"
    FLIPPED = "one byte differs"
    RANGE_IGNORED = "all instead of a range"
    SLOW = "bytes in drips"
    STALE = "closed after the answer"


#: No answer comes of what has taken effect.
LOST = frozenset({Fault.RESET_AFTER, Fault.SILENT_AFTER})
#: The service never sees the request.
KEPT_BACK = frozenset(
    {
        Fault.THROTTLED,
        Fault.THROTTLED_UNTIL,
        Fault.THROTTLED_BY_GATEWAY,
        Fault.UNAVAILABLE,
        Fault.UNAVAILABLE_BARE,
        Fault.STORE_FAILED,
        Fault.BAD_GATEWAY,
        Fault.EXPIRED,
        Fault.REFUSED,
        Fault.RESET,
    }
)
#: The client gets a good answer all the same; a connection that is closed may disturb the next.
HARMLESS = frozenset({Fault.NONE, Fault.RANGE_IGNORED, Fault.SLOW, Fault.STALE})
_DISTORTING = frozenset({Fault.TRUNCATED, Fault.FLIPPED, Fault.RANGE_IGNORED})


class Target(StrEnum):
    """Where a request goes."""

    API = "api"
    LINK = "signed status"
    TOKEN = "token endpoint"
    FILE = "download"
    FORM = "upload"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as far as a schedule looks at it; ``bearer`` tells of a token in it."""

    method: str
    path: str
    bearer: bool = False

    @property
    def target(self) -> Target:
        """Told from the path alone: whatever is none of the service's own is the store's."""
        if self.path.startswith("/api/v1/status/"):
            return Target.LINK
        if self.path.startswith("/api/"):
            return Target.API
        if self.path == "/oauth2/token":
            return Target.TOKEN
        return Target.FILE if self.method == "GET" else Target.FORM

    def allows(self, fault: Fault) -> bool:
        """Whether this can happen to it; only files are checked for what they contain."""
        if fault is Fault.EXPIRED:
            return self.bearer and self.target is Target.API
        if fault in _DISTORTING:
            return self.target is Target.FILE
        if fault is Fault.STORE_FAILED:
            return self.target in {Target.FILE, Target.FORM}
        if fault is Fault.THROTTLED_BY_GATEWAY:
            return self.target in {Target.API, Target.LINK}
        return True


def distorted(fault: Fault, body: bytes) -> bytes:
    """The body as it arrives."""
    if fault is Fault.TRUNCATED:
        return body[: len(body) // 2]
    if fault is Fault.FLIPPED and body:
        middle = len(body) // 2
        return body[:middle] + bytes([body[middle] ^ 0xFF]) + body[middle + 1 :]
    return body
