"""Bars: closed prisms along a line or around the building, cut into segments that share a chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from meshmill.geometry.arrays import F64, AnyArray
from meshmill.geometry.generators.building.faces import Faces, quads
from meshmill.geometry.generators.building.sheet import Draft
from meshmill.geometry.vectors import cross, dot, normalised

Finish = Literal["stone", "frame", "door", "iron", "timber", "accent", "masonry"]
Shape = Literal["box", "house", "round"]

_BEVEL_SHARE, _BEVEL_M = 0.16, 0.02
_ROUND = ((-0.19, -0.46), (0.19, -0.46), (0.46, -0.19), (0.46, 0.19),
          (0.19, 0.46), (-0.19, 0.46), (-0.46, 0.19), (-0.46, -0.19))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """A bar's section, ``width`` across and ``height`` upwards in metres, and nominal length."""

    width: float
    height: float
    length: float
    finish: Finish
    shape: Shape = "box"

    def section(self, *, bevelled: bool) -> F64:
        """Corners (k, 2) counter-clockwise, mirror images of each other from left to right."""
        w, h = self.width * 0.5, self.height * 0.5
        if self.shape == "house":
            corners = ((-w, -h), (w, -h), (w, 0.1 * h), (0.0, h), (-w, 0.1 * h))
            return np.array(corners, dtype=np.float64)
        if self.shape == "round":
            scaled: F64 = np.array(_ROUND) * np.array((self.width, self.height))
            return scaled
        if not bevelled:
            return np.array(((-w, -h), (w, -h), (w, h), (-w, h)))
        b = min(_BEVEL_M, _BEVEL_SHARE * min(self.width, self.height))
        return np.array(
            ((b - w, -h), (w - b, -h), (w, b - h), (w, h - b),
             (w - b, h), (b - w, h), (-w, h - b), (-w, b - h))
        )  # fmt: skip

    @property
    def perimeter(self) -> float:
        """Length around the section in metres."""
        section = self.section(bevelled=False)
        steps = np.roll(section, -1, axis=0) - section
        return float(np.cumsum(np.sqrt(steps[:, 0] * steps[:, 0] + steps[:, 1] * steps[:, 1]))[-1])

    def charts(self, name: str) -> dict[str, tuple[float, float]]:
        """Sizes of the chart of the sides and that of the ends."""
        return {name: (self.length, self.perimeter), f"{name}_end": (self.width, self.height)}


@dataclass(frozen=True, slots=True, eq=False)
class Workshop:
    """Makes bars of the kinds that a draft has charts for."""

    kinds: dict[str, Kind]
    draft: Draft
    bevelled: bool

    def bars(self, name: str, start: AnyArray, end: AnyArray, up: AnyArray) -> Faces:
        """Bars from ``start`` to ``end`` (n, 3), whose sections' upward axes are ``up``."""
        start, end = np.atleast_2d(start).astype(np.float64), np.atleast_2d(end)
        if not len(start):
            return Faces.none()
        kind = self.kinds[name]
        along = end - start
        lengths = np.sqrt(dot(along, along))
        segments = max(1, int(float(np.cumsum(lengths)[-1]) / len(lengths) / kind.length + 0.5))
        upward = np.broadcast_to(np.asarray(up, dtype=np.float64), start.shape)
        right = normalised(cross(upward, along))
        upward = normalised(cross(along, right))
        section = kind.section(bevelled=self.bevelled)
        stations = np.arange(segments + 1) / segments
        rings = (
            start[:, None, None]
            + along[:, None, None] * stations[:, None, None]
            + right[:, None, None] * section[:, 0, None]
            + upward[:, None, None] * section[:, 1, None]
        )
        return Faces.joined((self._sides(name, rings, section), *self._ends(name, rings, section)))

    def ring(self, name: str, half: tuple[float, float], height: float, gap: float) -> Faces:
        """Four bars around a rectangle of half edges ``half``, their middles at ``height``.

        Those along the sides end inside the others, a ``gap`` lower and farther in.
        """
        reach = 0.5 * self.kinds[name].width
        (x, z), up = half, np.array([0.0, 1.0, 0.0])
        front = np.array([[x + reach, height, z], [-x - reach, height, -z]])
        across = np.array([[-2.0 * (x + reach), 0.0, 0.0], [2.0 * (x + reach), 0.0, 0.0]])
        x, z = x - gap, z - 0.37 * reach
        side = np.array([[x, height - gap, -z], [-x, height - gap, z]])
        along = np.array([[0.0, 0.0, 2.0 * z], [0.0, 0.0, -2.0 * z]])
        return Faces.joined(
            (
                self.bars(name, front, front + across, up),
                self.bars(name, side, side + along, up),
            )
        )

    def _sides(self, name: str, rings: F64, section: F64) -> Faces:
        """Quads between stations; rings are (n, stations, k, 3)."""
        steps = np.roll(section, -1, axis=0) - section
        lengths = np.sqrt(steps[:, 0] * steps[:, 0] + steps[:, 1] * steps[:, 1])
        around = np.concatenate(([0.0], np.cumsum(lengths)))
        around /= around[-1]
        low, high = (self.draft.places(name, np.float64(at), around) for at in (0.0, 1.0))
        near, far = rings[:, :-1], rings[:, 1:]
        turned = np.roll(np.arange(len(section)), -1)
        corners = (near, near[:, :, turned], far[:, :, turned], far)
        uvs = (low[:-1], low[1:], high[1:], high[:-1])
        count = rings.shape[0] * (rings.shape[1] - 1)
        return quads(
            [grid.reshape(-1, 3) for grid in corners], [np.tile(uv, (count, 1)) for uv in uvs]
        )

    def _ends(self, name: str, rings: F64, section: F64) -> list[Faces]:
        """Both ends, whose UVs repeat: sections are their own mirror images."""
        low = section.min(axis=0)
        share = (section - low) / (section.max(axis=0) - low)
        uvs = self.draft.places(f"{name}_end", share[:, 0], 1.0 - share[:, 1])
        count = len(section)
        mirrored = (1 - np.arange(count)) % count
        faces = []
        for ring, order in ((rings[:, -1], np.arange(count)), (rings[:, 0], mirrored)):
            for k in range(1, count - 1, 2):
                fan = (0, k, k + 1, min(k + 2, count - 1))
                faces.append(quads([ring[:, order[c]] for c in fan], [uvs[c] for c in fan]))
        return faces


def charts_of(kinds: dict[str, Kind]) -> dict[str, tuple[float, float]]:
    """Sizes of the charts of all kinds."""
    charts: dict[str, tuple[float, float]] = {}
    for name, kind in kinds.items():
        charts |= kind.charts(name)
    return charts
