"""Texture maps of the land: covers by slope, height, water and hollows, with grain down to texels.

Everything large comes from the relief's lattice; grain is periodic noise that is the same for
every seed, so that neighbouring tiles' textures meet as well. Texels are made in bands of rows
that stay in cache.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.frames import tilts_in_frame
from meshmill.geometry.generators.terrain.biomes import Cover, Ramp, covers
from meshmill.geometry.generators.terrain.borders import inner
from meshmill.geometry.generators.terrain.drape import Drape
from meshmill.geometry.generators.terrain.landforms import landform
from meshmill.geometry.generators.terrain.layout import Layout
from meshmill.geometry.generators.terrain.relief import Relief
from meshmill.geometry.generators.terrain.sheet import Sheet
from meshmill.geometry.generators.terrain.slopes import axis, wrapped_gradients
from meshmill.geometry.generators.terrain.spec import TerrainOptions
from meshmill.geometry.maps import MapSet, bands, pack_normals
from meshmill.geometry.noise import hash_share, periodic_noise
from meshmill.geometry.rasters import Spread, blend_into, box_blur, doubled, gathered, smoothstep
from meshmill.geometry.scene import Material

_GRAIN_SEED = 0x96A1
Octaves = tuple[tuple[int, float], ...]
#: Texels in a feature of the grain's octaves, with weights. The coarse ones, and all that depends
#: on them alone, are made at every other texel.
_COARSE: Octaves = ((64, 0.50), (32, 0.36), (16, 0.27))
_FINE: Octaves = ((8, 0.22), (4, 0.20))
_BROAD = (3, 7, 17)
#: Landforms whose rock shows its beds, and how many lie above one another.
_BEDDED = frozenset({"canyon"})
_BEDS = 19.0
#: Base colours of what is no metal, sRGB.
_DIELECTRIC = (np.float32(30), np.float32(240))
_ONE, _HALF = np.float32(1.0), np.float32(0.5)


@dataclass(frozen=True, slots=True, eq=False)
class _Land:
    """Fields float32 (n, n) over the draped lattice.

    ``below`` are height, slope, wetness, concavity and broad variation; ``tilts`` the slopes x / z
    and y / z of the normals in the mesh's frame.
    """

    below: tuple[F32, F32, F32, F32, F32]
    tilts: tuple[F32, F32]


def ground_material(
    options: TerrainOptions,
    relief: Relief,
    drape: Drape,
    carrier: Sheet,
    layout: Layout,
    size: int,
) -> Material:
    """Paint the land at ``size`` texels; ``carrier`` is the mesh that the textures lie on."""
    land = _survey(options, relief, drape, carrier)
    layers = covers(options.biome, options.sea_level, options.snow_line)
    columns = layout.across(np.arange(-2, size + 3, dtype=np.float32), size)
    under = [Spread(field, _at(columns[2::2], relief)) for field in land.below]
    tilts = [Spread(field, _at(columns[2:-3], relief)) for field in land.tilts]
    maps = MapSet.blank(size)
    for start, stop in bands(size):
        rows = layout.across(np.arange(start - 2, stop + 3, dtype=np.float32), size)
        coarse = _grain(_COARSE, size, rows[::2], columns[::2])
        at = _at(rows[2:], relief)
        coat = _underpaint([field.band(at[::2]) for field in under], coarse[1:, 1:], layers)
        fine = _grain(_FINE, size, rows[1:-2], columns[1:-2])
        slopes = [field.band(at[:-3]) for field in tilts]
        _paint(coat, doubled(coarse)[1:-2, 1:-2], fine, slopes, maps.rows(start, stop))
    return maps.material("Terrain", "Ground")


def _at(across: F32, relief: Relief) -> F32:
    """Positions on the relief's lattice; the margin repeats the border."""
    inside = np.clip(across, np.float32(0.0), _ONE)
    return inside * np.float32(relief.cells)


def _survey(options: TerrainOptions, relief: Relief, drape: Drape, carrier: Sheet) -> _Land:
    even = _surface(options, relief)
    rows, across = (places * np.float32(relief.cells) for places in drape.over(relief.cells))
    height, wet, hollow, right, down = np.moveaxis(gathered(even, rows, across), -1, 0)
    steep = right * right + down * down
    slope = np.sqrt(steep) * np.float32(landform(options.landform, 0.0).bareness)
    fine = np.stack((-right, np.ones_like(right), -down), axis=-1)
    fine /= np.sqrt(steep + _ONE)[:, :, None]
    ticks = axis(relief.cells)
    broad = np.zeros_like(height)
    for features in _BROAD:
        broad += periodic_noise(ticks, ticks, features, _GRAIN_SEED + features)
    if options.landform in _BEDDED:
        broad += _beds(height + broad * np.float32(0.01)) * np.minimum(slope, _ONE)
    tilts = tilts_in_frame(fine, carrier.normals, carrier.tangents)
    return _Land((height, slope, wet, hollow, broad), tilts)


