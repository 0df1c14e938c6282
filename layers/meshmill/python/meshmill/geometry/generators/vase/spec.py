"""Options of the vase generator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from meshmill.geometry.options import Options, told_limit

#: Thickest walls as shares of the neck's radius, of the largest radius and of the height.
_OF_NECK, _OF_BELLY, _OF_HEIGHT = 0.85, 0.35, 0.12
_MILLIMETRES = 1000


class VaseOptions(Options):
    """A vessel thrown on the wheel: hollow, with a foot ring, standing on its base centre.

    Sides are slightly out of round, as the seed says. With one handle the origin is still the
    base centre of the bounds, and the vessel stands a little aside.
    """

    height_m: float = Field(0.35, ge=0.05, le=2, description="Height in metres.")
    profile: Literal["amphora", "bottle", "bowl", "urn", "tulip"] = Field(
        "urn", description="Outline of the vessel."
    )
    belly: float = Field(
        0.6, ge=0.3, le=1.5, description="Largest diameter, without handles, over height."
    )
    neck: float = Field(
        0.4,
        ge=0.1,
        le=1,
        description="Narrowest diameter above the belly over the largest diameter; "
        "of a bowl, whose widest place is the rim, the waist above its foot.",
    )
    wall_mm: float = Field(
        5.0,
        ge=2,
        le=20,
        description="Thickness of the wall, millimetres; at most 85 % of the neck's radius (except "
        "of a bowl), 35 % of the largest radius and 12 % of the height.",
    )
    handles: int = Field(0, ge=0, le=2, description="Handles, on opposite sides.")
    glaze: Literal["celadon", "cobalt", "terracotta", "raku", "white"] = Field(
        "celadon", description="What it was fired with; terracotta is burnished clay."
    )
    pattern: Literal["none", "bands", "crackle"] = Field(
        "none",
        description="bands: rings and friezes, carved or painted as the glaze has it; "
        "crackle: a network of fine cracks.",
    )

    def out_of_proportion(self) -> Mapping[str, str]:
        """Walls that would close the neck or fill the body."""
        radius = self.belly * self.height_m * 0.5
        limits = {
            "of the largest radius": radius * _OF_BELLY,
            "of the height": self.height_m * _OF_HEIGHT,
        }
        if self.profile != "bowl":
            limits["of the neck's radius"] = radius * self.neck * _OF_NECK
        share = min(limits, key=lambda name: limits[name])
        most = limits[share] * _MILLIMETRES
        if self.wall_mm > most:
            return {"wall_mm": f"must be at most {told_limit(most)} here, for its share {share}"}
        return {}
