"""Texture maps of stones: mineral grain, bedding, stains and moss, painted chart by chart.

Grain is gradient noise on the surface of each stone's box, so that sides agree along their edges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, U8
from meshmill.geometry.box import FACES, Counts, spread_box_noise
from meshmill.geometry.charts import Atlas, Chart, dilate
from meshmill.geometry.generators.rock.coat import TINT_OF_GRAIN, Coat, underpaint
from meshmill.geometry.generators.rock.minerals import MINERALS, Mineral
from meshmill.geometry.generators.rock.spec import RockOptions
from meshmill.geometry.generators.rock.stone import Stone
from meshmill.geometry.generators.rock.unfolding import Unfolding
from meshmill.geometry.maps import MapSet, bands, pack_normals
from meshmill.geometry.rasters import Spread, blend_into, doubled, smoothstep
from meshmill.geometry.scene import Material

_ONE, _HALF = np.float32(1.0), np.float32(0.5)
Octaves = tuple[tuple[int, float], ...]
#: Texels in a feature of the grain's octaves, with weights. The coarse ones, and all that depends
#: on them alone, are made at every other texel.
_COARSE: Octaves = ((36, 0.42), (18, 0.36), (9, 0.30))
_FINE: Octaves = ((6, 0.28), (3, 0.2))
#: Levels by which fine grain makes moss and stains lighter.
_TUFTS = 34.0
_CRYSTALS: Octaves = ((5, 1.0),)
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
    down = region.unfolding.down.share(_centres(chart.height))
    height, width = (np.float32(count - 1) for count in region.hollow.shape)
    fields = (region.hollow, region.layer, region.upward)
    under = [Spread(field, across[2::2] * width) for field in fields]
    tilts = [Spread(field, across[2:-3] * width) for field in (region.tilt_x, region.tilt_y)]
    coarse_grain, fine_grain, crystals = (
        _Grain(octaves, region, columns)
        for octaves, columns in (
            (_COARSE, across[::2]),
            (_FINE, across[1:-2]),
            (_CRYSTALS, across[2:-3]),
        )
    )
    area = np.s_[chart.left : chart.left + chart.width]
    for first, last in bands(-(-chart.height // 2), 2 * chart.width):
        start, stop = 2 * first, min(2 * last, chart.height)
        rows = down[start : stop + 5]
        coarse = coarse_grain.band(rows[::2])
        at = rows[2:] * height
        below = [field.band(at[::2]) for field in under]
        coat = underpaint(mineral, options.moss, region.stone.seed, below, coarse[1:, 1:])
        texture = _Texture(
            coarse=doubled(coarse)[1 : stop - start + 3, 1 : chart.width + 3],
            fine=fine_grain.band(rows[1:-2]),
            crystals=crystals.band(rows[2:-3]),
            slopes=[field.band(at[:-3]) for field in tilts],
        )
        band = maps.rows(chart.top + start, chart.top + stop)
        _paint(mineral, coat, texture, [image[:, area] for image in _images(band)])


@dataclass(frozen=True, slots=True, eq=False)
class _Texture:
    """What a band holds of every texel.

    ``coarse`` and ``fine`` grain reach one texel beyond the band on every side; ``slopes`` are
    those of the normals in the mesh's frame.
    """

    coarse: F32
    fine: F32
    crystals: F32
    slopes: list[F32]


def _images(maps: MapSet) -> list[U8]:
    return [maps.base_colour, maps.normal, maps.orm]


def _paint(mineral: Mineral, coat: Coat, texture: _Texture, images: list[U8]) -> None:
    """Fill base colour, normal and packed maps of one band."""
    base_colour, normal, orm = images
    grain = texture.coarse + texture.fine
    inner, speckle = grain[1:-1, 1:-1], texture.fine[1:-1, 1:-1]
    whole = coat.doubled(inner.shape)
    tint = np.clip(whole.tint + speckle * np.float32(TINT_OF_GRAIN), np.float32(0.0), _ONE)
    crystals = texture.crystals + inner * np.float32(0.35)
    darkening, lightening = (
        smoothstep(crystals * np.float32(sign), 0.22, 0.42) * np.float32(share)
        for sign, share in zip((-1.0, 1.0), mineral.grains, strict=True)
    )
    tufts = (_ONE - whole.bare) * speckle
    tufts *= np.float32(_TUFTS)
    for channel in range(3):
        colour = tint * np.float32(mineral.light[channel] - mineral.dark[channel])
        colour += np.float32(mineral.dark[channel])
        blend_into(colour, np.float32(mineral.dark_grain[channel]), darkening)
        blend_into(colour, np.float32(mineral.light_grain[channel]), lightening)
        colour *= whole.bare
        colour += whole.cover[channel]
        colour += tufts
        base_colour[:, :, channel] = np.clip(colour, np.float32(30), np.float32(240))
    lightening *= np.float32(0.12)
    orm[:, :, 0] = whole.occlusion * np.float32(255.0)
    orm[:, :, 1] = np.clip(whole.roughness - lightening, np.float32(0.1), _ONE) * np.float32(255.0)
    orm[:, :, 2] = 0
    tilt_x, tilt_y = texture.slopes
    step = whole.bump * _HALF
    tilt_x -= (grain[1:-1, 2:] - grain[1:-1, :-2]) * step
    tilt_y += (grain[2:, 1:-1] - grain[:-2, 1:-1]) * step
    pack_normals(tilt_x, tilt_y, normal)


def _centres(texels: int) -> F32:
    """Positions 0 … 1 of texel centres across a chart, from two before it to two after.

    They are kept inside.
    """
    at = (np.arange(-2, texels + 3, dtype=np.float32) + _HALF) * np.float32(1.0 / texels)
    inside: F32 = np.clip(at, np.float32(0.0), _ONE)
    return inside


class _Grain:
    """Octaves of noise on one face of a stone's box, spread along the columns of its chart.

    ``columns`` are positions 0 … 1 on the face.
    """

    def __init__(self, octaves: Octaves, region: Region, columns: F32) -> None:
        face = FACES[region.face]
        self._layers = []
        for texels, weight in octaves:
            counts = _cells(region, texels)
            seed = region.stone.seed + _GRAIN_SEED + texels
            spread = spread_box_noise(face, counts, columns, seed, weight)
            self._layers.append((spread, np.float32(counts[face.up[0]])))

    def band(self, rows: F32) -> F32:
        """The grain at positions ``rows``, 0 … 1 down the face."""
        (first, cells), *others = self._layers
        total = first.band(rows * cells)
        for spread, count in others:
            total += spread.band(rows * count)
        return total


def _cells(region: Region, texels: int) -> Counts:
    """Cells along each axis of the stone's box; the same for all its faces."""
    x, y, z = (max(1, round(axis * region.density / texels)) for axis in region.stone.size)
    return x, y, z
