"""Flat faces of three or four corners: what a building is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F64, AnyArray
from meshmill.geometry.generators.building.sheet import Sheet
from meshmill.geometry.parts import Part
from meshmill.geometry.vectors import cross, normalised

_CORNERS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """``corners`` float64 (n, 4, 3), counter-clockwise from outside, ``uvs`` float64 (n, 4, 2).

    UVs are those of a draft until the charts have places.

    A face whose last two corners are equal is a triangle; others are split from the first corner
    to the third.
    """

    corners: F64
    uvs: F64

    @classmethod
    def none(cls) -> Faces:
        """No faces."""
        return cls(np.zeros((0, _CORNERS, 3)), np.zeros((0, _CORNERS, 2)))

    @classmethod
    def joined(cls, several: Sequence[Faces]) -> Faces:
        """All faces of ``several``."""
        if not several:
            return cls.none()
        return cls(
            np.concatenate([faces.corners for faces in several]),
            np.concatenate([faces.uvs for faces in several]),
        )

    @property
    def triangle_count(self) -> int:
        """Triangles that the faces are split into."""
        return 2 * len(self.corners) - int(self._triangular().sum())

    def part(self, sheet: Sheet) -> Part:
        """Vertices of their own for every face, with its normal."""
        count = len(self.corners)
        first, second, third = (self.corners[:, k] for k in range(3))
        normals = normalised(cross(second - first, third - first))
        kept = np.ones((count, _CORNERS), dtype=np.bool_)
        kept[:, -1] = ~self._triangular()
        index = (np.cumsum(kept) - 1).reshape(count, _CORNERS)
        halves = np.stack((index[:, (0, 1, 2)], index[:, (0, 2, 3)]), axis=1)
        split = np.ones((count, 2), dtype=np.bool_)
        split[:, 1] = kept[:, -1]
        flat = kept.reshape(-1)
        return Part(
            self.corners.reshape(-1, 3)[flat].astype(np.float32),
            np.repeat(normals, _CORNERS, axis=0)[flat].astype(np.float32),
            sheet.uvs(self.uvs.reshape(-1, 2)[flat]),
            halves[split].astype(np.uint32),
        )

    def _triangular(self) -> AnyArray:
        same: AnyArray = (self.corners[:, 2] == self.corners[:, 3]).all(axis=1)
        return same


def quads(corners: Sequence[AnyArray], uvs: Sequence[AnyArray]) -> Faces:
    """Faces of four corners (n, 3) each, with UVs (n, 2) or (2,) each."""
    count = len(corners[0])
    spread = [np.broadcast_to(uv, (count, 2)) for uv in uvs]
    return Faces(np.stack(corners, axis=1).astype(np.float64), np.stack(spread, axis=1))


def triangles(corners: Sequence[AnyArray], uvs: Sequence[AnyArray]) -> Faces:
    """Faces of three corners (n, 3) each, with UVs (n, 2) or (2,) each."""
    return quads((*corners, corners[-1]), (*uvs, uvs[-1]))
