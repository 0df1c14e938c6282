"""Impact craters: bowls with rims, blankets of ejecta, central peaks and rays.

Diameters follow the power law that counts on the Moon show: the number larger than d falls with
1 / d². Melosh, "Impact Cratering" (1989), for the profile's proportions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64
from meshmill.geometry.box import Face, even_places
from meshmill.geometry.vectors import cross, dot, normalised

_MOST = 900
_SMALLEST, _LARGEST = 0.012, 0.34
#: Reach of the ejecta and of the rays in radii.
_BLANKET, _RAYS = 1.7, 4.2
_SPOKES = 64
#: Radius above which a crater has a central peak and a flat floor.
_COMPLEX = 0.09
_FRESH_SHARE = 0.1
#: Young craters smaller than this have lost their rays.
_SMALLEST_RAYED = 0.04


@dataclass(frozen=True, slots=True)
class Crater:
    """A crater around the unit vector ``centre``; ``radius`` is a chord of the unit sphere.

    ``depth`` is in units of the relief, ``age`` 0 … 1 wears rims down, ``rays`` is the strength of
    bright streaks, ``seed`` tells its noise from others'.
    """

    centre: F32
    radius: float
    depth: float
    age: float
    rays: float
    seed: int

    @property
    def reach(self) -> float:
        """Chord beyond which it changes nothing."""
        return self.radius * (_RAYS if self.rays else _BLANKET)


def draw_craters(amount: float, seed: int) -> tuple[Crater, ...]:
    """Draw the craters of an individual, the oldest first, which are overprinted by the others."""
    rng = np.random.default_rng([seed, 77])
    count = int(_MOST * amount * amount + 24 * amount)
    draws = rng.random((count, 7))
    smallest = _SMALLEST * _SMALLEST
    largest = _LARGEST * (0.35 + 0.65 * amount)
    share = draws[:, 0] * (1.0 - smallest / (largest * largest)) + smallest / (largest * largest)
    radii = _SMALLEST / np.sqrt(share)
    centres = _directions(draws[:, 1:4])
    craters = [
        Crater(
            centre=centre,
            radius=float(radius),
            depth=min(0.8, 0.16 + 8.0 * float(radius)) * (1.0 - 0.6 * float(age)),
            age=float(age),
            rays=float(young) if young > 1.0 - _FRESH_SHARE and radius > _SMALLEST_RAYED else 0.0,
            seed=seed + number,
        )
        for number, (centre, radius, age, young) in enumerate(
            zip(centres, radii, draws[:, 4], draws[:, 5], strict=True)
        )
    ]
    return tuple(sorted(craters, key=lambda crater: -crater.radius))


def _directions(draws: F64) -> F32:
    """Unit vectors from uniform numbers (n, 3): near enough to evenly spread."""
    cube = draws * 2.0 - 1.0
    # Pull the cube's corners in, as its sides are pulled out to the sphere.
    return normalised(cube * (1.0 - 0.18 * cube * cube)).astype(np.float32)


def stamp(
    craters: Sequence[Crater], face: Face, rows: F32, columns: F32, height: F32, fresh: F32
) -> None:
    """Add craters to one side's ``height`` and ``fresh``, float32 (rows, columns), in place."""
    outward, right, up = face.axes
    across, upwards = (
        even_places(columns * np.float32(2.0) - np.float32(1.0)),
        -even_places(rows * np.float32(2.0) - np.float32(1.0)),
    )
    finest = 2.0 * float(columns[1] - columns[0]) * 1.57
    for crater in craters:
        if crater.radius < finest or float(dot(crater.centre, outward)) < 0.2 - crater.reach:
            continue
        area = _window(crater, (outward, right, up), across, upwards)
        if area is None:
            continue
        x, y = across[area[1]][None, :], upwards[area[0]][:, None]
        scale = np.reciprocal(np.sqrt(np.float32(1.0) + x * x + y * y))
        towards = [float(dot(crater.centre, axis)) for axis in (outward, right, up)]
        aligned = (np.float32(towards[0]) + x * np.float32(towards[1])) + y * np.float32(towards[2])
        aligned *= scale
        # Chord over radius, from the cosine of the angle between.
        square = np.maximum(np.float32(2.0) - np.float32(2.0) * aligned, np.float32(0.0))
        distance = np.sqrt(square) * np.float32(1.0 / crater.radius)
        _dig(crater, distance, height[area], fresh[area], (x * scale, y * scale, scale), face)


