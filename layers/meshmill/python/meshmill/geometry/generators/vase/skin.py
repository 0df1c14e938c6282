"""The materials of both coats: patches painted one by one and laid into their charts."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import U8, Bools
from meshmill.geometry.charts import Chart, dilate
from meshmill.geometry.generators.vase.brush import Brush
from meshmill.geometry.generators.vase.finish import Finish
from meshmill.geometry.generators.vase.handles import Handle
from meshmill.geometry.generators.vase.layout import Coat, CoatCharts
from meshmill.geometry.generators.vase.patches import Patch, handle_patch, patches_of
from meshmill.geometry.maps import MapSet
from meshmill.geometry.scene import Material

#: Coarse grids have about so many points along a texture's edge, a few texels apart.
_COARSE, _CLOSEST, _WIDEST = 170, 4, 16
#: Edge of the square of texels that becomes one of mip level 4.
_MIP_TEXELS = 16
#: Of what is no metal.
_BRIGHTEST = 240


def paint_glaze(finish: Finish, coat: Coat, charts: CoatCharts, handle: Handle | None) -> Material:
    """The material of everything glazed, with the handles' strap."""
    step = _step(charts.atlas.size)
    patches = patches_of(coat, charts, finish.meridian, step)
    if handle is not None:
        patches.append(handle_patch(handle, charts.extras[0], finish.meridian, step))
    return _paint(finish, patches, charts).material("Vase", "Glaze")


def paint_clay(finish: Finish, coat: Coat, charts: CoatCharts) -> Material:
    """The material of what is left bare: the foot, and the inside of closed vessels."""
    patches = patches_of(coat, charts, finish.meridian, _step(charts.atlas.size))
    return _paint(finish, patches, charts).material("Vase", "Clay")


def _step(size: int) -> int:
    return min(max(size // _COARSE, _CLOSEST), _WIDEST)


def _paint(finish: Finish, patches: list[Patch], charts: CoatCharts) -> MapSet:
    size, gutter = charts.atlas.size, charts.atlas.gutter
    clay = finish.glaze.clay[1]
    maps = MapSet.filled(size, clay, (255, int(finish.glaze.clay_roughness * 255), 0))
    brush = Brush.of(finish, charts.atlas.density, size)
    covered = np.zeros((size, size), dtype=np.bool_)
    free = np.ones((size, size), dtype=np.bool_)
    variations = finish.fields([patch.samples for patch in patches])
    for patch, fields in zip(patches, variations, strict=True):
        strip = MapSet(*(np.empty((*patch.shape, 3), dtype=np.uint8) for _ in range(3)))
        brush.cover(patch, fields, strip)
        _place(strip, patch, maps, gutter)
        for chart in patch.charts:
            covered[chart.area] = True
            free[_around(chart, gutter // 2)] = False
    _fill_between(maps.base_colour, covered, free)
    maps.orm[:, :, 2][free] = 0
    return maps


def _place(strip: MapSet, patch: Patch, maps: MapSet, gutter: int) -> None:
    """Cut a painted patch into its charts and fill their gutters."""
    pairs = ((strip.base_colour, maps.base_colour), (strip.normal, maps.normal),
             (strip.orm, maps.orm))  # fmt: skip
    for source, target in pairs:
        left = 0
        for chart in patch.charts:
            target[chart.area] = source[:, left : left + chart.width]
            left += chart.width
            dilate(target, chart, gutter)


def _fill_between(image: U8, covered: Bools, free: Bools) -> None:
    """Give free texels the mean of what charts cover near them, so that mip levels keep it.

    Near is within the square that becomes one texel of mip level 4. Sums are of integers, exact in
    any order.
    """
    blocks = len(image) // _MIP_TEXELS
    shape = (blocks, _MIP_TEXELS, blocks, _MIP_TEXELS)
    blocked = covered.reshape(shape).transpose(0, 2, 1, 3)
    opened = free.reshape(shape).transpose(0, 2, 1, 3)
    rows, columns = np.nonzero(_any_in_tile(covered) & _any_in_tile(free))
    tiles = image.reshape(*shape, 3).transpose(0, 2, 1, 3, 4)
    inside, open_texels = blocked[rows, columns], opened[rows, columns]
    count = inside.sum(axis=(1, 2), dtype=np.uint32)
    chosen = tiles[rows, columns]
    for channel in range(3):
        plane = chosen[..., channel]
        total = (plane * inside).sum(axis=(1, 2), dtype=np.uint32)
        mean = np.minimum(total // count, _BRIGHTEST).astype(np.uint8)
        np.copyto(plane, mean[:, None, None], where=open_texels)
    tiles[rows, columns] = chosen


def _any_in_tile(mask: Bools) -> Bools:
    """Which of the mask's tiles have any texel, by eight of them at once."""
    blocks = len(mask) // _MIP_TEXELS
    words = mask.view(np.uint64).reshape(blocks, _MIP_TEXELS, blocks, -1)
    found: Bools = np.logical_or.reduce(words, axis=(1, 3))
    return found


def _around(chart: Chart, margin: int) -> tuple[slice, slice]:
    """Rows and columns of the chart and of a margin around it."""
    return np.s_[
        chart.top - margin : chart.top + chart.height + margin,
        chart.left - margin : chart.left + chart.width + margin,
    ]
