"""How long ago something was, in a few characters."""

from __future__ import annotations

from datetime import datetime

_SHORTEST = 2
"""Of a unit; below it the next smaller one says more."""

_UNITS = ((365 * 86_400, "y"), (86_400, "d"), (3_600, "h"), (60, "m"))


def age(moment: datetime, now: datetime) -> str:
    """In the largest unit that says enough, for example ``90 m``; never negative."""
    seconds = max(0, int((now - moment).total_seconds()))
    for length, name in _UNITS:
        if seconds >= _SHORTEST * length:
            return f"{seconds // length} {name}"
    return f"{seconds} s"
