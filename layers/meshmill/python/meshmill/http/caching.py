"""How long answers about somebody's data may be kept, and when to ask for them again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ASSET_POLL_SECONDS: Final = 1
#: A job is carried on once a minute; asked for more often, it tells the same.
JOB_POLL_SECONDS: Final = 10
#: Hundreds of lines are counted in a second: more often there is little to see.
BATCH_POLL_SECONDS: Final = 2
PRIVATE: Final[Mapping[str, str]] = {"Cache-Control": "private, no-cache"}
#: Of a signed link: a CDN may make one poll of all that come within a second.
COLLAPSIBLE: Final[Mapping[str, str]] = {"Cache-Control": "public, max-age=1"}


def polled(seconds: int) -> Mapping[str, str]:
    """Private, and worth asking for again after so many seconds."""
    return {**PRIVATE, "Retry-After": str(seconds)}
