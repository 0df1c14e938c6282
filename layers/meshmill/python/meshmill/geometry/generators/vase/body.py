"""The mesh of the vessel at any resolution: rows along the meridian, columns around the axis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from math import sqrt

import numpy as np

from meshmill.geometry.angles import PI, TAU, cos_sin, sine
from meshmill.geometry.arrays import F32, F64, AnyArray
from meshmill.geometry.charts import Chart
from meshmill.geometry.generators.vase.hand import Hand
from meshmill.geometry.generators.vase.layout import Coat, CoatCharts, Disk, Strip
from meshmill.geometry.generators.vase.meridian import Meridian
from meshmill.geometry.generators.vase.rows import spread_rows
from meshmill.geometry.parts import Part
from meshmill.geometry.surfaces import lattice_part

#: Columns are multiples of these from so many columns on, so that disks can halve them often.
_STEPS = ((96, 32), (56, 16), (36, 8), (0, 4))
#: A ring of a disk is this much smaller than the one around it, of half as many points.
_RING = 0.62
_FEWEST = 8
#: Columns are rather more than fewer: 0.5 would round evenly.
_UPWARDS = 0.62
#: Coarser levels are so much wider at most, to cover what the finest covers.
_MOST_FULL = 1.015


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A vessel's surface, and how many columns and rows a mesh of it has.

    ``rows`` maps each strip to its places on the meridian.
    """

    meridian: Meridian
    hand: Hand
    columns: int
    rows: dict[Strip, F64]

    @classmethod
    def of(
        cls, meridian: Meridian, hand: Hand, coats: tuple[Coat, Coat], budget: int, finest: int
    ) -> Body:
        """A mesh of about ``budget`` triangles, where the finest level has ``finest`` columns."""
        strips = [strip for coat in coats for strip in coat.strips]
        columns = columns_for(meridian, budget)
        fuller = min(fullness(columns) / fullness(finest), _MOST_FULL) if columns < finest else 1.0
        hand = replace(hand, spread=hand.spread * fuller)
        disks = 2 * len(ring_triangles(ring_counts(columns)))
        rows = max(len(strips), (budget - disks) // (2 * columns))
        stride = 2 if columns < finest else 1
        return cls(meridian, hand, columns, spread_rows(meridian, strips, rows, stride))

    def parts(self, coat: Coat, charts: CoatCharts) -> list[Part]:
        """The parts of one coat, with their UVs."""
        size = charts.atlas.size
        parts = [
            part
            for strip, sectors in zip(coat.strips, charts.strips, strict=True)
            for part in self._sectors(strip, sectors, size)
        ]
        disks = zip(coat.disks, charts.disks, strict=True)
        return parts + [self._disk(disk, chart, size) for disk, chart in disks]

    def _sectors(self, strip: Strip, charts: tuple[Chart, ...], size: int) -> Iterator[Part]:
        """A strip, cut into as many sectors as it has charts."""
        arc = self.rows[strip][:, None]
        down = strip.down(self.meridian, arc)
        positions, normals = self._surface(arc, np.arange(self.columns + 1) * (1.0 / self.columns))
        width = self.columns // len(charts)
        across = np.arange(width + 1) * (1.0 / width)
        for number, chart in enumerate(charts):
            part = np.s_[:, number * width : (number + 1) * width + 1]
            uvs = chart.uvs(across, down, size)
            yield lattice_part(positions[part], normals[part], uvs)

    def _surface(self, arc: AnyArray, turn: AnyArray) -> tuple[F32, F32]:
        """Positions and normals float32 (..., 3); a whole turn is no turn, to the last bit."""
        meridian, once = self.meridian, turn - np.floor(turn)
        radius = meridian.at(arc, meridian.radius)
        positions = self.hand.place(radius, meridian.at(arc, meridian.height), once)
        out, up = (meridian.at(arc, meridian.normals[:, axis]) for axis in (0, 1))
        scale = 1.0 / np.sqrt(out * out + up * up)
        ahead, aside = cos_sin(once)
        normals = np.stack(
            np.broadcast_arrays(out * scale * aside, up * scale, out * scale * ahead), axis=-1
        )
        return positions.astype(np.float32), normals.astype(np.float32)

    def _disk(self, disk: Disk, chart: Chart, size: int) -> Part:
        """Rings that halve their points inwards, and a fan around the middle."""
        meridian = self.meridian
        is_floor = disk.edge < meridian.marks.lip
        middle = 0.0 if is_floor else float(meridian.arc[-1])
        counts = ring_counts(self.columns)
        shares = [_power(_RING, ring) for ring in range(len(counts))]
        arcs = np.repeat([middle + (disk.edge - middle) * share for share in shares], counts)
        turns = np.concatenate([np.arange(count) * (1.0 / count) for count in counts])
        arcs, turns = np.append(arcs, middle), np.append(turns, 0.0)
        positions, normals = self._surface(arcs, turns)
        ahead, aside = cos_sin(turns)
        radius = meridian.at(arcs, meridian.radius) * (0.5 / disk.radius)
        facing = 1.0 if is_floor else -1.0
        uvs = chart.uvs(0.5 + radius * aside, 0.5 + radius * ahead * facing, size)
        triangles = ring_triangles(counts)
        return Part(positions, normals, uvs, triangles[:, ::-1] if is_floor else triangles)


def fullness(sides: int) -> float:
    """What a polygon's radius is multiplied by, to look as wide as its circle on the average.

    By Cauchy, a convex outline's mean width is its length over pi.
    """
    return PI / (sides * sine(0.5 / sides))


def ring_counts(columns: int) -> list[int]:
    """Points of a disk's rings from its edge inwards."""
    counts = [columns]
    while counts[-1] > _FEWEST and counts[-1] % 2 == 0:
        counts.append(counts[-1] // 2)
    return counts


def ring_triangles(counts: list[int]) -> AnyArray:
    """Triangles uint32 (m, 3) of rings that halve inwards, and of a fan around the last point.

    Points are numbered ring by ring, as columns to the right with the middle below.
    """
    pieces, first = [], 0
    for count, inner in pairwise(counts):
        k = np.arange(inner)
        a, b, c = (first + (2 * k + step) % count for step in range(3))
        d, e = first + count + k, first + count + (k + 1) % inner
        pieces += [np.stack(corners, 1) for corners in ((a, d, b), (b, d, e), (b, e, c))]
        first += count
    k = np.arange(counts[-1])
    ring = (first + k, np.full_like(k, first + counts[-1]), first + (k + 1) % counts[-1])
    pieces.append(np.stack(ring, 1))
    return np.concatenate(pieces).astype(np.uint32)


def columns_for(meridian: Meridian, budget: int) -> int:
    """Columns that make cells about square."""
    length = float(meridian.arc[-1])
    steps = meridian.arc[1:] - meridian.arc[:-1]
    middle = (meridian.radius[1:] + meridian.radius[:-1]) * 0.5
    around = TAU * float(np.cumsum(middle * steps)[-1]) / length
    wanted = sqrt(budget * 0.5 * around / length)
    step = next(step for least, step in _STEPS if wanted >= least)
    return max(_FEWEST, int(wanted / step + _UPWARDS) * step)


def _power(base: float, exponent: int) -> float:
    product = 1.0
    for _ in range(exponent):
        product *= base
    return product
