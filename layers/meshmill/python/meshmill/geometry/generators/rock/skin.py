"""Texture maps of stones: mineral grain, bedding, stains and moss, painted chart by chart.

Grain is gradient noise on the surface of each stone's box, so that sides agree along their edges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, U8
from meshmill.geometry.box import FACES, Counts, box_noise
from meshmill.geometry.charts import Atlas, Chart, dilate
from meshmill.geometry.generators.rock.minerals import (
    MINERALS,
    MOSS_BUMP,
    MOSS_DARK,
    MOSS_LIGHT,
    MOSS_ROUGHNESS,
    Mineral,
)
from meshmill.geometry.generators.rock.spec import RockOptions
from meshmill.geometry.generators.rock.stone import Stone
from meshmill.geometry.generators.rock.unfolding import Unfolding
from meshmill.geometry.maps import MapSet, bands, pack_normals
from meshmill.geometry.noise import hash_share
from meshmill.geometry.rasters import Spread, blend_into, smoothstep
from meshmill.geometry.scene import Material

_ONE, _HALF = np.float32(1.0), np.float32(0.5)
#: Features of the grain in texels, with weights.
_OCTAVES = ((36, 0.42), (18, 0.36), (9, 0.30), (5, 0.26), (3, 0.2))
_CRYSTALS = 5
_GRAIN_SEED = 500


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """One face of a stone: fields float32 (rows, columns) on its lattice, and its chart.

    ``density`` is texels per unit of the stone's half axes, the same for all its faces;
    ``unfolding`` tells where the lattice's lines lie in the chart.
    """

    stone: Stone
    face: int
    chart: Chart
    density: float
    unfolding: Unfolding
    hollow: F32
    layer: F32
    upward: F32
    tilt_x: F32
    tilt_y: F32


def paint(options: RockOptions, regions: Sequence[Region], atlas: Atlas) -> Material:
    """Paint every chart and its gutter; texels of no chart have the mineral's mean colour."""
    mineral = MINERALS[options.mineral]
    red, green, blue = ((a + b) // 2 for a, b in zip(mineral.dark, mineral.light, strict=True))
    maps = MapSet.filled(atlas.size, (red, green, blue), (230, int(mineral.roughness * 255), 0))
    for region in regions:
        _paint_chart(options, mineral, region, maps)
        for image in (maps.base_colour, maps.normal, maps.orm):
            dilate(image, region.chart, atlas.gutter)
    return maps.material("Rock", "Stone")


def _paint_chart(options: RockOptions, mineral: Mineral, region: Region, maps: MapSet) -> None:
    chart = region.chart
    across = region.unfolding.across.share(_centres(chart.width))
    columns = across[1:-1] * np.float32(region.hollow.shape[1] - 1)
    spread = [
        Spread(field, columns)
        for field in (region.hollow, region.layer, region.upward, region.tilt_x, region.tilt_y)
    ]
    down = region.unfolding.down.share(_centres(chart.height))
    area = np.s_[chart.left : chart.left + chart.width]
    for start, stop in bands(chart.height, chart.width):
        rows = down[start : stop + 2]
        at = rows[1:-1] * np.float32(region.hollow.shape[0] - 1)
        hollow, layer, upward, tilt_x, tilt_y = (field.band(at) for field in spread)
        grain = _grain(region, rows, across)
        inner = grain[1:-1, 1:-1]
        colours, roughness, bump = _colours(mineral, region, inner, hollow, layer,
                                            rows[1:-1], across[1:-1])  # fmt: skip
        if options.moss > 0:
            bump = _lay_moss(options.moss, inner, hollow, upward, colours, roughness, bump)
        band = maps.rows(chart.top + start, chart.top + stop)
        for channel, colour in enumerate(colours):
            band.base_colour[:, area, channel] = np.clip(colour, np.float32(30), np.float32(240))
        _pack_orm(band.orm[:, area], hollow, inner, roughness)
        step = bump * _HALF
        tilt_x -= (grain[1:-1, 2:] - grain[1:-1, :-2]) * step
        tilt_y += (grain[2:, 1:-1] - grain[:-2, 1:-1]) * step
        pack_normals(tilt_x, tilt_y, band.normal[:, area])


def _centres(texels: int) -> F32:
    """Positions 0 … 1 of texel centres across a chart, with one more at either end, kept inside."""
    at = (np.arange(-1, texels + 1, dtype=np.float32) + _HALF) * np.float32(1.0 / texels)
    inside: F32 = np.clip(at, np.float32(0.0), _ONE)
    return inside


def _grain(region: Region, rows: F32, columns: F32) -> F32:
    total = np.zeros((len(rows), len(columns)), dtype=np.float32)
    for texels, weight in _OCTAVES:
        layer = _box_noise(region, texels, rows, columns)
        layer *= np.float32(weight)
        total += layer
    return total


def _box_noise(region: Region, texels: int, rows: F32, columns: F32) -> F32:
    """Noise with features of about ``texels``, over positions 0 … 1 of the region's face."""
    seed = region.stone.seed + _GRAIN_SEED + texels
    return box_noise(FACES[region.face], _cells(region, texels), rows, columns, seed)


def _cells(region: Region, texels: int) -> Counts:
    """Cells along each axis of the stone's box; the same for all its faces."""
    x, y, z = (max(1, round(axis * region.density / texels)) for axis in region.stone.size)
    return x, y, z


def _colours(
    mineral: Mineral,
    region: Region,
    grain: F32,
    hollow: F32,
    layer: F32,
    rows: F32,
    columns: F32,
) -> tuple[list[F32], F32, F32]:
    """Red, green, blue 0 … 255, roughness and bump of the bare stone."""
    tint = np.float32(0.5) + grain * np.float32(0.55) - hollow * np.float32(0.28)
    if mineral.bands > 0:
        tint += _bands(region.stone.seed, layer, grain) * np.float32(mineral.bands)
    np.clip(tint, np.float32(0.0), _ONE, out=tint)
    colours = [
        np.float32(dark) + tint * np.float32(light - dark)
        for dark, light in zip(mineral.dark, mineral.light, strict=True)
    ]
    crystals = _box_noise(region, _CRYSTALS, rows, columns) + grain * np.float32(0.35)
    for sign, share, colour in (
        (-1.0, mineral.grains[0], mineral.dark_grain),
        (1.0, mineral.grains[1], mineral.light_grain),
    ):
        amount = smoothstep(crystals * np.float32(sign), 0.22, 0.42) * np.float32(share)
        _mix(colours, colour, amount)
    _mix(colours, mineral.stain, smoothstep(hollow + grain * np.float32(0.3), 0.15, 0.9))
    roughness = np.float32(mineral.roughness) + grain * np.float32(0.06)
    roughness -= smoothstep(crystals, 0.22, 0.42) * np.float32(0.12 * mineral.grains[1])
    return colours, roughness, np.full_like(grain, np.float32(mineral.bump))


def _bands(seed: int, layer: F32, grain: F32) -> F32:
    """Brightness of the bedding, -0.5 … 0.5, in layers of two thicknesses."""
    wavy = layer + grain * np.float32(0.22)
    total = np.zeros_like(layer)
    for fineness, weight in ((1.0, 0.6), (3.7, 0.4)):
        scaled = wavy * np.float32(fineness)
        below = np.floor(scaled)
        index = below.astype(np.int32)
        first = int(index.min())
        known = np.arange(first, int(index.max()) + 2)
        shade = hash_share(seed + 77, known)
        here = shade[index - first]
        step = smoothstep(scaled - below, 0.7, 1.0)
        total += (here + (shade[index - first + 1] - here) * step - _HALF) * np.float32(weight)
    return total


def _lay_moss(
    share: float,
    grain: F32,
    hollow: F32,
    upward: F32,
    colours: list[F32],
    roughness: F32,
    bump: F32,
) -> F32:
    """Moss on what looks up, in hollows first; changes colours and roughness, returns the bump."""
    liking = upward + grain * np.float32(0.6) + hollow * np.float32(0.45)
    start = 1.25 - 1.45 * share
    amount = smoothstep(liking, start, start + 0.25)
    tuft = np.clip(_HALF + grain * np.float32(0.9), np.float32(0.0), _ONE)
    for colour, dark, light in zip(colours, MOSS_DARK, MOSS_LIGHT, strict=True):
        blend_into(colour, np.float32(dark) + tuft * np.float32(light - dark), amount)
    blend_into(roughness, np.float32(MOSS_ROUGHNESS), amount)
    mossy: F32 = bump + (np.float32(MOSS_BUMP) - bump) * amount
    return mossy


def _mix(colours: list[F32], other: tuple[int, int, int], amount: F32) -> None:
    for colour, target in zip(colours, other, strict=True):
        blend_into(colour, np.float32(target), amount)


def _pack_orm(orm: U8, hollow: F32, grain: F32, roughness: F32) -> None:
    occlusion = np.float32(0.98) - np.maximum(hollow, np.float32(0.0)) * np.float32(0.55)
    occlusion += np.minimum(grain, np.float32(0.0)) * np.float32(0.25)
    orm[:, :, 0] = np.clip(occlusion, np.float32(0.2), _ONE) * np.float32(255.0)
    orm[:, :, 1] = np.clip(roughness, np.float32(0.1), _ONE) * np.float32(255.0)
    orm[:, :, 2] = 0
