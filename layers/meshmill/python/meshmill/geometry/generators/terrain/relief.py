"""Heights of a tile: landform, weather, and borders at which any two tiles meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.terrain.erosion import Weather, erode
from meshmill.geometry.generators.terrain.landforms import LANDFORMS, Landform
from meshmill.geometry.generators.terrain.spec import TerrainOptions
from meshmill.geometry.noise import periodic_noise
from meshmill.geometry.rasters import resample, smoothstep

_COARSE = 64
_BASE = 128
_STEPS = {64: 44, 128: 22, 256: 12, 512: 8}
_BORDER_WIDTH = 0.22
#: Borders come from this seed whatever the tile's own, or tiles would not meet.
_BORDER_SEED = 0x5EED
_REPOSE_SLOPE = 0.75
_CUTTING = 0.085


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """``height`` is a share of the relief, 0 … 1; ``flow`` the cells that drain through each.

    Both are float32 (n, n) over the tile, borders included; row 0 is north (-z).
    """

    height: F32
    flow: F32

    @property
    def cells(self) -> int:
        """Cells along a side, one less than samples."""
        return len(self.height) - 1


def make_relief(options: TerrainOptions, seed: int, cells: int) -> Relief:
    """Raise and weather a tile on a lattice of ``cells`` (64, 128, 256, 512) a side.

    Weather begins on the coarsest lattice, where water finds its way in few steps, and what it
    wore away is carried to finer ones: all qualities of a tile share their valleys.
    """
    form = LANDFORMS[options.landform]
    base = _joined(_span(_raised(form, seed, min(cells, _BASE))), form)
    step = (len(base) - 1) // _COARSE
    start = base[::step, ::step]
    height, flow = _weathered(start, np.ones_like(start), options, form)
    size = _COARSE
    while size < cells:
        size *= 2
        if size == _BASE:
            height = base + _refined(height - start)
        else:
            height = _refined(height)
            height = _joined(height + _grain(height, form, seed), form)
        upstream = np.maximum(_refined(flow) * np.float32(2.0), np.float32(1.0))
        height, flow = _weathered(height, upstream, options, form)
    inner = smoothstep(_to_border(cells), 0.0, _BORDER_WIDTH * 0.5)
    return Relief(height=_joined(_span(height), form), flow=flow * inner)


def _axis(cells: int) -> F32:
    return np.arange(cells + 1, dtype=np.float32) * np.float32(1.0 / cells)


def _raised(form: Landform, seed: int, cells: int) -> F32:
    axis = _axis(cells)
    points = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    return form.raise_land(points, seed).reshape(cells + 1, cells + 1)


def _span(height: F32) -> F32:
    """Scale heights so that those clear of the border span 0 … 1, and cut the rest to it."""
    clear = height[_to_border(len(height) - 1) >= np.float32(_BORDER_WIDTH)]
    low, high = clear.min(), clear.max()
    spread = max(high - low, np.float32(1e-6))
    spanned: F32 = np.clip((height - low) / spread, np.float32(0.0), np.float32(1.0))
    return spanned


def _to_border(cells: int) -> F32:
    """Distance of each sample from the nearest border, float32 (n, n)."""
    axis = _axis(cells)
    near = np.minimum(axis, np.float32(1.0) - axis)
    nearest: F32 = np.minimum(near[:, None], near[None, :])
    return nearest


def _joined(height: F32, form: Landform) -> F32:
    """Blend into land that continues itself across borders and is the same for every seed."""
    cells = len(height) - 1
    axis = _axis(cells)
    common = np.full_like(height, np.float32(form.border_level))
    features, weight = 2, np.float32(form.border_range * 0.6)
    while features <= cells // 4:
        common += periodic_noise(axis, axis, features, _BORDER_SEED + features) * weight
        features, weight = features * 2, weight * np.float32(0.5)
    np.clip(common, np.float32(0.0), np.float32(1.0), out=common)
    own = smoothstep(_to_border(cells), 0.0, _BORDER_WIDTH)
    return common + own * (height - common)


def _weathered(height: F32, flow: F32, options: TerrainOptions, form: Landform) -> tuple[F32, F32]:
    cells = len(height) - 1
    steepness = max(options.relief_m, 1e-3) / options.size_m
    # Stream power in cells: a finer lattice has more cells upstream and shorter drops.
    weather = Weather(
        cutting=options.erosion * form.cutting * _CUTTING * (64.0 / cells),
        repose=form.repose * _REPOSE_SLOPE / steepness / cells,
    )
    return erode(height, flow, weather, _STEPS[cells] if options.erosion > 0 else 1)


def _refined(field: F32) -> F32:
    """The field on a lattice twice as fine."""
    axis = np.arange(2 * len(field) - 1, dtype=np.float32) * np.float32(0.5)
    return resample(field, axis, axis)


def _grain(height: F32, form: Landform, seed: int) -> F32:
    """Bumps at the scale that the last refinement made room for, stronger on high ground."""
    cells = len(height) - 1
    axis = _axis(cells)
    bumps = periodic_noise(axis, axis, cells // 6, seed + cells)
    strength = np.float32(form.grain * 128.0 / cells)
    return bumps * (np.float32(0.3) + height) * strength
