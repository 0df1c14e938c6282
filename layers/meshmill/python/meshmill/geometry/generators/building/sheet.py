"""Charts of one material by name: first a draft, and when it is known what is used, a texture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from meshmill.geometry.arrays import F32, F64, I64, U8
from meshmill.geometry.charts import Atlas, Chart
from meshmill.geometry.generators.building.shelves import Wanted, pack_groups

#: Corners of a cell in its chart, counter-clockwise from the lower left: across and down.
_CORNERS = np.array(((0.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 0.0)))
#: In a draft, a chart's places across are shifted by its number times this.
_APART = 2.0
_REACH = 16

Corners = tuple[F64, F64, F64, F64]


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """Charts of ``sizes`` in metres, by name, before they have places in a texture.

    ``group`` names what a chart shows; charts of one group are packed together. ``numbers`` counts
    the charts.
    """

    sizes: Mapping[str, tuple[float, float]]
    group: Callable[[str], str]
    numbers: Mapping[str, int]

    @classmethod
    def of(cls, sizes: Mapping[str, tuple[float, float]], group: Callable[[str], str]) -> Draft:
        """Number the charts."""
        return cls(sizes, group, {name: number for number, name in enumerate(sizes)})

    def shift(self, name: str) -> float:
        """How far to the right of the first chart a chart begins."""
        return self.numbers[name] * _APART

    def places(self, name: str, across: ArrayLike, down: ArrayLike) -> F64:
        """Draft UVs (..., 2) of places 0 … 1 in a chart, to the right and downwards."""
        right, lower = np.asarray(across) + self.shift(name), np.asarray(down)
        pair = np.empty((*np.broadcast_shapes(right.shape, lower.shape), 2))
        pair[..., 0], pair[..., 1] = right, lower
        return pair

    def corners(self, name: str) -> Corners:
        """The lower left, lower right, upper right and upper left of a chart."""
        a, b, c, d = _CORNERS + np.array((self.shift(name), 0.0))
        return a, b, c, d

    def lattice(self, name: str, columns: int, rows: int) -> F64:
        """Places (rows + 1, columns + 1, 2) of a chart cut into cells, rows from the top."""
        across, down = np.arange(columns + 1) / columns, np.arange(rows + 1) / rows
        return self.places(name, across[None, :], down[:, None])

    def used(self, uvs: F64) -> frozenset[str]:
        """Names of the charts in which draft UVs lie."""
        numbers = np.unique(np.floor(uvs[..., 0] * (1.0 / _APART)).astype(np.int64))
        names = list(self.sizes)
        return frozenset(names[number] for number in numbers.tolist())

    def packed(self, used: frozenset[str], size: int) -> Sheet:
        """Lay out the ``used`` charts in a texture of ``size`` texels."""
        names = [name for name in self.sizes if name in used]
        atlas = pack_groups([Wanted(self.group(name), *self.sizes[name]) for name in names], size)
        return Sheet(atlas, dict(zip(names, atlas.charts, strict=True)), self.sizes)


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Charts by name in a texture; ``atlas.density`` is texels a metre.

    ``sizes`` are those of all charts of the draft, in metres.
    """

    atlas: Atlas
    charts: Mapping[str, Chart]
    sizes: Mapping[str, tuple[float, float]]

    def uvs(self, draft: F64) -> F32:
        """Texture coordinates float32 (..., 2) of a draft's."""
        number = np.floor(draft[..., 0] * (1.0 / _APART)).astype(np.int64)
        table = np.zeros((len(self.sizes), 4))
        for index, (name, (wide, high)) in enumerate(self.sizes.items()):
            if name in self.charts:
                chart, density = self.charts[name], self.atlas.density
                table[index] = (chart.left, chart.top, wide * density, high * density)
        left, top, width, height = (table[:, k][number] for k in range(4))
        u = left + (draft[..., 0] - number * _APART) * width
        v = top + draft[..., 1] * height
        return (np.stack((u, v), axis=-1) * (1.0 / self.atlas.size)).astype(np.float32)

    def extend(self, *images: U8) -> None:
        """Mirror the charts at their borders, as far as the fourth mip level's texels reach."""
        for chart, (top, bottom), (left, right) in self._surroundings():
            rows, columns = chart.area
            for start, stop in ((left, columns.start), (columns.stop, right)):
                mirrored = _mirrored(start, stop, columns)
                for image in images:
                    image[rows, start:stop] = image[rows, mirrored]
            for start, stop in ((top, rows.start), (rows.stop, bottom)):
                mirrored = _mirrored(start, stop, rows)
                for image in images:
                    image[start:stop, left:right] = image[mirrored, left:right]

    def _surroundings(self) -> Iterator[tuple[Chart, tuple[int, int], tuple[int, int]]]:
        """Each chart with the rows and columns around it that no other is nearer to."""
        reach = max(self.atlas.gutter, _REACH)
        gutter, size = self.atlas.gutter, self.atlas.size
        shelves: dict[int, list[Chart]] = {}
        for chart in self.charts.values():
            shelves.setdefault(chart.top, []).append(chart)
        tops = [*sorted(shelves), size + gutter]
        for top, below in pairwise(tops):
            row = sorted(shelves[top], key=lambda chart: chart.left)
            lefts = [*(chart.left for chart in row), size + gutter]
            for chart, following in zip(row, lefts[1:], strict=True):
                bottom = min(below - gutter, chart.top + chart.height + reach)
                right = min(following - gutter, chart.left + chart.width + reach)
                yield chart, (top - gutter, bottom), (chart.left - gutter, right)


def _mirrored(start: int, stop: int, inside: slice) -> I64:
    """Which places ``inside`` stand for those from ``start`` to ``stop``."""
    count = inside.stop - inside.start
    place = (np.arange(start, stop) - inside.start) % (2 * count)
    mirrored: I64 = inside.start + np.minimum(place, 2 * count - 1 - place)
    return mirrored
