"""The overall shape of the relief before weather: one function and one row per landform."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.noise import periodic_noise, point_noise
from meshmill.geometry.rasters import smoothstep

_ONE, _HALF = np.float32(1.0), np.float32(0.5)
#: Borders come from this seed whatever the tile's own, or tiles would not meet.
_MEETING_SEED = 0x5EED
#: Half the width of a canyon's floor, and the way from there to its rim, in tile edges.
_RIVER, _LEAST_WALL, _WALL_BY_DEPTH = 0.035, 0.17, 0.8
#: Hard beds in the wall: where a cliff begins and ends on the way up, and its height.
_BEDS = ((0.10, 0.20, 0.09), (0.36, 0.42, 0.06), (0.52, 0.66, 0.17), (0.86, 0.97, 0.11))
#: Heights of a canyon's rim above its floor, and of the hills on the rim.
_RIM, _MESA = 0.72, 0.24
#: Depth by size from which cliffs give way to slopes.
_CLIFFS_UP_TO = 0.17
_ANY_SLOPE = 1e3


@dataclass(frozen=True, slots=True)
class Landform:
    """How land is raised and how it weathers.

    ``raise_land`` maps points (n, 2) of the unit square and a seed to heights (n,), and
    ``meeting_land`` points to heights 0 … 1 that every tile has at its borders, most of them at
    ``meeting_level``. Little of the land is steeper than ``steepest``, rise over run, before it
    weathers. ``grain`` is the size of fine bumps; ``cutting`` and ``repose`` scale water and
    slides; ``bareness`` scales slopes where covers are laid: sand lies on slopes that elsewhere
    are rock.
    """

    raise_land: Callable[[F32, int], F32]
    meeting_land: Callable[[F32], F32]
    meeting_level: float
    steepest: float
    grain: float
    cutting: float
    repose: float
    bareness: float


def _noise(points: F32, cells: float, seed: int) -> F32:
    lifted = np.empty((len(points), 3), dtype=np.float32)
    lifted[:, :2] = points * np.float32(cells)
    lifted[:, 2] = np.float32(0.37)
    return point_noise(lifted, seed)


def _fractal(points: F32, cells: float, octaves: int, gain: float, seed: int) -> F32:
    """Octaves of noise, each twice as fine and ``gain`` as strong; about -1 … 1."""
    total = np.zeros(len(points), dtype=np.float32)
    for octave in range(octaves):
        weight = np.float32(_power(gain, octave))
        total += weight * _noise(points, cells * 2**octave, seed + octave)
    return total


def _power(base: float, exponent: int) -> float:
    result = 1.0
    for _ in range(exponent):
        result *= base
    return result


def _warped(points: F32, cells: float, reach: float, seed: int) -> F32:
    """Points pushed aside by noise, so that ridges wander (Inigo Quilez, "Domain warping")."""
    shift = [_fractal(points, cells, 2, 0.5, seed + 40 * axis) for axis in (1, 2)]
    return points + np.stack(shift, axis=1) * np.float32(reach)


def _ridges(points: F32, cells: float, octaves: int, seed: int) -> F32:
    """Ridged multifractal: sharp where noise crosses zero, finer ridges only on high ground.

    F. Kenton Musgrave in "Texturing and Modeling: A Procedural Approach", 3rd edition, chapter 16.
    """
    total = np.zeros(len(points), dtype=np.float32)
    weight = np.ones(len(points), dtype=np.float32)
    for octave in range(octaves):
        signal = _ONE - np.abs(_noise(points, cells * 2**octave, seed + octave))
        signal = signal * signal * weight
        weight = np.clip(signal * np.float32(1.9), np.float32(0.0), _ONE)
        total += signal * np.float32(_power(0.48, octave))
    return total


def _from_centre(points: F32) -> F32:
    """Distance from the middle of the tile; 1 at the middle of a side."""
    away = points * np.float32(2.0) - _ONE
    distance: F32 = np.sqrt(away[:, 0] * away[:, 0] + away[:, 1] * away[:, 1])
    return distance


def _plains(points: F32, seed: int) -> F32:
    broad = _fractal(_warped(points, 2.0, 0.12, seed + 7), 1.9, 5, 0.36, seed)
    return _HALF + broad * np.float32(0.3)


def _hills(points: F32, seed: int) -> F32:
    return _fractal(_warped(points, 2.0, 0.08, seed + 7), 2.5, 5, 0.33, seed)


def _mountains(points: F32, seed: int) -> F32:
    bent = _warped(points, 2.0, 0.09, seed + 7)
    massif = _HALF + _HALF * _fractal(bent, 1.7, 3, 0.5, seed + 90)
    towards_centre = smoothstep(_from_centre(points), 1.25, 0.1)
    envelope = massif * np.float32(0.65) + towards_centre * np.float32(0.75)
    return _ridges(bent, 2.4, 6, seed) * envelope


def _dunes(points: F32, seed: int) -> F32:
    bent = _warped(points, 2.2, 0.11, seed + 7)
    swell = _fractal(points, 1.6, 3, 0.5, seed + 60)
    across = bent[:, 0] * np.float32(7.0) + bent[:, 1] * np.float32(2.2) + swell
    phase = across - np.floor(across)
    # A long windward slope and a short slip face, rounded at the trough.
    windward = smoothstep(phase, 0.0, 0.74)
    lee = smoothstep(phase, 1.0, 0.70)
    crest = np.minimum(windward, lee)
    size = np.clip(np.float32(0.62) + swell * np.float32(0.6), np.float32(0.12), _ONE)
    dunes: F32 = crest * size + swell * np.float32(0.16)
    return dunes


@dataclass(frozen=True, slots=True)
class _Canyon:
    """A river that winds from north to south below terraced walls, and gullies that join it.

    ``wall`` is the way from the river to the rim, in tile edges, ``cliffs`` how much of the hard
    beds, gullies and hills stands out from its slopes, 0 … 1.
    """

    wall: float
    cliffs: float

    def winding(self, points: F32, seed: int) -> F32:
        """The canyon of one tile."""
        to_end = np.minimum(points[:, 1], _ONE - points[:, 1])
        own = smoothstep(to_end, 0.02, 0.3)
        rough = own * np.float32(self.cliffs)
        course = np.stack((np.zeros_like(to_end), points[:, 1]), axis=1)
        bend = _fractal(course, 2.6, 2, 0.35, seed) * np.float32(0.42)
        ragged = _fractal(points, 5.0, 4, 0.55, seed + 3)
        away = np.abs(points[:, 0] - _HALF - own * bend)
        away += rough * ragged * smoothstep(away, 0.03, 0.16) * np.float32(0.085)
        gully = np.abs(_noise(_warped(points, 3.0, 0.07, seed + 7), 3.4, seed + 2))
        gully = gully * np.float32(1.7 * self.wall) + away * np.float32(0.62)
        away += rough * (np.minimum(away, gully) - away)
        rugged = _fractal(points, 3.6, 3, 0.45, seed + 5) + ragged * np.float32(0.35)
        mesas = smoothstep(rugged, 0.12, 0.3) * smoothstep(away, self.wall, 1.5 * self.wall)
        land = self._strata(away)
        land += mesas * np.float32(_MESA * self.cliffs)
        land += ragged * np.float32(0.02)
        return land

    def straight(self, points: F32) -> F32:
        """What all tiles have at their borders: the river through the middle."""
        return self._strata(np.abs(points[:, 0] - _HALF))

    def _strata(self, away: F32) -> F32:
        """Cliffs of hard beds over slopes of soft ones, by distance from the river."""
        rise = (away - np.float32(_RIVER)) * np.float32(1.0 / self.wall)
        slope = _RIM - self.cliffs * sum(cliff for _, _, cliff in _BEDS)
        height: F32 = np.clip(rise, np.float32(0.0), _ONE) * np.float32(slope)
        height += smoothstep(away, 0.5 * _RIVER, _RIVER) * np.float32(0.03)
        for low, high, cliff in _BEDS:
            height += smoothstep(rise, low, high) * np.float32(cliff * self.cliffs)
        return height


def _island(points: F32, seed: int) -> F32:
    bent = _warped(points, 2.0, 0.13, seed + 7)
    shore = _from_centre(bent) + np.float32(0.16) * _fractal(points, 3.0, 4, 0.5, seed + 20)
    dome = smoothstep(shore, 0.86, 0.3)
    peaks = _ridges(bent, 2.7, 6, seed) * smoothstep(shore, 0.7, 0.1)
    return dome * np.float32(0.45) + peaks * np.float32(0.45)


def _rolling(level: float, size: float) -> Callable[[F32], F32]:
    """Land about ``level`` that continues itself from tile to tile, ``size`` up and down."""

    def heights(points: F32) -> F32:
        edge = round(sqrt(len(points)))
        along = points[:edge, 0]
        noise = np.zeros((edge, edge), dtype=np.float32)
        features, weight = 2, np.float32(size * 0.6)
        while features <= edge // 4:
            noise += periodic_noise(along, along, features, _MEETING_SEED + features) * weight
            features, weight = features * 2, weight * _HALF
        rolling: F32 = noise.ravel() + np.float32(level)
        return rolling

    return heights


LANDFORMS: dict[str, Landform] = {
    "plains": Landform(_plains, _rolling(0.28, 0.14), 0.28, 1.0, 0.006, 0.35, 1.0, 0.85),
    "hills": Landform(_hills, _rolling(0.25, 0.16), 0.25, 1.2, 0.010, 0.6, 1.0, 0.75),
    "mountains": Landform(_mountains, _rolling(0.14, 0.10), 0.14, 1.35, 0.030, 1.0, 1.0, 0.9),
    "dunes": Landform(_dunes, _rolling(0.25, 0.10), 0.25, 1.5, 0.002, 0.12, 0.8, 0.3),
    "island": Landform(_island, _rolling(0.03, 0.02), 0.03, 1.35, 0.016, 0.8, 1.0, 0.85),
}


def landform(name: str, steepness: float) -> Landform:
    """The landform ``name`` of a tile whose relief is ``steepness`` of its edge.

    The walls of canyons take more room the deeper they are.
    """
    if name != "canyon":
        return LANDFORMS[name]
    canyon = _Canyon(
        wall=max(_LEAST_WALL, _WALL_BY_DEPTH * steepness),
        cliffs=min(1.0, _CLIFFS_UP_TO / max(steepness, _CLIFFS_UP_TO)),
    )
    return Landform(canyon.winding, canyon.straight, 0.75, _ANY_SLOPE, 0.008, 0.25, 2.5, 1.0)
