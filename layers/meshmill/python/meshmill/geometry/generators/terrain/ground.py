"""Texture maps of the land: covers by slope, height, water and hollows, with grain down to texels.

Everything large comes from the relief's lattice; grain is periodic noise that is the same for
every seed, so that neighbouring tiles' textures meet as well. Texels are made in bands of rows
that stay in cache.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, U8
from meshmill.geometry.generators.terrain.biomes import Cover, Ramp, covers
from meshmill.geometry.generators.terrain.landforms import LANDFORMS
from meshmill.geometry.generators.terrain.layout import Layout
from meshmill.geometry.generators.terrain.relief import Relief
from meshmill.geometry.generators.terrain.slopes import wrapped_gradients
from meshmill.geometry.generators.terrain.spec import TerrainOptions
from meshmill.geometry.maps import MapSet, bands, pack_normals
from meshmill.geometry.noise import periodic_noise
from meshmill.geometry.rasters import Spread, blend_into, box_blur, resample, smoothstep
from meshmill.geometry.scene import Material

_GRAIN_SEED = 0x96A1
#: Features of the grain's octaves across the texture, as shares of its size; weights beside.
_OCTAVES = ((64, 0.50), (32, 0.36), (16, 0.27), (8, 0.22), (4, 0.20))
_BROAD = (3, 7, 17)
_ONE = np.float32(1.0)


@dataclass(frozen=True, slots=True)
class _Site:
    """Fields of the land, spread over the texture's columns."""

    height: Spread
    slope: Spread
    flow: Spread
    hollow: Spread
    broad: Spread
    tilt_x: Spread
    tilt_y: Spread


def ground_material(
    options: TerrainOptions, relief: Relief, mesh_height: F32, layout: Layout, size: int
) -> Material:
    """Paint the land at ``size`` texels; ``mesh_height`` (n, n) is the lattice that carries it."""
    columns = layout.across(np.arange(-1, size + 1, dtype=np.float32), size)
    site = _survey(options, relief, mesh_height, _at(columns[1:-1], relief))
    layers = covers(options.biome, options.sea_level, options.snow_line)
    maps = MapSet.blank(size)
    for start, stop in bands(size):
        rows = layout.across(np.arange(start - 1, stop + 1, dtype=np.float32), size)
        _paint(site, layers, relief, rows, columns, maps.rows(start, stop))
    return maps.material("Terrain", "Ground")


def _at(across: F32, relief: Relief) -> F32:
    """Positions on the relief's lattice; the margin repeats the border."""
    inside = np.clip(across, np.float32(0.0), _ONE)
    return inside * np.float32(relief.cells)


def _survey(options: TerrainOptions, relief: Relief, mesh_height: F32, columns: F32) -> _Site:
    metres = relief.height * np.float32(options.relief_m)
    cell = options.size_m / relief.cells
    down, right = wrapped_gradients(metres, cell)
    slope = np.sqrt(down * down + right * right)
    slope *= np.float32(LANDFORMS[options.landform].bareness)
    wet = np.sqrt(relief.flow * np.float32(1.0 / (14 * relief.cells)))
    hollow = np.zeros_like(metres)
    for radius in (2, 8):
        hollow += (box_blur(metres, radius) - metres) * np.float32(1.8 / (radius * cell))
    tilt_x, tilt_y = _tilt(right, down, mesh_height * np.float32(options.relief_m), options.size_m)
    ticks = np.arange(relief.cells + 1, dtype=np.float32) * np.float32(1.0 / relief.cells)
    broad = np.zeros_like(metres)
    for features in _BROAD:
        broad += periodic_noise(ticks, ticks, features, _GRAIN_SEED + features)
    fields = (relief.height, slope, np.minimum(wet, _ONE), hollow, broad, tilt_x, tilt_y)
    return _Site(*(Spread(field, columns) for field in fields))


def _tilt(right: F32, down: F32, mesh_height: F32, size_m: float) -> tuple[F32, F32]:
    """The relief's normal in the tangent frame of the mesh: x / z and y / z components."""
    mesh_down, mesh_right = wrapped_gradients(mesh_height, size_m / (len(mesh_height) - 1))
    at = np.arange(len(right), dtype=np.float32) * np.float32(
        (len(mesh_height) - 1) / (len(right) - 1)
    )
    bx, bz = resample(mesh_right, at, at), resample(mesh_down, at, at)
    stretch = _ONE + bx * bx
    along = np.sqrt(stretch)
    normal = np.sqrt(stretch + bz * bz)
    out = (right * bx + down * bz + _ONE) / normal
    out = np.maximum(out, np.float32(0.2))
    tilt_x = (bx - right) / along / out
    tilt_y = (down * stretch - right * bx * bz - bz) / (along * normal) / out
    return tilt_x, tilt_y


