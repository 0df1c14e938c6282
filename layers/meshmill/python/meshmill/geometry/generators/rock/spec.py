"""Options of the rock generator."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from meshmill.geometry.options import Options


class RockOptions(Options):
    """A stone or a cluster of stones, standing a little into the ground."""

    size_m: float = Field(1.0, ge=0.05, le=20, description="Longest edge of the bounds, metres.")
    form: Literal["boulder", "slab", "spire", "cobble", "shard"] = Field(
        "boulder", description="Overall proportions."
    )
    mineral: Literal["granite", "basalt", "limestone", "sandstone", "slate"] = Field(
        "granite", description="Colour, grain and roughness."
    )
    angularity: float = Field(0.5, ge=0, le=1, description="From water-worn to freshly broken.")
    cavities: float = Field(0.3, ge=0, le=1, description="Depth of pits and hollows.")
    strata: float = Field(0.0, ge=0, le=1, description="Depth of sedimentary layers.")
    moss: float = Field(0.2, ge=0, le=1, description="Share of the upward faces that moss covers.")
    cluster: int = Field(1, ge=1, le=7, description="Number of stones.")
