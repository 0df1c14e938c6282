"""Heights of a tile: landform, weather, and borders at which any two tiles meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.terrain.borders import Border, inner, lattice_points
from meshmill.geometry.generators.terrain.erosion import Weather, erode
from meshmill.geometry.generators.terrain.gentling import broad_rise, least_share, mixed
from meshmill.geometry.generators.terrain.landforms import Landform, landform
from meshmill.geometry.generators.terrain.slopes import axis
from meshmill.geometry.generators.terrain.spec import TerrainOptions
from meshmill.geometry.noise import periodic_noise
from meshmill.geometry.rasters import resample

_COARSE = 64
_STEPS = {64: 32, 128: 16, 256: 8, 512: 5}
_REPOSE_SLOPE = 0.75
_CUTTING = 0.12
#: What weather may leave, rise over run.
_STEEPEST = 1.5
#: Steepness, relief by size, above which grain is fainter.
_GRAINY = 0.2
#: Relief in metres of what is meant to be flat.
_FLAT = 1e-3


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


@dataclass(frozen=True, slots=True)
class _Site:
    """What a tile's land is made from; ``steepness`` is its relief in tile edges."""

    form: Landform
    seed: int
    steepness: float
    erosion: float

    def raised(self) -> F32:
        """The land before weather, and no steeper than the landform may be."""
        border = Border.of(self.form, _COARSE)
        raw = self.form.raise_land(lattice_points(_COARSE), self.seed)
        height = border.spanned(raw.reshape(border.common.shape))
        return self.gentled(height, border, self.form.steepest)

    def gentled(self, height: F32, border: Border, steepest: float) -> F32:
        """Land 0 … 1 with as much of a broad rise as leaves little of it steeper than asked."""
        step = (len(height) - 1) // _COARSE
        seen = Border(
            *(field[::step, ::step] for field in (border.common, border.own, border.clear))
        )
        coarse = height[::step, ::step]
        rise = broad_rise(coarse, self.form.meeting_level, self.seed)
        share = least_share(coarse, rise, seen, steepest / self.steepness)
        whole = rise if step == 1 else _resized(rise, len(height) - 1)
        return border.fitted(mixed(height, whole, share))

    def weathered(self, height: F32, flow: F32) -> tuple[F32, F32]:
        """Let rain and gravity wear the land; ``flow`` is what was known of the water."""
        cells = len(height) - 1
        # Stream power in cells: a finer lattice has more cells upstream and shorter drops.
        weather = Weather(
            cutting=self.erosion * self.form.cutting * _CUTTING * (_COARSE / cells),
            repose=self.form.repose * _REPOSE_SLOPE / self.steepness / cells,
        )
        return erode(height, flow, weather, _STEPS[cells] if self.erosion > 0 else 1)

    def grain(self, height: F32) -> F32:
        """Bumps at the scale that the last refinement made room for, stronger on high ground."""
        cells = len(height) - 1
        ticks = axis(cells)
        bumps = periodic_noise(ticks, ticks, cells // 6, self.seed + cells)
        strength = self.form.grain * min(1.0, _GRAINY / self.steepness) * 128.0 / cells
        return bumps * (np.float32(0.3) + height) * np.float32(strength)


def make_relief(options: TerrainOptions, seed: int, cells: int) -> Relief:
    """Raise and weather a tile on a lattice of ``cells`` (64, 128, 256, 512) a side.

    Weather begins on the coarsest lattice, where water finds its way in few steps, and goes on on
    finer ones: all qualities of a tile share their valleys.
    """
    steepness = max(options.relief_m, _FLAT) / options.size_m
    site = _Site(landform(options.landform, steepness), seed, steepness, options.erosion)
    height = site.raised()
    height, flow = site.weathered(height, np.ones_like(height))
    border = Border.of(site.form, _COARSE)
    size = _COARSE
    while size < cells:
        size *= 2
        border = Border.of(site.form, size)
        height = _resized(height, size)
        height = border.joined(height + site.grain(height))
        upstream = np.maximum(_resized(flow, size) * np.float32(2.0), np.float32(1.0))
        height, flow = site.weathered(height, upstream)
    height = site.gentled(border.spanned(height), border, max(_STEEPEST, site.form.steepest))
    return Relief(height=height, flow=flow * inner(cells))


def _resized(field: F32, cells: int) -> F32:
    """The field on a lattice of ``cells``."""
    at = axis(cells) * np.float32(len(field) - 1)
    return resample(field, at, at)
