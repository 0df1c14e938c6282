"""Who asked for a change, and in which request: kept with what it changed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attribution:
    """``actor`` is ``user:<user_id>``, ``key:<key_id>`` or ``operator:<name>``.

    ``traceparent`` is the caller's trace context (W3C Trace Context, section 3.2), where it sent
    one.
    """

    actor: str
    request_id: str
    traceparent: str | None = None

    @property
    def trace_id(self) -> str | None:
        """The 32 hexadecimal digits that name the whole trace."""
        return None if self.traceparent is None else self.traceparent.split("-")[1]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who wants to read: their own data, or where ``reads_all_users`` anybody's."""

    user_id: str
    attribution: Attribution
    reads_all_users: bool = False
