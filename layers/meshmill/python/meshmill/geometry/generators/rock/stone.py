"""The shape of one stone: a radius in every direction, and therefore closed and free of folds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64
from meshmill.geometry.generators.rock.spec import RockOptions
from meshmill.geometry.noise import hash_share, point_noise
from meshmill.geometry.rasters import smoothstep
from meshmill.geometry.vectors import normalised

_ONE = np.float32(1.0)
_DOWN = np.array([[0.0, -1.0, 0.0]], dtype=np.float32)
#: Layers of bedding from foot to top.
_LAYERS = 11.0
_LEAST_LEDGES = 0.35
#: Width of the sharpest edges in spacings.
_EDGE = 1.5
#: Features of the smaller pits in a unit.
_SMALL_PITS = 7.7
#: Points nearer to the centre, squared, would lose precision when normalised.
_CORE = 0.01


@dataclass(frozen=True, slots=True)
class Form:
    """Proportions of a stone and how it breaks.

    ``size`` are half axes along x, y, z; ``taper`` narrows the top; ``breaks`` are the values that
    the option ``angularity`` runs between; ``cuts`` is the number of planes, beside the one that
    flattens the foot at ``foot`` below the centre.
    """

    size: tuple[float, float, float]
    taper: float
    breaks: tuple[float, float]
    cuts: int
    foot: float


FORMS: dict[str, Form] = {
    "boulder": Form((1.0, 0.80, 0.88), 0.10, (0.0, 1.0), 20, 0.62),
    "slab": Form((1.0, 0.34, 0.74), 0.05, (0.05, 1.0), 14, 0.75),
    "spire": Form((0.50, 1.0, 0.46), 0.36, (0.1, 1.0), 16, 0.55),
    "cobble": Form((1.0, 0.62, 0.80), 0.0, (0.0, 0.5), 10, 0.86),
    "shard": Form((0.52, 1.0, 0.43), 0.33, (0.45, 1.15), 9, 0.5),
}


@dataclass(frozen=True, slots=True, eq=False)
class Stone:
    """One stone in its own frame, before it is scaled and placed."""

    options: RockOptions
    seed: int
    size: tuple[float, float, float]
    planes: F32
    offsets: F32
    bedding: F32

    @property
    def sharpness(self) -> float:
        """How freshly it is broken, from 0."""
        low, high = FORMS[self.options.form].breaks
        return low + (high - low) * self.options.angularity

    @property
    def layer_height(self) -> float:
        """Thickness of a layer of bedding."""
        return 2.0 * self.size[1] / _LAYERS

    @property
    def proportions(self) -> tuple[float, float, float]:
        """Half axes halfway up, where the taper has taken half."""
        x, y, z = self.size
        narrow = 1.0 - 0.5 * FORMS[self.options.form].taper
        return x * narrow, y, z * narrow


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """Points on a stone: positions float32 (n, 3), ``hollow`` and ``layer`` float32 (n,).

    ``hollow`` is the depth below the stone's broad form, about -1 … 1; ``layer`` counts layers of
    bedding.
    """

    positions: F32
    hollow: F32
    layer: F32


def make_stone(options: RockOptions, rng: np.random.Generator, seed: int) -> Stone:
    """Draw the proportions, breaks and bedding of one individual."""
    form = FORMS[options.form]
    spread = between(rng, 0.9, 1.1, 3)
    size = tuple(float(axis * factor) for axis, factor in zip(form.size, spread, strict=True))
    planes = np.concatenate((random_directions(rng, form.cuts), _DOWN))
    offsets = np.append(between(rng, 0.62, 0.94, form.cuts), form.foot).astype(np.float32)
    lean = between(rng, -0.25, 0.25, 2)
    bedding = normalised(np.array([lean[0], 1.0, lean[1]])).astype(np.float32)
    return Stone(options, seed, (size[0], size[1], size[2]), planes, offsets, bedding)


def between(rng: np.random.Generator, low: float, high: float, count: int) -> F64:
    """Numbers from ``low`` up to ``high``, float64 (count,).

    ``Generator.uniform`` scales in C, where a compiler may fuse the product and the sum.
    """
    drawn: F64 = rng.random(count) * (high - low) + low
    return drawn


def random_directions(rng: np.random.Generator, count: int) -> F32:
    """Unit vectors float32 (count, 3), evenly spread, from points drawn inside the sphere."""
    found: list[F64] = []
    while len(found) < count:
        point = between(rng, -1.0, 1.0, 3)
        square = point[0] * point[0] + point[1] * point[1] + point[2] * point[2]
        if _CORE < square <= 1.0:
            found.append(point / np.sqrt(square))
    return np.array(found, dtype=np.float32)


def broad_form(stone: Stone, directions: F32, spacing: float) -> tuple[F32, F32]:
    """The stone along unit ``directions`` (n, 3) before it weathers: its points and scale.

    Points are a radius times direction times scale; all are float32 (n, 3). Edges are no sharper
    than points ``spacing`` apart can show.
    """
    radius = _broken(stone, directions, spacing)
    narrow = _ONE - np.float32(FORMS[stone.options.form].taper) * smoothstep(
        directions[:, 1] * radius, -0.8, 1.0
    )
    scale = np.repeat(np.array([stone.size], dtype=np.float32), len(directions), axis=0)
    scale[:, 0] *= narrow
    scale[:, 2] *= narrow
    return directions * radius[:, None] * scale, scale


def shape_of(stone: Stone, directions: F32, spacing: float) -> Shape:
    """The stone's surface along unit ``directions``, float32 (n, 3).

    They are about ``spacing`` apart on the stone; what is too fine to show there is left out, or it
    would show as something else.
    """
    options = stone.options
    points, _ = broad_form(stone, directions, spacing)
    layer = _layers(stone, points)
    relief = _weathering(stone, points, spacing)
    shown = max(_LEAST_LEDGES, _shown(stone.layer_height, spacing))
    relief -= _ledges(stone, layer) * np.float32(0.13 * options.strata * shown)
    pits = _pits(stone, points, spacing) * np.float32(options.cavities)
    relief -= pits * np.float32(0.15)
    shrink = np.maximum(_ONE + relief, np.float32(0.45))
    hollow = np.clip(pits * np.float32(0.9) - relief * np.float32(3.2), -_ONE, _ONE)
    return Shape(points * shrink[:, None], hollow, layer)


def _shown(size: float, spacing: float) -> float:
    """How much of features of ``size`` a lattice shows: all of three cells, nothing of 1.5."""
    return min(1.0, max(0.0, size / (1.5 * spacing) - 1.0))


def _broken(stone: Stone, directions: F32, spacing: float) -> F32:
    """A sphere cut by planes; the softer the stone, the rounder the edges between them."""
    bluntness = max(0.0, 1.0 - stone.sharpness)
    softness = np.float32(max(_EDGE * spacing, 0.02 + 0.42 * bluntness * bluntness))
    radius = np.full(len(directions), np.float32(1.06))
    for normal, offset in zip(stone.planes, stone.offsets, strict=True):
        facing = (
            directions[:, 0] * normal[0]
            + directions[:, 1] * normal[1]
            + directions[:, 2] * normal[2]
        )
        cut = offset / np.maximum(facing, np.float32(0.12))
        radius = _soft_minimum(radius, cut, softness)
    return np.maximum(radius, np.float32(0.3))


def _soft_minimum(left: F32, right: F32, softness: np.float32) -> F32:
    """Inigo Quilez, "Smooth minimum", quadratic."""
    overlap = np.maximum(softness - np.abs(left - right), np.float32(0.0)) / softness
    blended: F32 = np.minimum(left, right) - overlap * overlap * softness * np.float32(0.25)
    return blended


def _weathering(stone: Stone, points: F32, spacing: float) -> F32:
    """Lumps and ridged grain, as shares of the radius; rounder stones are smoother."""
    rough = 0.35 + 0.65 * stone.sharpness
    total = point_noise(points * np.float32(1.3) + np.float32(17.0), stone.seed)
    total *= np.float32(0.09)
    frequency, weight = 2.7, 0.050
    for octave in range(4):
        shown = _shown(1.0 / frequency, spacing)
        if shown > 0:
            grain = point_noise(points * np.float32(frequency), stone.seed + 1 + octave)
            grain *= np.float32(weight * rough * shown)
            total += grain
        frequency, weight = frequency * 2.1, weight * 0.5
    return total


def _layers(stone: Stone, points: F32) -> F32:
    """Number of the bedding layer, with its fraction, at points of the stone."""
    along = (
        points[:, 0] * stone.bedding[0]
        + points[:, 1] * stone.bedding[1]
        + points[:, 2] * stone.bedding[2]
    )
    wave = point_noise(points * np.float32(1.1) + np.float32(5.0), stone.seed + 20)
    layer: F32 = (along + wave * np.float32(0.12 * stone.size[1]) + np.float32(2.0)) * np.float32(
        1.0 / stone.layer_height
    )
    return layer


def _ledges(stone: Stone, layer: F32) -> F32:
    """Softer layers stand back: 0 … 1 by layer, with a short step between two."""
    below = np.floor(layer)
    step = smoothstep(layer - below, 0.72, 1.0)
    index = below.astype(np.int64)
    here, above = (hash_share(stone.seed + 21, index + up) for up in (0, 1))
    above -= here
    above *= step
    above += here
    return above


def _pits(stone: Stone, points: F32, spacing: float) -> F32:
    """Hollows of two sizes, 0 … 1."""
    pits = smoothstep(point_noise(points * np.float32(2.9), stone.seed + 30), 0.15, 0.7)
    pits *= np.float32(0.75)
    shown = _shown(1.0 / _SMALL_PITS, spacing)
    if shown > 0:
        noise = point_noise(points * np.float32(_SMALL_PITS), stone.seed + 31)
        pits += smoothstep(noise, 0.2, 0.65) * np.float32(0.25 * shown)
    return pits
