"""Options of the building generator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from meshmill.geometry.options import Options


class BuildingOptions(Options):
    """A house, an office block, a warehouse or a timber-framed building of one mass.

    ``width_m`` and ``depth_m`` are the footprint of the ground floor's walls. Eaves, cornices,
    balconies, canopies, entrance steps and the jettied storeys of the medieval style project
    beyond it. Walls are ``storeys`` times ``storey_height_m`` high; the roof stands on them.
    """

    style: Literal["residential", "office", "warehouse", "medieval"] = Field(
        "residential", description="Openings, wall materials and trim."
    )
    storeys: int = Field(4, ge=1, le=40, description="Number of storeys below the roof.")
    width_m: float = Field(12.0, ge=4, le=80, description="Length of the front wall in metres.")
    depth_m: float = Field(10.0, ge=4, le=80, description="Length of the side walls in metres.")
    storey_height_m: float = Field(
        3.0, ge=2.4, le=6, description="Height from floor to floor in metres."
    )
    roof: Literal["flat", "gable", "hip", "mansard", "sawtooth"] = Field(
        "gable", description="Shape of the roof; its ridge follows the longer walls."
    )
    window_density: float = Field(
        0.6,
        ge=0,
        le=1,
        description="Share of the bays with a window, rounded to whole bays: 0 none, 1 all.",
    )
    lit_windows: float = Field(
        0.3, ge=0, le=1, description="Share of the windows with a light behind them."
    )

    def without_effect(self) -> Mapping[str, str]:
        """Where there are no windows, none can be lit."""
        if self.window_density == 0:
            return {"lit_windows": "has no effect when window_density is 0"}
        return {}
