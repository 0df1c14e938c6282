"""Measures of a mesh that studios check, written plainly and apart from the engine."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def welded(positions: Array, triangles: Array) -> tuple[Array, Array]:
    """Vertices merged where their positions are equal, and the triangles on them."""
    points, inverse = np.unique(positions, axis=0, return_inverse=True)
    return points, inverse.reshape(-1)[triangles]


def edge_uses(triangles: Array) -> tuple[Array, Array]:
    """How often each undirected edge is used, and how often in each direction (net)."""
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    ordered = np.sort(edges, axis=1)
    direction = np.where(edges[:, 0] < edges[:, 1], 1, -1)
    _, inverse, counts = np.unique(ordered, axis=0, return_inverse=True, return_counts=True)
    return counts, np.bincount(inverse.reshape(-1), direction).astype(int)


def areas(positions: Array, triangles: Array) -> Array:
    """Areas of the faces."""
    a, b, c = (positions[triangles[:, k]].astype(float) for k in range(3))
    halves: Array = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    return halves


def volume(positions: Array, triangles: Array) -> float:
    """Signed volume of a closed mesh: positive where normals look outwards."""
    a, b, c = (positions[triangles[:, k]].astype(float) for k in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def uv_areas(uvs: Array, triangles: Array) -> Array:
    """Signed areas in UV space; negative for unmirrored faces, since v grows downwards."""
    a, b, c = (uvs[triangles[:, k]].astype(float) for k in range(3))
    one, two = b - a, c - a
    halves: Array = (one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]) / 2
    return halves


def uv_coverage(uvs: Array, triangles: Array, size: int) -> Array:
    """How many faces cover each of ``size`` x ``size`` sample points of the UV square."""
    hits = np.zeros((size, size), dtype=int)
    for face in uvs[triangles].astype(float) * size:
        low = np.floor(face.min(axis=0)).astype(int)
        high = np.ceil(face.max(axis=0)).astype(int)
        # Off-centre, so that no sample lies exactly on an edge of a regular lattice.
        x, y = np.meshgrid(np.arange(low[0], high[0]) + 0.4713, np.arange(low[1], high[1]) + 0.5291)
        sides = []
        for k in range(3):
            (x0, y0), (x1, y1) = face[k], face[(k + 1) % 3]
            sides.append((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0))
        inside = (np.minimum.reduce(sides) > 0) | (np.maximum.reduce(sides) < 0)
        hits[low[1] : high[1], low[0] : high[0]] += inside
    return hits


def stretch(positions: Array, uvs: Array, triangles: Array) -> tuple[Array, Array]:
    """Per face: ratio of the singular values of UV to surface, and texel density (root of area)."""
    p = positions[triangles].astype(float)
    t = uvs[triangles].astype(float)
    e1, e2 = p[:, 1] - p[:, 0], p[:, 2] - p[:, 0]
    u1, u2 = t[:, 1] - t[:, 0], t[:, 2] - t[:, 0]
    x1 = np.linalg.norm(e1, axis=1)
    x2 = (e1 * e2).sum(axis=1) / x1
    y2 = np.linalg.norm(np.cross(e1, e2), axis=1) / x1
    jacobian = np.empty((len(p), 2, 2))
    jacobian[:, :, 0] = u1 / x1[:, None]
    jacobian[:, :, 1] = (u2 - u1 * (x2 / x1)[:, None]) / y2[:, None]
    singular = np.linalg.svd(jacobian, compute_uv=False)
    return singular[:, 0] / singular[:, 1], np.sqrt(singular[:, 0] * singular[:, 1])


def weighted_percentile(values: Array, weights: Array, share: float) -> float:
    """The value below which ``share`` of the weight lies."""
    order = np.argsort(values)
    cumulative = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(cumulative, share * cumulative[-1])])
