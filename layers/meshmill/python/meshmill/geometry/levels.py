"""Triangle budgets of qualities and of levels of detail."""

from __future__ import annotations

from typing import Literal

BUDGETS: dict[Literal["low", "medium", "high"], int] = {
    "low": 2_000,
    "medium": 20_000,
    "high": 200_000,
}


def level_budget(budget: int, level: int) -> int:
    """Triangles of a level of detail, half as many at each; level 0 is the model itself."""
    return budget >> level


def level_suffix(level: int) -> str:
    """How mesh names of a level end: nothing for the model itself, then ``_LOD1``."""
    return f"_LOD{level}" if level else ""
