"""Sections of bars: corners on a rectangle without size, lifted by a bevel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from meshmill.geometry.arrays import F64, I64

Shape = Literal["box", "house", "round"]
Edges = Literal["sharp", "bevelled"]

_BEVEL_SHARE, _BEVEL_M = 0.16, 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Corners counter-clockwise, mirror images of each other from left to right.

    ``core`` float64 (k, 2) places them on a square of -1 … 1, ``lift`` (k, 2) moves them from there
    by so many bevels.
    """

    core: F64
    lift: F64

    def sections(self, sizes: F64) -> F64:
        """Corners (n, k, 2) of sections of ``sizes`` (n, 2), in their unit."""
        bevels = np.minimum(_BEVEL_M, _BEVEL_SHARE * np.minimum(sizes[:, 0], sizes[:, 1]))
        corners: F64 = self.core * (sizes[:, None] * 0.5) + self.lift * bevels[:, None, None]
        return corners

    @property
    def mirrored(self) -> I64:
        """Each corner's mirror image, int64 (k,)."""
        count = len(self.core)
        numbers: I64 = (1 - np.arange(count)) % count
        return numbers

    @property
    def fans(self) -> I64:
        """Corners (faces, 4) of the faces of an end, the last two equal where it is a triangle."""
        last = len(self.core) - 1
        return np.array([(0, k, k + 1, min(k + 2, last)) for k in range(1, last, 2)])


def perimeters(sections: F64) -> F64:
    """Lengths (n, k + 1) around sections (n, k, 2) up to each corner, and in all."""
    steps = np.roll(sections, -1, axis=1) - sections
    lengths = np.sqrt(steps[..., 0] * steps[..., 0] + steps[..., 1] * steps[..., 1])
    around = np.zeros((len(sections), sections.shape[1] + 1))
    around[:, 1:] = np.cumsum(lengths, axis=1)
    return around


def profile_of(shape: Shape, edges: Edges) -> Profile:
    """The profile of bars of a shape; only boxes have edges to bevel."""
    return _BEVELLED if shape == "box" and edges == "bevelled" else _SHARP[shape]


def _plain(*corners: tuple[float, float]) -> Profile:
    core = np.array(corners)
    return Profile(core, np.zeros_like(core))


_SHARP: dict[Shape, Profile] = {
    "box": _plain((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "house": _plain((-1, -1), (1, -1), (1, 0.1), (0, 1), (-1, 0.1)),
    "round": _plain(
        (-0.38, -0.92), (0.38, -0.92), (0.92, -0.38), (0.92, 0.38),
        (0.38, 0.92), (-0.38, 0.92), (-0.92, 0.38), (-0.92, -0.38),
    ),
}  # fmt: skip
_BEVELLED = Profile(
    np.array(((-1.0, -1), (1, -1), (1, -1), (1, 1), (1, 1), (-1, 1), (-1, 1), (-1, -1))),
    np.array(((1.0, 0), (-1, 0), (0, 1), (0, -1), (-1, 0), (1, 0), (0, -1), (0, 1))),
)
