"""Stretches of surface as the painter sees them: grids of texels, and where these lie in space.

Grids have one texel more on each side than their charts, so that slopes can be taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.angles import TAU, cos_sin
from meshmill.geometry.arrays import F32, F64, AnyArray
from meshmill.geometry.charts import Chart
from meshmill.geometry.generators.vase.crackle import Network
from meshmill.geometry.generators.vase.handles import Handle
from meshmill.geometry.generators.vase.layout import Coat, CoatCharts, Disk, Strip
from meshmill.geometry.generators.vase.meridian import Meridian, lerp
from meshmill.geometry.rasters import Spread


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Points of a patch on a coarse grid, (rows, columns): places on the meridian and in space.

    ``arc`` is float64 (rows, columns) or broadcasts to it, ``points`` float32 (rows, columns, 3).
    """

    arc: AnyArray
    points: F32


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A grid of texels that fills ``charts`` side by side.

    ``level`` (rows + 2) are metres along the surface and ``turn`` (columns + 2) turns around it,
    where ``radius`` tells how far around is. ``ringed`` patches lie around the axis and ``level``
    is their place on the meridian. On ``floor`` both run along the square around the disk, and
    ``radius`` is the meridian's.
    """

    charts: tuple[Chart, ...]
    level: F64
    turn: F32
    radius: Callable[[F64], F64]
    samples: Samples
    ringed: bool = False
    floor: Disk | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns, without the additional ones."""
        return len(self.level) - 2, len(self.turn) - 2

    def cracks(self, network: Network, level: F64) -> F32:
        """Distances from the cracks of ``network``, in its cells, on rows at ``level``."""
        if self.floor is None:
            return network.distances(level, self.turn)
        radius = self.floor.radius
        across = self.turn.astype(np.float64) * (2 * radius) - radius
        return network.disk_distances(level - radius, across, self.floor.edge)

    def spread(self, field: F32) -> Spread:
        """A field on the coarse grid, to be read at the grid's texels."""
        return Spread(field, _grid_places(self.shape[1], field.shape[1]))

    def rows(self, field_rows: int) -> F32:
        """Rows of a coarse field of so many rows, at each of the grid's rows."""
        return _grid_places(self.shape[0], field_rows)


def patches_of(coat: Coat, charts: CoatCharts, meridian: Meridian, step: int) -> list[Patch]:
    """All of a coat's patches; coarse grids have a point every ``step`` texels."""
    strips = [
        _strip_patch(strip, sectors, meridian, step)
        for strip, sectors in zip(coat.strips, charts.strips, strict=True)
    ]
    disks = [
        _disk_patch(disk, chart, meridian, step)
        for disk, chart in zip(coat.disks, charts.disks, strict=True)
    ]
    return strips + disks


def handle_patch(handle: Handle, chart: Chart, meridian: Meridian, step: int) -> Patch:
    """A handle's strap; it counts as wall at the belly."""
    around, length = handle.sizes[0]
    rows, columns = (max(4, edge // step) for edge in (chart.height, chart.width))
    along = np.arange(rows + 1) * (1.0 / rows)
    points = handle.lattice(along, np.arange(columns + 1) * (1.0 / columns))
    arc = np.full((rows + 1, columns + 1), meridian.marks.belly)
    level = _centres(chart.height) * length
    return Patch(
        (chart,), level, _centres(chart.width).astype(np.float32), _constant(around / TAU),
        Samples(arc, points.astype(np.float32)),
    )  # fmt: skip


def _strip_patch(strip: Strip, charts: tuple[Chart, ...], meridian: Meridian, step: int) -> Patch:
    height, width = charts[0].height, sum(chart.width for chart in charts)
    rows, columns = (max(4, edge // step) for edge in (height, width))
    arc = strip.arcs(meridian, np.arange(rows + 1) * (1.0 / rows))[:, None]
    turn = np.arange(columns + 1) * (1.0 / columns)
    points = _around(meridian, arc, turn)
    return Patch(
        charts, strip.arcs(meridian, _centres(height)), _centres(width).astype(np.float32),
        _radius_of(meridian),
        Samples(np.broadcast_to(arc, points.shape[:2]), points), ringed=True,
    )  # fmt: skip


def _disk_patch(disk: Disk, chart: Chart, meridian: Meridian, step: int) -> Patch:
    cells = max(6, chart.width // step)
    along = (np.arange(cells + 1) * (2.0 / cells) - 1.0) * disk.radius
    x, z = along[None, :], along[:, None]
    radius = np.sqrt(x * x + z * z)
    is_base = disk.edge > meridian.marks.lip
    if is_base:
        z = -z  # seen from below
        disc = slice(None, int(np.searchsorted(meridian.arc, disk.edge)) - 1, -1)
    else:
        disc = slice(None, int(np.searchsorted(meridian.arc, disk.edge)) + 1)
    arc = lerp(radius, meridian.radius[disc], meridian.arc[disc])
    height = meridian.at(arc, meridian.height)
    points = np.stack(np.broadcast_arrays(x, height, z), axis=-1).astype(np.float32)
    level = _centres(chart.height) * (2 * disk.radius)
    return Patch(
        (chart,), level, _centres(chart.width).astype(np.float32),
        _constant(2 * disk.radius / TAU) if is_base else _radius_of(meridian),
        Samples(arc, points), floor=None if is_base else disk,
    )  # fmt: skip


def _around(meridian: Meridian, arc: AnyArray, turn: AnyArray) -> F32:
    radius, height = (meridian.at(arc, field) for field in (meridian.radius, meridian.height))
    cosine, sine = cos_sin(turn)
    points = np.stack(np.broadcast_arrays(radius * sine, height, radius * cosine), axis=-1)
    return points.astype(np.float32)


def _radius_of(meridian: Meridian) -> Callable[[F64], F64]:
    return lambda at: meridian.at(at, meridian.radius)


def _constant(radius: float) -> Callable[[F64], F64]:
    return lambda at: np.full(np.shape(at), radius)


def _centres(texels: int) -> F64:
    """Places of texel centres, 0 … 1 over a chart, with one more at either end."""
    places: F64 = np.asarray((np.arange(-1, texels + 1) + 0.5) * (1.0 / texels))
    return places


def _grid_places(texels: int, samples: int) -> F32:
    """Texel centres in steps of a coarse grid, kept within it."""
    places = _centres(texels) * (samples - 1)
    inside: F32 = np.clip(places, 0.0, samples - 1.0).astype(np.float32)
    return inside
