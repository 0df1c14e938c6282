"""Triangles of a flat piece with a hole, by cutting off ears.

Gary H. Meisters, "Polygons Have Ears" (1975); the hole is joined to the border by a bridge, as in
David Eberly, "Triangulation by Ear Clipping" (2002). Of all ears the one with the shortest cut goes
first, which keeps triangles between the two outlines short.
"""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F64, I64, Bools
from meshmill.geometry.generators.gear.outlines import square

_TRIANGLE = 3


def pierced(points: F64, border: int) -> I64:
    """Triangles (m, 3) of the polygon of the first ``border`` points (n, 2) around the others.

    Both outlines run counter-clockwise and don't touch.
    """
    chain = _bridged(points, border)
    faces = []
    while len(chain) > _TRIANGLE:
        ear = _best_ear(points[chain], chain)
        faces.append((chain[ear - 1], chain[ear], chain[(ear + 1) % len(chain)]))
        chain = np.delete(chain, ear)
    faces.append((chain[0], chain[1], chain[2]))
    return np.array(faces)


def _bridged(points: F64, border: int) -> I64:
    """One outline that goes around the border, over to the hole, around it and back."""
    outer, inner = np.arange(border), np.arange(border, len(points))
    steps = points[outer][:, None] - points[inner][None, :]
    nearest = int(square(steps).argmin())
    leave, enter = divmod(nearest, len(inner))
    hole = np.roll(inner[::-1], enter + 1)
    return np.concatenate((outer[: leave + 1], hole, hole[:1], outer[leave:]))


def _best_ear(corners: F64, chain: I64) -> int:
    """Index of the convex corner with the shortest cut that no other corner lies in."""
    before, after = np.roll(corners, 1, axis=0), np.roll(corners, -1, axis=0)
    convex = _cross(before, corners, after) > 0
    cuts = np.where(convex, square(after - before), np.inf)
    ranked = np.argsort(cuts, kind="stable")
    for ear in ranked[: int(convex.sum())].tolist():
        triangle = before[ear], corners[ear], after[ear]
        own = np.isin(chain, (chain[ear - 1], chain[ear], chain[(ear + 1) % len(chain)]))
        if not (_within(corners, triangle) & ~own).any():
            return int(ear)
    return int(ranked[0])


def _within(points: F64, triangle: tuple[F64, F64, F64]) -> Bools:
    a, b, c = triangle
    inside: Bools = (_cross(a, b, points) >= 0) & (_cross(b, c, points) >= 0)
    inside &= _cross(c, a, points) >= 0
    return inside


def _cross(a: F64, b: F64, c: F64) -> F64:
    """Twice the signed area of triangles of rows of points."""
    product: F64 = (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (
        c[..., 0] - a[..., 0]
    )
    return product
