"""Winds of a gas giant: latitude, bent by turbulence and wound up by storms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.angles import cos_sin
from meshmill.geometry.arrays import F32
from meshmill.geometry.box import BoxLattice
from meshmill.geometry.generators.planet.spec import PlanetOptions
from meshmill.geometry.noise import point_noise
from meshmill.geometry.vectors import cross, dot, normalised

_CELLS = 72
_STORMS = 9
_GREAT = 0.26
#: Ovals are wider than tall.
_OVAL = np.array([0.8, 1.5, 0.8], dtype=np.float32)
_ONE = np.float32(1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Streams:
    """Fields on the six sides, float32 (6, cells + 1, cells + 1) each.

    ``latitude`` is warped, about -1 … 1; ``storm`` is 1 at an eye and 0 beyond its oval.
    """

    latitude: F32
    storm: F32

    @property
    def cells(self) -> int:
        """Cells along each side."""
        return int(self.latitude.shape[1]) - 1


def make_streams(options: PlanetOptions, seed: int) -> Streams:
    """Draw the storms and the turbulence of an individual."""
    lattice = BoxLattice.of((_CELLS,) * 3)
    rng = np.random.default_rng([seed, 9])
    points, storm = _wound(lattice.directions, rng, 0.4 + 0.6 * options.clouds)
    stretched = points * np.array([[2.4, 9.0, 2.4]], dtype=np.float32)
    bend = point_noise(stretched, seed + 40) * np.float32(0.012 + 0.05 * options.clouds)
    finer = points * np.array([[7.0, 16.0, 7.0]], dtype=np.float32)
    bend += point_noise(finer, seed + 41) * np.float32(0.006 + 0.03 * options.clouds)
    stream: F32 = points[:, 1] + bend
    faces = np.stack(lattice.faces)
    return Streams(stream[faces], storm[faces])


def _wound(points: F32, rng: np.random.Generator, strength: float) -> tuple[F32, F32]:
    """Turn the surroundings of each storm about its eye, most at the eye; and the ovals."""
    draws = rng.random((_STORMS, 4))
    points, storm = points.copy(), np.zeros(len(points), dtype=np.float32)
    for number, (around, north, size, turn) in enumerate(draws):
        along, across = cos_sin(float(around))
        height = float(north) * 1.1 - 0.55
        level = float(np.sqrt(1.0 - height * height))
        eye = np.array([float(along) * level, height, float(across) * level], dtype=np.float32)
        radius = _GREAT if number == 0 else 0.06 + 0.10 * float(size)
        offset = (points - eye) * _OVAL
        closeness = np.clip(
            _ONE - dot(offset, offset) * np.float32(1.0 / (radius * radius)), 0, _ONE
        )
        near = np.flatnonzero(closeness)
        turns = (0.5 + 0.6 * float(turn)) * strength * closeness[near] * closeness[near]
        points[near] = turned(points[near], eye, turns)
        storm = np.maximum(storm, closeness)
    return points, storm


def turned(points: F32, axis: F32, turns: F32) -> F32:
    """Rodrigues' rotation of unit vectors about ``axis`` by ``turns``."""
    cosine, sine = (part.astype(np.float32)[:, None] for part in cos_sin(turns))
    along = dot(points, axis)[:, None] * axis
    rotated = points * cosine + cross(np.broadcast_to(axis, points.shape), points) * sine
    rotated += along * (np.float32(1.0) - cosine)
    return normalised(rotated).astype(np.float32)
