"""Vertex tangents as MikkTSpace makes them, for meshes whose seams are split already.

Morten S. Mikkelsen, "Simulation of Wrinkled Surfaces Revisited" (2008) and mikktspace.c: each
triangle's tangent is projected into the plane of the vertex normal, normalised, weighted by the
corner's angle and summed. glTF's UVs start at the top left, hence the sign in the last column is
the negative of MikkTSpace's raw one.
"""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F32, F64, I64, U32, Bools
from meshmill.geometry.vectors import arccos, cross, normalised

_HALF = 0.5
_TINY = 1e-30
#: As many as keep every intermediate array in cache.
_FACES_AT_ONCE = 8192


def vertex_tangents(positions: F32, normals: F32, uvs: F32, triangles: U32) -> F32:
    """Tangents float32 (n, 4): unit, orthogonal to the normals, last column +1 or -1.

    ``positions`` and ``normals`` are (n, 3), ``uvs`` (n, 2), ``triangles`` (m, 3). UV islands must
    not mix orientations at a vertex.
    """
    count = len(positions)
    corners = np.ascontiguousarray(triangles.T).astype(np.int64)
    points, upright, flat = (_planes(vectors) for vectors in (positions, normals, uvs))
    weighted = np.empty((3, *corners.shape))
    mirrored = np.empty(corners.shape[1], dtype=np.bool_)
    for start in range(0, corners.shape[1], _FACES_AT_ONCE):
        some = np.s_[start : start + _FACES_AT_ONCE]
        at = corners[:, some]
        ends = [np.take(points, index, axis=1) for index in at]
        edges = [ends[(corner + 1) % 3] - ends[corner] for corner in range(3)]
        along, mirrored[some] = _face_tangents(edges, flat, at)
        for corner in range(3):
            weighted[:, corner, some] = _corner_tangents(
                edges[corner], edges[corner - 1], np.take(upright, at[corner], axis=1), along
            )
    total: F64 = np.empty((3, count))
    for axis, plane in enumerate(weighted):
        total[axis] = np.bincount(corners.ravel(), plane.ravel(), count)
    orientation = np.where(mirrored, 1.0, -1.0)
    sign = np.bincount(corners.ravel(), np.tile(orientation, 3), count)
    tangents = np.empty((count, 4), dtype=np.float32)
    tangents[:, :3] = _orthonormal(total, upright).T
    tangents[:, 3] = np.where(sign < 0, -1.0, 1.0)
    return tangents


def _planes(vectors: F32) -> F64:
    """Vectors (n, k) as contiguous components (k, n)."""
    return np.ascontiguousarray(vectors.T, dtype=np.float64)


def _face_tangents(edges: list[F64], uvs: F64, corners: I64) -> tuple[F64, Bools]:
    """Direction of growing u on each face (3, m), and which have it the other way round."""
    first, second, third = (np.take(uvs, index, axis=1) for index in corners)
    uv1, uv2 = second - first, third - first
    # With v growing downwards, an unmirrored front has a negative signed area in UV space.
    mirrored = uv1[0] * uv2[1] - uv1[1] * uv2[0] < 0
    sign = np.where(mirrored, -1.0, 1.0)
    # The second edge from the first corner is the third edge backwards.
    along = edges[0] * (uv2[1] * sign)
    along += edges[2] * (uv1[1] * sign)
    return along, mirrored


def _corner_tangents(leaving: F64, arriving: F64, normals: F64, along: F64) -> F64:
    """Faces' tangents in the plane of one corner's normals, times the corner's angle: (3, m).

    ``leaving`` and ``arriving`` are the edges from and to the corner.
    """
    first, second, tangent = (_in_plane(vectors, normals) for vectors in (leaving, arriving, along))
    lengths = np.sqrt(_dot(first, first) * _dot(second, second))
    cosines = _dot(first, second) / -np.clip(lengths, _TINY, None)
    size = np.sqrt(_dot(tangent, tangent))
    tangent *= arccos(cosines) / np.clip(size, _TINY, None)
    return tangent


def _dot(left: F64, right: F64) -> F64:
    """Products of columns: (3, m) and (3, m) to (m,)."""
    total: F64 = left[0] * right[0]
    total += left[1] * right[1]
    total += left[2] * right[2]
    return total


def _in_plane(vectors: F64, normals: F64) -> F64:
    """Vectors (3, m) without their shares along the normals."""
    flat: F64 = vectors - normals * _dot(normals, vectors)
    return flat


def _orthonormal(tangents: F64, normals: F64) -> F64:
    flat = _in_plane(tangents, normals)
    flat /= np.maximum(np.sqrt(_dot(flat, flat)), _TINY)
    lost = _dot(flat, flat) < _HALF  # no usable UV gradient: any direction in the plane will do
    if lost.any():
        upright = normals[:, lost].T
        axis = np.where(np.abs(upright[:, :1]) < _HALF, [[1.0, 0.0, 0.0]], [[0.0, 0.0, 1.0]])
        flat[:, lost] = normalised(cross(axis, upright)).T
    return flat
