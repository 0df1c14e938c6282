"""Impact craters: bowls with rims, blankets of ejecta, central peaks and rays.

Diameters follow the power law that counts on the Moon show: the number larger than d falls with
1 / d². Melosh, "Impact Cratering" (1989), for the profile's proportions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
#: Craters whose centres face less outward than this, less their reach, lie on other sides.
_LEAST_FACING = 0.2


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


@dataclass(frozen=True, slots=True, eq=False)
class Impact:
    """A crater as one side of the cube sees it.

    ``towards`` is its centre along the side's outward, right and up axes; ``columns`` and, from
    ``lowest`` to ``highest`` place upwards, rows are what it may reach.
    """

    crater: Crater
    towards: tuple[float, float, float]
    columns: slice
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True, eq=False)
class Battering:
    """The craters on one side of the cube, at ``across``, places of its columns -1 … 1."""

    face: Face
    across: F32
    impacts: tuple[Impact, ...]

    @classmethod
    def of(cls, craters: Sequence[Crater], face: Face, columns: F32) -> Battering:
        """Those of ``craters`` that show at ``columns``, positions 0 … 1 across the side."""
        across = even_places(columns * np.float32(2.0) - np.float32(1.0))
        finest = 2.0 * float(columns[1] - columns[0]) * 1.57
        shown = [crater for crater in craters if crater.radius >= finest]
        if not shown:
            return cls(face, across, ())
        centres = np.stack([crater.centre for crater in shown])
        towards = np.stack([dot(centres, axis) for axis in face.axes], axis=1)
        return cls(face, across, tuple(_impacts(shown, towards, across)))

    @property
    def has_rays(self) -> bool:
        """Whether any crater is young enough to have rays."""
        return any(impact.crater.rays for impact in self.impacts)

    def stamp(self, rows: F32, height: F32, fresh: F32) -> bool:
        """Add craters to ``height`` and ``fresh``, float32 (rows, columns), in place.

        ``rows`` are positions 0 … 1 down the side. False where no crater reaches them.
        """
        upwards = -even_places(rows * np.float32(2.0) - np.float32(1.0))
        top, bottom = float(upwards[0]), float(upwards[-1])
        near = [hit for hit in self.impacts if hit.lowest <= top and hit.highest >= bottom]
        for impact in near:
            first, last = np.searchsorted(-upwards, (-impact.highest, -impact.lowest))
            area = np.s_[int(first) : int(last), impact.columns]
            crater, (outward, right, up) = impact.crater, impact.towards
            x, y = self.across[None, impact.columns], upwards[area[0], None]
            scale = np.reciprocal(np.sqrt(np.float32(1.0) + x * x + y * y))
            aligned = (np.float32(outward) + x * np.float32(right)) + y * np.float32(up)
            aligned *= scale
            # Chord over radius, from the cosine of the angle between.
            square = np.float32(1.0) - aligned
            np.clip(square, np.float32(0.0), np.float32(2.0), out=square)
            square *= np.float32(2.0 / (crater.radius * crater.radius))
            _dig(crater, square, height[area])
            if crater.rays:
                place = (x * scale, y * scale, scale)
                fresh[area] += _ray_pattern(crater, np.sqrt(square), place, self.face)
        return bool(near)


def _impacts(craters: Sequence[Crater], towards: F32, across: F32) -> Iterator[Impact]:
    """Where craters may reach on this side: generous, since the map is not conformal."""
    facing, right, up = towards.T
    reach = np.array([crater.reach for crater in craters])
    depth = np.maximum(facing, 0.25)
    x, y = right / depth, up / depth
    margin = reach * 1.3 * (1.0 + x * x + y * y) + 2.0 * reach * reach
    first, last = (np.searchsorted(across, edge) for edge in (x - margin, x + margin))
    shown = (facing >= _LEAST_FACING - reach) & (first < last) & (np.abs(y) <= 1.0 + margin)
    for at in np.flatnonzero(shown).tolist():
        columns = slice(int(first[at]), int(last[at]))
        lowest, highest = float(y[at] - margin[at]), float(y[at] + margin[at])
        way = (float(facing[at]), float(right[at]), float(up[at]))
        yield Impact(craters[at], way, columns, lowest, highest)


def _dig(crater: Crater, square: F32, height: F32) -> None:
    """Dig the bowl, raise the rim, and lay ejecta; older ground inside is wiped out.

    ``square`` is of the distance in radii.
    """
    distance = np.sqrt(square)
    one, zero = np.float32(1.0), np.float32(0.0)
    rim = np.float32(0.30 * (1.0 - 0.7 * crater.age))
    beyond = np.float32(_BLANKET) - distance
    beyond *= np.float32(1.0 / (_BLANKET - 1.0))
    np.clip(beyond, zero, one, out=beyond)
    shape = beyond * beyond
    shape *= beyond
    shape *= rim
    kept = one - beyond * np.float32(0.3)
    inside = square < one
    floor = np.float32(0.8 if crater.radius > _COMPLEX else 1.0)
    bowl = np.maximum(square[inside] * (one + rim) - one, -floor)
    if crater.radius > _COMPLEX:
        peak = np.maximum(one - distance[inside] * np.float32(5.0), zero)
        bowl += peak * np.float32(0.55 * (1.0 - crater.age))
    shape[inside] = bowl
    kept[inside] = np.float32(0.45)
    shape *= np.float32(crater.depth)
    height *= kept
    height += shape


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
    pattern: F32 = np.maximum(streak * fade * fade, core) * np.float32(crater.rays)
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
