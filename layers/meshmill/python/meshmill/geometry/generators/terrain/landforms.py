"""The overall shape of the relief before weather: one function and one row per landform."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.noise import point_noise
from meshmill.geometry.rasters import smoothstep

_ONE, _HALF = np.float32(1.0), np.float32(0.5)


@dataclass(frozen=True, slots=True)
class Landform:
    """How land is raised and how it weathers.

    ``raise_land`` maps points (n, 2) of the unit square and a seed to heights (n,).
    ``border_level`` and ``border_range`` give the share of the relief at which tiles meet.
    ``grain`` is the size of fine bumps, ``cutting`` and ``repose`` scale water and slides;
    ``bareness`` scales slopes where covers are laid: sand lies on slopes that elsewhere are rock.
    """

    raise_land: Callable[[F32, int], F32]
    border_level: float
    border_range: float
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
    broad = _fractal(_warped(points, 2.0, 0.12, seed + 7), 2.3, 5, 0.42, seed)
    return _HALF + broad * np.float32(0.3)


def _hills(points: F32, seed: int) -> F32:
    return _fractal(_warped(points, 2.0, 0.08, seed + 7), 2.9, 5, 0.33, seed)


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


def _canyon(points: F32, seed: int) -> F32:
    bent = _warped(points, 2.0, 0.13, seed + 7)
    river = np.abs(_noise(bent, 1.6, seed) + np.float32(0.25) * _noise(bent, 4.1, seed + 1))
    branches = np.abs(_noise(bent, 4.6, seed + 2)) + river * np.float32(0.55)
    depth = np.minimum(river * np.float32(5.5), branches * np.float32(4.2) + np.float32(0.35))
    rim = np.clip(depth, np.float32(0.0), _ONE)
    rim += _fractal(points, 7.0, 4, 0.5, seed + 11) * np.float32(0.05)
    steps = np.float32(5.0)
    terrace = np.floor(rim * steps)
    within = smoothstep(rim * steps - terrace, 0.55, 0.98)
    mesa = _fractal(points, 3.0, 3, 0.5, seed + 30) * np.float32(0.06)
    canyon: F32 = (terrace + within) / steps + mesa
    return canyon


def _island(points: F32, seed: int) -> F32:
    bent = _warped(points, 2.0, 0.13, seed + 7)
    shore = _from_centre(bent) + np.float32(0.16) * _fractal(points, 3.0, 4, 0.5, seed + 20)
    dome = smoothstep(shore, 0.86, 0.3)
    peaks = _ridges(bent, 2.7, 6, seed) * smoothstep(shore, 0.7, 0.1)
    return dome * np.float32(0.45) + peaks * np.float32(0.45)


LANDFORMS: dict[str, Landform] = {
    "plains": Landform(_plains, 0.45, 0.16, 0.010, 0.35, 1.0, 0.85),
    "hills": Landform(_hills, 0.42, 0.20, 0.012, 0.6, 1.0, 0.75),
    "mountains": Landform(_mountains, 0.14, 0.10, 0.030, 1.0, 1.0, 0.9),
    "dunes": Landform(_dunes, 0.25, 0.10, 0.002, 0.0, 0.8, 0.3),
    "canyon": Landform(_canyon, 0.90, 0.04, 0.008, 0.25, 2.5, 1.0),
    "island": Landform(_island, 0.03, 0.02, 0.016, 0.8, 1.0, 0.85),
}
