"""Vertex tangents as MikkTSpace makes them, for meshes whose seams are split already.

Morten S. Mikkelsen, "Simulation of Wrinkled Surfaces Revisited" (2008) and mikktspace.c: each
triangle's tangent is projected into the plane of the vertex normal, normalised, weighted by the
corner's angle and summed. glTF's UVs start at the top left, hence the sign in the last column is
the negative of MikkTSpace's raw one.
"""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F32, F64, U32
from meshmill.geometry.vectors import arccos, cross, dot, normalised

_CORNERS = 3
_HALF = 0.5


def vertex_tangents(positions: F32, normals: F32, uvs: F32, triangles: U32) -> F32:
    """Tangents float32 (n, 4): unit, orthogonal to the normals, last column +1 or -1.

    ``positions`` and ``normals`` are (n, 3), ``uvs`` (n, 2), ``triangles`` (m, 3). UV islands must
    not mix orientations at a vertex.
    """
    face_tangents, orientation = _face_tangents(positions, uvs, triangles)
    count = len(positions)
    total: F64 = np.zeros((count, 3))
    sign = np.zeros(count)
    for corner in range(_CORNERS):
        at = triangles[:, corner]
        weighted = _corner_tangents(positions, normals, triangles, corner, face_tangents)
        for axis in range(3):
            total[:, axis] += np.bincount(at, weighted[:, axis], count)
        sign += np.bincount(at, orientation, count)
    tangents = np.empty((count, 4), dtype=np.float32)
    tangents[:, :3] = _orthonormal(total, normals.astype(np.float64))
    tangents[:, 3] = np.where(sign < 0, -1.0, 1.0)
    return tangents


def _face_tangents(positions: F32, uvs: F32, triangles: U32) -> tuple[F64, F64]:
    """Direction of growing u on each face (m, 3), and its orientation (m,): +1 or -1."""
    first, second, third = (triangles[:, corner] for corner in range(_CORNERS))
    origin = positions[first].astype(np.float64)
    edge1, edge2 = positions[second] - origin, positions[third] - origin
    uv_origin = uvs[first].astype(np.float64)
    uv1, uv2 = uvs[second] - uv_origin, uvs[third] - uv_origin
    along = uv2[:, 1:] * edge1 - uv1[:, 1:] * edge2
    area = uv1[:, 0] * uv2[:, 1] - uv1[:, 1] * uv2[:, 0]
    # With v growing downwards, an unmirrored front has a negative signed area in UV space.
    return along * np.where(area < 0, -1.0, 1.0)[:, None], np.where(area < 0, 1.0, -1.0)


def _corner_tangents(
    positions: F32, normals: F32, triangles: U32, corner: int, face_tangents: F64
) -> F64:
    """Each face's tangent in the plane of one corner's normal, times the corner's angle."""
    at = triangles[:, corner]
    normal = normals[at].astype(np.float64)
    here = positions[at].astype(np.float64)
    arms = [
        _in_plane(positions[triangles[:, (corner + step) % _CORNERS]] - here, normal)
        for step in (1, 2)
    ]
    angle = arccos(dot(arms[0], arms[1]))
    weighted: F64 = _in_plane(face_tangents, normal) * angle[:, None]
    return weighted


def _in_plane(vectors: F64, normals: F64) -> F64:
    flat: F64 = normalised(vectors - normals * dot(normals, vectors)[:, None])
    return flat


def _orthonormal(tangents: F64, normals: F64) -> F64:
    flat = _in_plane(tangents, normals)
    lost = dot(flat, flat) < _HALF  # no usable UV gradient: any direction in the plane will do
    if lost.any():
        axis = np.where(np.abs(normals[:, :1]) < _HALF, [[1.0, 0.0, 0.0]], [[0.0, 0.0, 1.0]])
        flat[lost] = normalised(cross(axis, normals))[lost]
    return flat
