"""Options of the crate generator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from meshmill.geometry.options import Options


class CrateOptions(Options):
    """A crate to carry things in, standing on the ground."""

    width_m: float = Field(1.0, ge=0.1, le=5, description="Width of the bounds, metres.")
    height_m: float = Field(1.0, ge=0.1, le=5, description="Height of the bounds, metres.")
    depth_m: float = Field(1.0, ge=0.1, le=5, description="Depth of the bounds, metres.")
    material: Literal["wood", "metal", "plastic"] = Field(
        "wood", description="Nailed planks, a welded sheet box, or a moulded container."
    )
    planks: int = Field(
        5, ge=2, le=12, description="Planks on each side; of metal and plastic, ribs on each side."
    )
    bracing: Literal["none", "edges", "cross"] = Field(
        "edges",
        description="Nothing on the sides, a frame along the edges, or a frame with diagonals.",
    )
    wear: float = Field(
        0.4, ge=0, le=1, description="Worn edges, scratches, dirt, dents and, on metal, rust."
    )
    open: bool = Field(default=False, description="Without a lid, so that the inside shows.")

    def without_effect(self) -> Mapping[str, str]:
        """A moulding has its frame in the mould."""
        if self.material == "plastic":
            return {"bracing": "has no effect on plastic"}
        return {}
