"""What trends know options by: their values, and proportions that matter more than those."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import radians, tan
from typing import Any

from meshmill.geometry.options import Options

_SLICES_PER_RADIAN = 32.0
#: What walls without windows take, as a share of what windows add; and warehouses have few.
_WINDOWLESS, _WAREHOUSE = 0.1, 0.25


@dataclass(frozen=True, slots=True)
class Proportion:
    """A figure made of several options, within bounds beyond which it changes nothing."""

    name: str
    low: float
    high: float
    of: Callable[[Any], float]

    def at(self, options: Options) -> float:
        """The figure, kept within its bounds."""
        return min(max(self.of(options), self.low), self.high)


def _around(house: Any) -> float:
    """Lengths of the walls of all storeys."""
    length: float = 2.0 * (house.width_m + house.depth_m) * house.storeys
    return length


def _glazed(house: Any) -> float:
    density: float = house.window_density
    return density * _WAREHOUSE if house.style == "warehouse" else density


#: By generator.
PROPORTIONS: Mapping[str, tuple[Proportion, ...]] = {
    "gear": (
        Proportion("width_by_diameter", 0.01, 5.0, lambda gear: gear.face_width_mm / _pitch(gear)),
        Proportion("tooth_rows", 32.0, 300.0, lambda gear: gear.teeth * (3.0 + _slices(gear))),
        Proportion("bore_by_diameter", 0.0, 0.5, lambda gear: gear.bore_mm / _pitch(gear)),
    ),
    "crate": (
        Proportion("width_by_height", 0.1, 10.0, lambda crate: crate.width_m / crate.height_m),
        Proportion("depth_by_height", 0.1, 10.0, lambda crate: crate.depth_m / crate.height_m),
        Proportion("longest_m", 0.1, 5.0, lambda crate: max(_edges(crate))),
    ),
    "building": (
        Proportion("storeys_m", 10.0, 1_000.0, _around),
        Proportion(
            "windows_m",
            2.0,
            400.0,
            lambda house: _around(house) * (_WINDOWLESS + _glazed(house)),
        ),
    ),
}


#: Options that matter by their proportions alone.
_REPLACED: Mapping[str, tuple[str, ...]] = {
    "gear": ("face_width_mm", "bore_mm", "helix_deg"),
    "crate": ("width_m", "height_m", "depth_m"),
    "building": ("width_m", "depth_m", "window_density"),
}
#: Options that matter together: every combination of them is a kind with factors of its own.
KINDS: Mapping[str, tuple[str, ...]] = {"crate": ("material", "bracing", "planks", "open")}


def measures_of(generator: str, options: Options) -> dict[str, Any]:
    """Options by name, but for those that the generator's proportions stand for, and its kind."""
    replaced = _REPLACED.get(generator, ())
    measures = {name: value for name, value in options if name not in replaced}
    if generator in KINDS:
        measures["kind"] = kind_of([getattr(options, name) for name in KINDS[generator]])
    return measures | {each.name: each.at(options) for each in PROPORTIONS.get(generator, ())}


def kind_of(values: Sequence[Any]) -> str:
    """How a combination of options is called."""
    return " ".join(str(value) for value in values)


def _edges(crate: Any) -> tuple[float, float, float]:
    return crate.width_m, crate.height_m, crate.depth_m


def _slices(gear: Any) -> float:
    """Slices along the axis in which finely drawn teeth follow their helix."""
    twist: float = 2.0 * tan(radians(abs(gear.helix_deg))) * gear.face_width_mm / _pitch(gear)
    return max(1.0, _SLICES_PER_RADIAN * twist)


def _pitch(gear: Any) -> float:
    diameter: float = gear.teeth * gear.module_mm
    return diameter
