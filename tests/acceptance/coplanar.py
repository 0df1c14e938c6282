"""Point 9: faces that lie in one plane, look the same way and overlap, which flicker."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from meshmill.geometry.scene import Scene
from tests.acceptance.rasters import fragments
from tests.acceptance.rays import inside
from tests.acceptance.report import Check
from tests.acceptance.welding import Array, Welded, distinct_rows

POINT = 9
#: Planes closer than this share of the model's longest edge are told apart by no depth buffer.
_DEPTH = 1e-4
_DIRECTION = 1e-3
_TO_MIDDLE = 0.05
#: Farther than planes that are one to a depth buffer.
_BEFORE = 2e-4
#: Samples across a plane's faces, and the most along either of its edges.
_ACROSS_FACE = 6
_LONGEST = 1 << 11


def check_coplanar(scene: Scene) -> Iterator[Check]:
    """Count faces that share a part of their plane with another, and say where one is."""
    mesh = Welded.of(scene.primitives)
    faces = coplanar_overlaps(mesh)
    where = "all"
    if len(faces):
        middle = mesh.points[mesh.triangles[faces[0]]].mean(axis=0)
        where = "one near " + " ".join(f"{value:.3g}" for value in middle)
    yield Check.equal(POINT, "overlapping coplanar faces", where, len(faces), 0)


def coplanar_overlaps(mesh: Welded) -> Array:
    """Indices of faces with another of their plane and side over a part of them, not in a solid."""
    found = [_overlaps(mesh, shift) for shift in (0.0, 0.5)]  # no plane is cut by both roundings
    faces = np.unique(np.concatenate(found))
    return faces[~_hidden(mesh, faces)]


def _hidden(mesh: Welded, faces: Array) -> Array:
    """Which faces lie inside a solid with their middle and near to all corners."""
    corners = mesh.points[mesh.triangles[faces]]
    middles = corners.mean(axis=1, keepdims=True)
    points = np.concatenate((middles, corners + _TO_MIDDLE * (middles - corners)), axis=1)
    normals = mesh.crosses[faces]
    normals = np.repeat(normals / np.linalg.norm(normals, axis=1)[:, None], 4, axis=0)
    before = points.reshape(-1, 3) + _BEFORE * mesh.size * normals
    hidden = inside(mesh, before, normals).reshape(-1, 4)
    return np.asarray(hidden.all(axis=1))


def _overlaps(mesh: Welded, shift: float) -> Array:
    crosses = mesh.crosses
    lengths = np.linalg.norm(crosses, axis=1)
    flat = np.flatnonzero(lengths > 0)
    normals = crosses[flat] / lengths[flat][:, None]
    offsets = (normals * mesh.corners[0][flat]).sum(axis=1) / (_DEPTH * mesh.size)
    rounded = np.floor(np.column_stack((normals / _DIRECTION, offsets)) + 0.5 + shift)
    plane = distinct_rows(rounded)[1]
    crowded = np.bincount(plane)[plane] > 1
    return _shared(mesh, flat[crowded], normals[crowded], plane[crowded])


def _shared(mesh: Welded, faces: Array, normals: Array, plane: Array) -> Array:
    """Faces that share samples of their plane with others of the same plane."""
    if not len(faces):
        return faces
    members = distinct_rows(plane[:, None])[1]
    one_of = np.empty(members.max() + 1, dtype=np.int64)
    one_of[members] = np.arange(len(members))  # faces of a plane share its axes
    corners = _in_plane(mesh.points[mesh.triangles[faces]], normals[one_of[members]])
    found = fragments(corners * _samples_per_metre(corners, members)[members][:, None, None])
    group = members[found.triangle]
    keys = np.column_stack((group, found.row, found.column))
    _, place = distinct_rows(keys)
    crowded = np.bincount(place)[place] > 1
    overlapping: Array = faces[np.unique(found.triangle[crowded])]
    return overlapping


def _in_plane(corners: Array, normals: Array) -> Array:
    """Coordinates (m, 3, 2) in the plane: the two axes that the normal leans away from most."""
    dropped = np.abs(normals).argmax(axis=1)
    kept = np.array([[1, 2], [0, 2], [0, 1]])[dropped]
    flat: Array = np.take_along_axis(corners, kept[:, None, :], axis=2)
    return flat


def _samples_per_metre(corners: Array, members: Array) -> Array:
    """For each plane: a median face is several samples wide, the plane not too many."""
    count = int(members.max()) + 1
    sizes = np.ptp(corners, axis=1).max(axis=1)
    order = np.lexsort((sizes, members))
    begins = np.searchsorted(members[order], np.arange(count))
    middles = sizes[order][begins + np.bincount(members, minlength=count) // 2]
    low, high = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
    np.minimum.at(low, members, corners.min(axis=1))
    np.maximum.at(high, members, corners.max(axis=1))
    spans = (high - low).max(axis=1)
    scale: Array = np.minimum(_ACROSS_FACE / middles, _LONGEST / spans)
    return scale