def _surface(options: TerrainOptions, relief: Relief) -> F32:
    """Height, wetness, concavity and slopes to the east and south, float32 (n, n, 5)."""
    metres = relief.height * np.float32(options.relief_m)
    cell = options.size_m / relief.cells
    down, right = wrapped_gradients(metres, cell)
    hollow = np.zeros_like(metres)
    for radius in (2, 8):
        hollow += (box_blur(metres, radius) - metres) * np.float32(1.8 / (radius * cell))
    hollow *= inner(relief.cells)
    wet = np.sqrt(relief.flow * np.float32(1.0 / (14 * relief.cells)))
    return np.stack((relief.height, np.minimum(wet, _ONE), hollow, right, down), axis=-1)


def _beds(height: F32) -> F32:
    """Brightness of the bed at a height, -2.4 … 2.4, the same in all tiles."""
    bed = height * np.float32(_BEDS)
    below = np.floor(bed)
    first, second = (
        hash_share(_GRAIN_SEED, below.astype(np.int32) + np.int32(step)) for step in (0, 1)
    )
    shade: F32 = first + (second - first) * smoothstep(bed - below, 0.6, 1.0)
    return shade * np.float32(4.8) - np.float32(2.4)


def _grain(octaves: Octaves, size: int, rows: F32, columns: F32) -> F32:
    total = np.zeros((len(rows), len(columns)), dtype=np.float32)
    for texels, weight in octaves:
        layer = periodic_noise(rows, columns, max(2, size // texels), _GRAIN_SEED + texels)
        layer *= np.float32(weight)
        total += layer
    return total


def _underpaint(land: list[F32], grain: F32, layers: tuple[Cover, ...]) -> list[F32]:
    """What covers make of the land, at every other texel.

    Red, green and blue, what a whole step of tint adds to them on average, roughness, bump and
    occlusion.
    """
    height, slope, flow, hollow, broad = land
    occlusion = np.clip(hollow, np.float32(-0.1), np.float32(0.9)) * np.float32(-0.62)
    occlusion += np.minimum(grain, np.float32(0.0)) * np.float32(0.22) + np.float32(0.97)
    np.clip(occlusion, np.float32(0.2), _ONE, out=occlusion)
    fields = {
        "slope": slope + grain * np.float32(0.16),
        "flow": flow + grain * np.float32(0.12),
        "height": height + grain * np.float32(0.016) + broad * np.float32(0.03),
        "hollow": hollow + broad * np.float32(0.10) + grain * np.float32(0.16),
    }
    coat = _blend(layers, fields)
    tint = np.clip(grain * np.float32(0.75) + broad * np.float32(0.2), -_HALF, _HALF)
    spans = coat[3:6]
    colours = [middle + tint * span for middle, span in zip(coat[:3], spans, strict=True)]
    return [*colours, (spans[0] + spans[1] + spans[2]) * np.float32(1 / 3), *coat[6:], occlusion]


def _blend(layers: tuple[Cover, ...], fields: dict[str, F32]) -> list[F32]:
    """Lay the covers one over another."""
    totals: list[F32] = []
    for cover in layers:
        weight = _weight(cover, fields)
        if weight is not None and not weight.any():
            continue
        pairs = list(zip(cover.dark, cover.light, strict=True))
        values = [0.5 * (dark + light) for dark, light in pairs]
        values += [float(light - dark) for dark, light in pairs]
        values += [cover.roughness, cover.bump]
        if weight is None:
            shape = fields["slope"].shape
            totals = [np.full(shape, np.float32(value)) for value in values]
            continue
        for total, value in zip(totals, values, strict=True):
            blend_into(total, np.float32(value), weight)
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


def _paint(coat: list[F32], coarse: F32, fine: F32, slopes: list[F32], maps: MapSet) -> None:
    """Fill one band; ``coarse`` and ``fine`` grain reach one texel beyond it on every side."""
    grain = coarse + fine
    speckle = fine[1:-1, 1:-1] * np.float32(0.75)
    whole = (doubled(field)[: len(speckle), : speckle.shape[1]] for field in coat)
    colours = [next(whole) for _ in range(3)]
    speckle *= next(whole)
    for channel, colour in enumerate(colours):
        maps.base_colour[:, :, channel] = np.clip(colour + speckle, *_DIELECTRIC)
    roughness = next(whole)
    roughness *= np.float32(250.0)
    maps.orm[:, :, 1] = roughness
    step = next(whole) * _HALF
    occlusion = next(whole)
    occlusion *= np.float32(255.0)
    maps.orm[:, :, 0] = occlusion
    maps.orm[:, :, 2] = 0
    tilt_x, tilt_y = slopes
    tilt_x -= (grain[1:-1, 2:] - grain[1:-1, :-2]) * step
    tilt_y += (grain[2:, 1:-1] - grain[:-2, 1:-1]) * step
    pack_normals(tilt_x, tilt_y, maps.normal)
