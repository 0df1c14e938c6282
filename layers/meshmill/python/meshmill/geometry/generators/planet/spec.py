"""Options of the planet generator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from meshmill.geometry.options import Options

#: Kinds on which an option shows, where it doesn't on all.
_SHOWS_ON: dict[str, tuple[str, ...]] = {
    "ocean": ("terran", "lava"),
    "craters": ("terran", "arid", "ice", "lava", "moon"),
    "clouds": ("terran", "arid", "ice", "gas"),
    "ice_caps": ("terran", "arid"),
    "relief": ("terran", "arid", "ice", "lava", "moon"),
}


class PlanetOptions(Options):
    """A planet or moon, its centre at the origin, its axis upright."""

    radius_m: float = Field(
        1.0, ge=0.1, le=100, description="Radius of the datum, which seas are at, in metres."
    )
    kind: Literal["terran", "arid", "ice", "lava", "gas", "moon"] = Field(
        "terran", description="What the globe is made of."
    )
    ocean: float = Field(
        0.55, ge=0, le=1, description="Share of the surface under water or molten rock."
    )
    craters: float = Field(0.2, ge=0, le=1, description="Number and size of impact craters.")
    clouds: float = Field(
        0.4, ge=0, le=1, description="Cover of the cloud shell; turbulence of a gas giant."
    )
    ice_caps: float = Field(0.15, ge=0, le=1, description="Reach of the polar ice.")
    relief: float = Field(
        0.02, ge=0, le=0.1, description="Height of the highest ground as a share of the radius."
    )
    atmosphere: bool = Field(default=False, description="A thin translucent shell of air.")

    def without_effect(self) -> Mapping[str, str]:
        """Not every kind has seas, clouds or ground; a globe all of sea has no land to shape."""
        inert = {
            member: f"has no effect on the kind {self.kind}"
            for member, kinds in _SHOWS_ON.items()
            if self.kind not in kinds
        }
        if self.kind in _SHOWS_ON["ocean"] and self.ocean == 1:
            for member in ("craters", "relief"):
                inert[member] = "has no effect when ocean covers the globe"
        return inert
