"""Options of the gear generator."""

from __future__ import annotations

from collections.abc import Mapping
from math import pi, radians, tan
from typing import Literal

from pydantic import Field

from meshmill.geometry.generators.gear.proportions import (
    SMALLEST_KEYED_BORE,
    hub_radius,
    key_size,
    largest_bore,
    least_window,
    most_turns,
    rim_radius,
    root_radius,
    window_room,
)
from meshmill.geometry.options import Options, told_limit


class GearOptions(Options):
    """An involute gear, spur or helical: addendum 1 module, dedendum 1.25, no profile shift."""

    teeth: int = Field(24, ge=8, le=200, description="Number of teeth.")
    module_mm: float = Field(
        5.0,
        ge=0.5,
        le=50,
        description="Module in millimetres, in the plane of rotation: "
        "the pitch diameter is teeth times module.",
    )
    pressure_angle_deg: Literal[14.5, 20.0, 25.0] = Field(  # type: ignore[valid-type]
        20.0, description="Pressure angle in the plane of rotation, degrees."
    )
    face_width_mm: float = Field(
        40.0, ge=1, le=500, description="Width of the teeth along the axis, millimetres."
    )
    helix_deg: float = Field(
        0.0,
        ge=-45,
        le=45,
        description="Helix angle at the pitch circle, degrees; positive is right-handed.",
    )
    bore_mm: float = Field(
        20.0,
        ge=0,
        le=4937.5,
        description="Diameter of the bore in millimetres, at most half of the root circle's; "
        "0 is no bore.",
    )
    web: Literal["solid", "spokes", "holes"] = Field(
        "solid", description="What joins the rim to the hub."
    )
    keyway: bool = Field(
        default=True, description="Whether the bore has a keyway (DIN 6885), from 6 mm diameter on."
    )

    def out_of_proportion(self) -> Mapping[str, str]:
        """Bores and windows need room, keys a bore; teeth wind around by half a turn at most."""
        refused: dict[str, str] = {}
        most = largest_bore(self.teeth, self.module_mm)
        if self.bore_mm > most:
            refused["bore_mm"] = (
                f"must be at most {told_limit(most)}, half of the root circle's diameter"
            )
        elif self.keyway and 0 < self.bore_mm < SMALLEST_KEYED_BORE:
            reason = f"is only cut in bores of at least {SMALLEST_KEYED_BORE:g} mm"
            refused |= {"keyway": reason, "bore_mm": f"is too small for a keyway, which {reason}"}
        if self.web != "solid" and self._window_room() < least_window(self.module_mm):
            refused["web"] = f"leaves no room for {self.web} between the rim and the hub"
        if self.face_width_mm > (widest := self._widest()):
            refused["face_width_mm"] = (
                f"must be at most {told_limit(widest)} at this helix, "
                "or teeth would wind around too far"
            )
        return refused

    def without_effect(self) -> Mapping[str, str]:
        """Without a bore there is nothing to key."""
        return {"keyway": "has no effect when bore_mm is 0"} if self.bore_mm == 0 else {}

    def _window_room(self) -> float:
        root = root_radius(self.teeth, self.module_mm)
        key_depth = key_size(self.bore_mm)[1] if self.keyway and self.bore_mm else 0.0
        hub = hub_radius(root, self.module_mm, self.bore_mm, key_depth)
        return window_room(rim_radius(root, self.module_mm), hub)

    def _widest(self) -> float:
        slope = tan(radians(abs(self.helix_deg)))
        around = most_turns(self.teeth) * pi * self.teeth * self.module_mm
        return around / slope if slope > 0 else self.face_width_mm
