"""Bars: closed prisms along a line or around the building, as they are ordered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np

from meshmill.geometry.arrays import F64, AnyArray
from meshmill.geometry.generators.building.profiles import Edges, Shape, profile_of
from meshmill.geometry.vectors import dot

Finish = Literal["stone", "frame", "door", "iron", "timber", "accent", "masonry"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A bar's section, ``width`` across and ``height`` upwards in metres, and nominal length."""

    width: float
    height: float
    length: float
    finish: Finish
    shape: Shape = "box"

    @property
    def around(self) -> list[float]:
        """Metres around the section up to each of its corners, and in all."""
        ends = profile_of(self.shape, "sharp").core.tolist()
        reached = [0.0]
        for (x, y), (next_x, next_y) in zip(ends, ends[1:] + ends[:1], strict=True):
            across, up = 0.5 * self.width * (next_x - x), 0.5 * self.height * (next_y - y)
            reached.append(reached[-1] + sqrt(across * across + up * up))
        return reached

    def charts(self, name: str) -> dict[str, tuple[float, float]]:
        """Sizes of the chart of the sides and that of the ends."""
        return {
            name: (self.length, self.around[-1]),
            end_chart(name): (self.width, self.height),
        }


def end_chart(name: str) -> str:
    """Name of the chart of the ends of bars of a kind."""
    return f"{name}_end"


def kind_of_chart(chart: str) -> str:
    """Name of the kind of bars whose sides or ends a chart shows."""
    return chart.removesuffix("_end")


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Bars of the kind ``name`` from ``start`` to ``end``, float64 (n, 3), not yet made.

    ``up`` (n, 3) are the upward axes of their sections. Each is cut into ``segments`` that share
    the kind's chart.
    """

    name: str
    kind: Kind
    start: F64
    end: F64
    up: F64
    segments: int

    def triangle_count(self, edges: Edges) -> int:
        """Triangles of the bars once they are made."""
        corners = len(profile_of(self.kind.shape, edges).core)
        return len(self.start) * (2 * corners * self.segments + 2 * (corners - 2))


@dataclass(frozen=True, slots=True, eq=False)
class Stock:
    """Kinds of bars of one material, by name."""

    kinds: Mapping[str, Kind]

    def bars(self, name: str, start: AnyArray, end: AnyArray, up: AnyArray) -> Bars:
        """Bars from ``start`` to ``end`` (..., 3), whose sections' upward axes are ``up``."""
        kind = self.kinds[name]
        begins = start.reshape(-1, 3)
        along = end.reshape(-1, 3) - begins
        lengths = np.sqrt(dot(along, along))
        mean = float(np.cumsum(lengths)[-1]) / len(lengths) if len(lengths) else kind.length
        segments = max(1, int(mean / kind.length + 0.5))
        upward = np.broadcast_to(up, start.shape).reshape(-1, 3)
        return Bars(name, kind, begins, end.reshape(-1, 3), upward, segments)

    def ring(self, name: str, half: tuple[float, float], height: float, gap: float) -> list[Bars]:
        """Four bars around a rectangle of half edges ``half``, their middles at ``height``.

        Those along the sides end inside the others, a ``gap`` lower and farther in.
        """
        reach = 0.5 * self.kinds[name].width
        (x, z), up = half, np.array([0.0, 1.0, 0.0])
        front = np.array([[x + reach, height, z], [-x - reach, height, -z]])
        across = np.array([[-2.0 * (x + reach), 0.0, 0.0], [2.0 * (x + reach), 0.0, 0.0]])
        x, z = x - gap, z - 0.8 * reach
        side = np.array([[x, height - gap, -z], [-x, height - gap, z]])
        along = np.array([[0.0, 0.0, 2.0 * z], [0.0, 0.0, -2.0 * z]])
        return [
            self.bars(name, front, front + across, up),
            self.bars(name, side, side + along, up),
        ]


def charts_of(kinds: Mapping[str, Kind]) -> dict[str, tuple[float, float]]:
    """Sizes of the charts of all kinds."""
    charts: dict[str, tuple[float, float]] = {}
    for name, kind in kinds.items():
        charts |= kind.charts(name)
    return charts


def chart_names(several: Sequence[Bars]) -> set[str]:
    """Names of the charts that bars use."""
    kinds = {bars.name for bars in several if len(bars.start)}
    return kinds | {end_chart(name) for name in kinds}
