"""Options of the terrain generator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from meshmill.geometry.options import Options, told_limit

_SNOWY_BIOMES = ("temperate", "arctic")


class TerrainOptions(Options):
    """A square of land, seen from a few metres to a few kilometres."""

    size_m: float = Field(256.0, ge=16, le=4096, description="Edge length in metres.")
    relief_m: float = Field(
        60.0,
        ge=0,
        le=1000,
        description="Height between the lowest and the highest point in metres; "
        "at most half of size_m.",
    )
    landform: Literal["plains", "hills", "mountains", "dunes", "canyon", "island"] = Field(
        "mountains", description="Overall shape of the relief."
    )
    biome: Literal["temperate", "desert", "arctic", "volcanic"] = Field(
        "temperate", description="Ground materials and their colours."
    )
    erosion: float = Field(
        0.4, ge=0, le=1, description="Strength of thermal and hydraulic erosion."
    )
    sea_level: float = Field(
        0.0, ge=0, le=1, description="Level of the water as a share of the relief; 0 is no water."
    )
    snow_line: float = Field(
        0.8, ge=0, le=1, description="Share of the relief above which snow lies on gentle slopes."
    )
    skirt_m: float = Field(
        2.0, ge=0, le=50, description="Depth of the border that hides cracks between tiles, metres."
    )

    def out_of_proportion(self) -> Mapping[str, str]:
        """Relief steeper than half the size can't be drawn without overhangs."""
        if self.relief_m > self.size_m / 2:
            default = type(self).model_fields["relief_m"].default
            half = told_limit(self.size_m / 2)
            reason = f"must be at most half of size_m ({half}); unless given, it is {default:g}"
            return {"relief_m": reason}
        return {}

    def without_effect(self) -> Mapping[str, str]:
        """Flat land has no landform to shape; desert and lava carry no snow."""
        inert: dict[str, str] = {}
        if self.relief_m == 0:
            flat = "has no effect when relief_m is 0"
            inert |= dict.fromkeys(("landform", "erosion", "sea_level", "snow_line"), flat)
        if self.biome not in _SNOWY_BIOMES:
            inert["snow_line"] = f"has no effect in the biome {self.biome}"
        return inert
