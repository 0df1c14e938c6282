"""Where an asset came from: the line of the manifest that asked for it first."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """Written once, with the asset, and never changed.

    ``line`` is the physical line of the manifest at which the request stands, counted from 1, and
    ``chunk`` the number of the stretch of the manifest that it lies in, counted from 0.
    """

    batch_id: str
    chunk: int
    line: int
