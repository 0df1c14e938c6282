"""How a vessel is cut into charts: strips around the axis, and the disks of floor and base.

A strip is as wide as the mean circumference of its stretch of the meridian, and its rows lie so
that texels are equally large all over it (Lambert's cylindrical projection). It ends where the
radius has changed by so much that texels would be too long, and is cut into sectors where a strip
in one piece would be too wide for the texture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from meshmill.geometry.angles import TAU
from meshmill.geometry.arrays import F64, AnyArray
from meshmill.geometry.charts import Atlas, Chart, pack_charts
from meshmill.geometry.generators.vase.meridian import Meridian, lerp

#: How far radii differ from their strip's mean where it is seen, and where it is mostly hidden.
_SEEN_RATIO, _HIDDEN_RATIO = 1.38, 1.42
#: Cuts of the inner wall are at least so far apart, as a share of it.
_CLOSEST = 0.04
_SHORTEST = 0.3
_SECTORS = (1, 2, 4)


@dataclass(frozen=True, slots=True)
class Strip:
    """A stretch of the meridian, metres of arc, all around; ``radius`` is its mean."""

    start: float
    stop: float
    radius: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of its chart in metres."""
        return TAU * self.radius, self.stop - self.start

    def down(self, meridian: Meridian, arc: AnyArray) -> F64:
        """Shares of the chart's height, 0 … 1, of places on the meridian."""
        ends = meridian.at(np.array((self.start, self.stop)), meridian.swept)
        share: F64 = (meridian.at(arc, meridian.swept) - ends[0]) * (1.0 / (ends[1] - ends[0]))
        return share

    def arcs(self, meridian: Meridian, down: AnyArray) -> F64:
        """Places on the meridian of shares of the chart's height: the inverse of :meth:`down`."""
        ends = meridian.at(np.array((self.start, self.stop)), meridian.swept)
        return lerp(ends[0] + down * (ends[1] - ends[0]), meridian.swept, meridian.arc)


@dataclass(frozen=True, slots=True)
class Disk:
    """The middle of the floor or of the base, out to ``edge`` metres of arc; ``radius`` there."""

    edge: float
    radius: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of its chart in metres."""
        return 2 * self.radius, 2 * self.radius


@dataclass(frozen=True, slots=True)
class Coat:
    """Everything of a vessel in one material."""

    strips: tuple[Strip, ...]
    disks: tuple[Disk, ...]


@dataclass(frozen=True, slots=True)
class CoatCharts:
    """Where a coat lies in its texture: for each strip its sectors, and a chart for each disk.

    ``extras`` are the charts of whatever else shares the texture, ``size`` its edge in texels.
    """

    atlas: Atlas
    strips: tuple[tuple[Chart, ...], ...]
    disks: tuple[Chart, ...]
    extras: tuple[Chart, ...]


def coats(meridian: Meridian) -> tuple[Coat, Coat]:
    """What is glazed, and what is bare clay.

    The inside is cut opposite the outside's cuts, so that both walls can have rows there.
    """
    marks = meridian.marks
    floor = Disk(marks.floor, float(meridian.at(np.array(marks.floor), meridian.radius)))
    base = Disk(marks.base, float(meridian.at(np.array(marks.base), meridian.radius)))
    outside = _cuts(meridian, marks.lining or marks.lip, marks.foot, _SEEN_RATIO)[1:]
    underside = _cuts(meridian, marks.foot, marks.base, _HIDDEN_RATIO)
    rim = marks.lining or float(meridian.at(np.array(outside[0]), meridian.opposite))
    inside = _inner_cuts(meridian, outside, rim)
    walls = _strips(meridian, inside), _strips(meridian, [rim, *outside])
    below = _strips(meridian, underside)
    if marks.lining > 0:
        return Coat(walls[1], ()), Coat((*walls[0], *below), (floor, base))
    return Coat((*walls[0], *walls[1]), (floor,)), Coat(below, (base,))


def _inner_cuts(meridian: Meridian, outside: Sequence[float], rim: float) -> list[float]:
    """Cuts from the floor's disk up to ``rim``: opposite the outer ones, more where needed."""
    floor = meridian.marks.floor
    walls = [cut for cut in outside[:-1] if cut > meridian.marks.edge]
    images = [float(meridian.at(np.array(cut), meridian.opposite)) for cut in reversed(walls)]
    gap = _CLOSEST * (rim - floor)
    kept = [image for image in images if floor + gap < image < rim - gap]
    cuts = [floor]
    for stop in [*kept, rim]:
        if stop - cuts[-1] > gap:
            cuts += _cuts(meridian, cuts[-1], stop, _HIDDEN_RATIO)[1:]
    return cuts


def _strips(meridian: Meridian, cuts: Sequence[float]) -> tuple[Strip, ...]:
    return tuple(Strip(first, last, _mean(meridian, first, last)) for first, last in pairwise(cuts))


def _cuts(meridian: Meridian, start: float, stop: float, ratio: float) -> list[float]:
    """Both ends of a stretch, and where radii would differ by ``ratio`` from a strip's mean."""
    inside = (meridian.arc > start) & (meridian.arc < stop)
    arcs = np.concatenate(([start], meridian.arc[inside], [stop]))
    radii = meridian.at(arcs, meridian.radius).tolist()
    swept = meridian.at(arcs, meridian.swept).tolist()
    cuts, low, high, begun = [start], radii[0], radii[0], swept[0]
    for arc, radius, whole in zip(arcs.tolist()[1:], radii[1:], swept[1:], strict=True):
        low, high = min(low, radius), max(high, radius)
        mean = (whole - begun) / (arc - cuts[-1])
        if max(high / mean, mean / low) > ratio:
            cuts.append(arc)
            low, high, begun = radius, radius, whole
    typical = (stop - start) / (len(cuts) + 1)
    if len(cuts) > 1 and stop - cuts[-1] < _SHORTEST * typical:
        cuts.pop()
    return [*cuts, stop]


def lay_out(coat: Coat, extras: Sequence[tuple[float, float]], size: int) -> CoatCharts:
    """Pack a coat, and ``extras`` of other sizes in metres, into a texture of ``size`` texels."""
    whole = [*(strip.size for strip in coat.strips), *(disk.size for disk in coat.disks), *extras]
    widest = max(width for width, _ in whole)
    surface = sum(width * height for width, height in whole)
    sectors = next((k for k in _SECTORS if widest * widest < k * k * surface), _SECTORS[-1])
    cut = [strip.size for strip in coat.strips]
    wanted = [(width / sectors, height) for width, height in cut for _ in range(sectors)]
    atlas = pack_charts([*wanted, *whole[len(cut) :]], size)
    pieces = atlas.charts[: len(wanted)]
    rest = atlas.charts[len(wanted) :]
    return CoatCharts(
        atlas,
        tuple(pieces[k : k + sectors] for k in range(0, len(pieces), sectors)),
        rest[: len(coat.disks)],
        rest[len(coat.disks) :],
    )


def _mean(meridian: Meridian, start: float, stop: float) -> float:
    """Mean radius over a stretch."""
    swept = meridian.at(np.array((start, stop)), meridian.swept)
    return float(swept[1] - swept[0]) / (stop - start)
