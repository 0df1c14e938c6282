"""Meshes welded by position: shared vertices, edges and connected parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshmill.geometry.scene import Primitive

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Welded:
    """Distinct ``points`` float64 (n, 3), and ``triangles`` int64 (m, 3) on them."""

    points: Array
    triangles: Array

    @classmethod
    def of(cls, primitives: Iterable[Primitive]) -> Welded:
        """Join primitives, and merge vertices whose positions are equal."""
        every = list(primitives)
        starts = np.cumsum([0] + [len(primitive.positions) for primitive in every])
        positions = np.concatenate([np.zeros((0, 3)), *(p.positions for p in every)])
        triangles = np.concatenate(
            [
                np.zeros((0, 3), dtype=np.int64),
                *(p.triangles.astype(np.int64) + at for p, at in zip(every, starts, strict=False)),
            ]
        )
        points, label = distinct_rows(positions + 0.0)  # -0 and 0 are one place
        return cls(points, label[triangles])

    @property
    def corners(self) -> tuple[Array, Array, Array]:
        """Positions of each face's corners, (m, 3) each."""
        first, second, third = (self.points[self.triangles[:, k]] for k in range(3))
        return first, second, third

    @property
    def crosses(self) -> Array:
        """Vectors along the faces' normals, twice as long as their areas, (m, 3)."""
        a, b, c = self.corners
        return np.cross(b - a, c - a)

    @property
    def areas(self) -> Array:
        """Areas of the faces, (m,)."""
        halves: Array = np.linalg.norm(self.crosses, axis=1) / 2
        return halves

    @property
    def size(self) -> float:
        """The longest edge of the bounds."""
        return float(np.ptp(self.points, axis=0).max())

    def edges(self) -> Edges:
        """Every undirected edge once."""
        t = self.triangles
        directed = np.concatenate([t[:, [0, 1]], t[:, [1, 2]], t[:, [2, 0]]])
        forwards = directed[:, 0] < directed[:, 1]
        low, high = directed.min(axis=1), directed.max(axis=1)
        keys, label, uses = np.unique(
            low * len(self.points) + high, return_inverse=True, return_counts=True
        )
        net = np.bincount(label, np.where(forwards, 1, -1), len(keys)).astype(int)
        ends = np.stack(np.divmod(keys, len(self.points)), axis=1)
        return Edges(ends, uses, net, label.reshape(3, -1).T)

    def parts(self) -> Array:
        """The connected part that each face belongs to, 0 … parts - 1, (m,)."""
        return connected(self.triangles, len(self.points))


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Undirected edges: ``ends`` (k, 2); ``uses`` by faces; ``net``, uses forwards less backwards.

    ``of_face`` (m, 3) are the edges after each corner of each face.
    """

    ends: Array
    uses: Array
    net: Array
    of_face: Array


def distinct_rows(rows: Array) -> tuple[Array, Array]:
    """Distinct rows of an array (n, k), and the index of each row among them."""
    order = np.lexsort(rows.T[::-1])
    ordered = rows[order]
    begins = np.ones(len(rows), dtype=bool)
    begins[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    label = np.empty(len(rows), dtype=np.int64)
    label[order] = np.cumsum(begins) - 1
    return ordered[begins], label


def connected(triangles: Array, vertices: int) -> Array:
    """Number the sets of triangles that hang together by vertices: int64 (m,), from 0."""
    root = np.arange(vertices)
    while True:
        at = root[triangles]
        lowest = at.min(axis=1)
        hooked = root.copy()
        for corner in range(3):
            np.minimum.at(hooked, at[:, corner], lowest)
        while not np.array_equal(hooked, hooked[hooked]):
            hooked = hooked[hooked]
        hooked = hooked[root]
        if np.array_equal(hooked, root):
            return np.unique(root[triangles[:, 0]], return_inverse=True)[1].reshape(-1)
        root = hooked


def weighted_percentile(values: Array, weights: Array, share: float) -> float:
    """The value below which ``share`` of the weight lies."""
    order = np.argsort(values)
    cumulative = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(cumulative, share * cumulative[-1])])