def _window(
    crater: Crater, axes: tuple[F32, F32, F32], across: F32, upwards: F32
) -> tuple[slice, slice] | None:
    """Rows and columns that the crater may reach: generous, since the map is not conformal."""
    outward, right, up = axes
    depth = max(float(dot(crater.centre, outward)), 0.25)
    x, y = (float(dot(crater.centre, axis)) / depth for axis in (right, up))
    margin = crater.reach * 1.3 * (1.0 + x * x + y * y) + 2.0 * crater.reach * crater.reach
    first, last = np.searchsorted(across, (x - margin, x + margin))
    top, bottom = np.searchsorted(-upwards, (-y - margin, -y + margin))
    if first >= last or top >= bottom:
        return None
    return slice(int(top), int(bottom)), slice(int(first), int(last))


def _dig(
    crater: Crater,
    distance: F32,
    height: F32,
    fresh: F32,
    place: tuple[F32, F32, F32],
    face: Face,
) -> None:
    """Dig the bowl, raise the rim, and lay ejecta; older ground inside is wiped out."""
    inside = distance < np.float32(1.0)
    square = distance * distance
    floor = np.float32(0.8 if crater.radius > _COMPLEX else 1.0)
    rim = np.float32(0.30 * (1.0 - 0.7 * crater.age))
    bowl = np.maximum(square * (np.float32(1.0) + rim) - np.float32(1.0), -floor)
    if crater.radius > _COMPLEX:
        peak = np.maximum(np.float32(1.0) - distance * np.float32(5.0), np.float32(0.0))
        bowl += peak * np.float32(0.55 * (1.0 - crater.age))
    beyond = np.clip(
        (np.float32(_BLANKET) - distance) * np.float32(1.0 / (_BLANKET - 1.0)), 0, np.float32(1.0)
    )
    blanket = beyond * beyond * beyond * rim
    depth = np.float32(crater.depth)
    height *= np.where(inside, np.float32(0.45), np.float32(1.0) - beyond * np.float32(0.3))
    height += np.where(inside, bowl, blanket) * depth
    if crater.rays:
        fresh += _ray_pattern(crater, distance, place, face) * np.float32(crater.rays)


def _ray_pattern(crater: Crater, distance: F32, place: tuple[F32, F32, F32], face: Face) -> F32:
    """Streaks that point away from the crater, 0 … 1."""
    east = normalised(cross(np.array([0.31, 0.93, -0.2], dtype=np.float32), crater.centre))
    outward, right, up = face.axes
    across, upwards, depth = place
    x, y = (
        across * dot(right, toward) + upwards * dot(up, toward) + depth * dot(outward, toward)
        for toward in (east, cross(crater.centre, east))
    )
    streak = _streaks(x, y, crater.seed)
    fade = np.clip(
        (np.float32(_RAYS) - distance) * np.float32(1.0 / _RAYS), np.float32(0.0), np.float32(1.0)
    )
    core = np.clip(
        (np.float32(1.5) - distance) * np.float32(1.1), np.float32(0.0), np.float32(0.55)
    )
    pattern: F32 = np.maximum(streak * fade * fade, core)
    return pattern


def _streaks(x: F32, y: F32, seed: int) -> F32:
    """Random brightness by direction, 0 … 1; angles are taken on the diamond |x| + |y| = 1."""
    rng = np.random.default_rng(seed)
    bright = np.maximum(rng.random(_SPOKES + 1) * 2.4 - 1.3, 0.0).astype(np.float32)
    bright[-1] = bright[0]
    size = np.maximum(np.abs(x) + np.abs(y), np.float32(1e-9))
    along = y / size
    turn = np.where(x < 0, np.float32(2.0) - along, along + np.float32(4.0) * (along < 0))
    at = turn * np.float32(_SPOKES / 4)
    cell = np.minimum(at.astype(np.int32), _SPOKES - 1)
    share = at - cell.astype(np.float32)
    near: F32 = bright[cell]
    near += (bright[cell + 1] - near) * share
    return near