def _paint(
    site: _Site, layers: tuple[Cover, ...], relief: Relief, rows: F32, columns: F32, maps: MapSet
) -> None:
    """Fill one band; ``rows`` and ``columns`` reach one texel beyond it on every side."""
    size = len(columns) - 2
    grain = np.zeros((len(rows), len(columns)), dtype=np.float32)
    for texels, weight in _OCTAVES:
        features = max(2, size // texels)
        layer = periodic_noise(rows, columns, features, _GRAIN_SEED + texels)
        layer *= np.float32(weight)
        grain += layer
    inner = grain[1:-1, 1:-1]
    at = _at(rows[1:-1], relief)
    fields = {
        "slope": site.slope.band(at),
        "flow": site.flow.band(at),
        "height": site.height.band(at),
        "hollow": site.hollow.band(at),
    }
    fields["slope"] += inner * np.float32(0.16)
    fields["flow"] += inner * np.float32(0.12)
    hollow = fields["hollow"].copy()
    broad = site.broad.band(at)
    fields["height"] += (inner + broad) * np.float32(0.016)
    fields["hollow"] += broad * np.float32(0.10) + inner * np.float32(0.16)
    tint = np.clip(np.float32(0.5) + np.float32(0.75) * inner + np.float32(0.2) * broad,
                   np.float32(0.0), _ONE)  # fmt: skip
    blend = _blend(layers, fields, tint)
    colours, roughness, bump = blend[:3], blend[3], blend[4]
    for channel in range(3):
        maps.base_colour[:, :, channel] = colours[channel]
    _pack_orm(maps.orm, hollow, inner, roughness)
    step = bump * np.float32(0.5)
    tilt_x = site.tilt_x.band(at) - (grain[1:-1, 2:] - grain[1:-1, :-2]) * step
    tilt_y = site.tilt_y.band(at) + (grain[2:, 1:-1] - grain[:-2, 1:-1]) * step
    pack_normals(tilt_x, tilt_y, maps.normal)


def _blend(layers: tuple[Cover, ...], fields: dict[str, F32], tint: F32) -> list[F32]:
    """Lay the covers one over another: red, green, blue, roughness and bump."""
    totals: list[F32] = []
    for cover in layers:
        weight = _weight(cover, fields)
        if weight is not None and not weight.any():
            continue
        values: list[F32 | np.float32] = [
            np.float32(dark) + tint * np.float32(light - dark)
            for dark, light in zip(cover.dark, cover.light, strict=True)
        ]
        values += [np.float32(cover.roughness), np.float32(cover.bump)]
        if weight is None:
            totals = [np.zeros_like(tint) + value for value in values]
            continue
        for total, value in zip(totals, values, strict=True):
            blend_into(total, value, weight)
    return totals


def _weight(cover: Cover, fields: dict[str, F32]) -> F32 | None:
    """Where the cover lies, 0 … 1; None for the lowest, which lies everywhere."""
    ramps: dict[str, Ramp | None] = {
        "slope": cover.slope, "flow": cover.flow, "height": cover.height, "hollow": cover.hollow
    }  # fmt: skip
    weight: F32 | None = None
    for name, ramp in ramps.items():
        if ramp is not None:
            part = smoothstep(fields[name], *ramp)
            weight = part if weight is None else weight * part
    return weight


def _pack_orm(orm: U8, hollow: F32, grain: F32, roughness: F32) -> None:
    """Occlusion from hollows and grain; roughness from covers; no metal."""
    shade = np.clip(hollow, np.float32(-0.1), np.float32(0.9)) * np.float32(-0.62)
    shade += np.minimum(grain, np.float32(0.0)) * np.float32(0.22) + np.float32(0.97)
    orm[:, :, 0] = np.clip(shade, np.float32(0.2), _ONE) * np.float32(255.0)
    orm[:, :, 1] = (roughness + grain * np.float32(0.04)) * np.float32(250.0)
    orm[:, :, 2] = 0
