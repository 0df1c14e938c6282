"""Options of the tree generator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from meshmill.geometry.options import Options

_EVERGREENS = ("conifer", "palm")


class TreeOptions(Options):
    """A tree, shrub or palm with bark, branches and leaves on alpha-tested cards."""

    height_m: float = Field(8.0, ge=0.5, le=40, description="Height above ground in metres.")
    habit: Literal["broadleaf", "birch", "conifer", "palm", "shrub"] = Field(
        "broadleaf", description="How it grows, and the kind of its bark and leaves."
    )
    season: Literal["spring", "summer", "autumn", "bare"] = Field(
        "summer",
        description="Fresh leaves and blossom, full leaves, warm colours, or twigs alone; "
        "conifers and palms are evergreen.",
    )
    trunk_ratio: float = Field(
        0.03, ge=0.01, le=0.08, description="Diameter of the trunk as a share of the height."
    )
    branch_levels: int = Field(
        3, ge=1, le=4, description="Orders of branches beyond the trunk; a palm has none."
    )
    crown_density: float = Field(
        0.7,
        ge=0,
        le=1,
        description="How much foliage the crown holds; of a bare one, how many twigs.",
    )
    spread_deg: float = Field(
        45.0,
        ge=10,
        le=90,
        description="How far branches or fronds turn away from the trunk, degrees.",
    )
    lean: float = Field(
        0.05,
        ge=0,
        le=0.5,
        description="Sideways shift of the trunk's top as a share of the height.",
    )

    def without_effect(self) -> Mapping[str, str]:
        """Evergreens know no seasons, and palms no branches."""
        inert: dict[str, str] = {}
        if self.habit in _EVERGREENS:
            inert["season"] = f"has no effect on the evergreen habit {self.habit}"
        if self.habit == "palm":
            inert["branch_levels"] = "has no effect on the habit palm, which doesn't branch"
        return inert
