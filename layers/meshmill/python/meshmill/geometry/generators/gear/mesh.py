"""Pieces of the gear's surface: walls along outlines, flat rings between them, and their turning.

Lengths are in millimetres, outlines in the plane of rotation (x, and y that becomes -z), heights
above the middle of the gear.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from meshmill.geometry.arrays import F64, I64, AnyArray
from meshmill.geometry.parts import Part
from meshmill.geometry.vectors import normalised

#: A bevel of 45 degrees drawn flat is longer than its width by this share of it.
BEVEL_SLANT = 0.41421356237309503

_METRES = 0.001


def lift(points: F64, height: float) -> F64:
    """Points (..., 2) of the plane of rotation at a height: (..., 3)."""
    return np.stack((points[..., 0], np.full(points.shape[:-1], height), -points[..., 1]), axis=-1)


def upright(normals: F64) -> F64:
    """Normals (..., 2) in the plane of rotation as (..., 3)."""
    return lift(normals, 0.0)


def leaning(normals: F64, upwards: float) -> F64:
    """Unit normals (..., 3) from those of an outline (..., 2) and a slope towards the axis' end."""
    leant: F64 = normalised(lift(normals, upwards))
    return leant


def piece(positions: AnyArray, normals: AnyArray, uvs: AnyArray, triangles: AnyArray) -> Part:
    """A part in millimetres about the middle of the gear."""
    return Part(
        positions.reshape(-1, 3).astype(np.float64),
        np.broadcast_to(normals, positions.shape).reshape(-1, 3).astype(np.float32),
        uvs.reshape(-1, 2).astype(np.float32),
        triangles.reshape(-1, 3).astype(np.uint32),
    )


def walls(positions: F64, normals: F64, uvs: AnyArray, edges: I64) -> Part:
    """Surfaces along outlines: positions and normals (k, rows, columns, 3), edges (e, 2).

    Rows run downwards; edges join columns, with the material on their left seen from above.
    ``uvs`` (rows, columns, 2) are those of all k instances, or (k, rows, columns, 2) of each. All
    cells are split alike, so that instances repeat the same triangles of the texture.
    """
    count, rows, columns, _ = positions.shape
    upper = (np.arange(rows - 1) * columns)[:, None] + edges[:, 0]
    upper_end = upper + (edges[:, 1] - edges[:, 0])
    lower, lower_end = upper + columns, upper_end + columns
    points = positions[0].reshape(-1, 3)
    if _ways(points[upper], points[lower_end]) <= _ways(points[upper_end], points[lower]):
        faces = np.stack((upper, lower, lower_end, upper, lower_end, upper_end), axis=-1)
    else:
        faces = np.stack((upper, lower, upper_end, upper_end, lower, lower_end), axis=-1)
    first = (np.arange(count) * rows * columns)[:, None]
    spread = np.broadcast_to(uvs, (count, rows, columns, 2))
    return piece(positions, normals, spread, faces.reshape(-1) + first)


def _ways(starts: F64, ends: F64) -> float:
    """Sum of squared distances."""
    steps = (ends - starts).reshape(-1)
    return float(np.cumsum(steps * steps)[-1])


def zipper(outer: F64, inner: F64) -> I64:
    """Triangles (m, 3) between two closed rings, given by the turns 0 … 1 of their vertices.

    Both run counter-clockwise; inner vertices are numbered after the outer ones. Every edge gets a
    triangle with the vertex of the other ring that is ahead of it by less than half an edge.
    """
    outer_at, outer_edge = _middles(outer)
    inner_at, inner_edge = _middles(inner)
    n, m = len(outer), len(inner)
    opposite = (inner_edge[np.searchsorted(inner_at, outer_at, "left") - 1] + 1) % m
    to_inner = np.stack((outer_edge, (outer_edge + 1) % n, n + opposite), axis=1)
    opposite = (outer_edge[np.searchsorted(outer_at, inner_at, "right") - 1] + 1) % n
    to_outer = np.stack((n + (inner_edge + 1) % m, n + inner_edge, opposite), axis=1)
    return np.concatenate((to_inner, to_outer))


def _middles(turns: F64) -> tuple[F64, I64]:
    """Middles of a ring's edges in ascending order, 0 … 1, and the edges' indices."""
    ahead = np.roll(turns, -1) - turns
    ahead -= np.floor(ahead)
    middles = turns + ahead * 0.5
    middles -= np.floor(middles)
    first = int(middles.argmin())
    edges = np.roll(np.arange(len(turns)), -first)
    return np.maximum.accumulate(middles[edges]), edges


def fan(count: int) -> I64:
    """Triangles from a counter-clockwise ring of ``count`` to a vertex that follows it."""
    first = np.arange(count)
    return np.stack((first, np.roll(first, -1), np.full_like(first, count)), axis=1)


def flat_face(points: F64, height: float, uvs: AnyArray, triangles: I64) -> Part:
    """Triangles between points (n, 2) that look upwards."""
    return piece(lift(points, height), np.array([0.0, 1.0, 0.0]), uvs, triangles)


def welded(parts: Sequence[Part]) -> Part:
    """Parts as one, in which equal vertices are one, so that their tangents are common."""
    rows = np.concatenate([np.hstack((p.positions, p.normals, p.uvs)) for p in parts])
    starts = np.cumsum([0] + [len(part.positions) for part in parts[:-1]])
    faces = np.concatenate(
        [p.triangles + np.uint32(at) for p, at in zip(parts, starts, strict=True)]
    )
    distinct, label = np.unique(rows, axis=0, return_inverse=True)
    return piece(distinct[:, :3], distinct[:, 3:6], distinct[:, 6:], label.reshape(-1)[faces])


def turned_over(part: Part) -> Part:
    """The same on the other side: turned by half around the x axis."""
    half_turn = np.array([1.0, -1.0, -1.0])
    return Part(
        part.positions * half_turn,
        part.normals * half_turn.astype(np.float32),
        part.uvs,
        part.triangles,
    )


def placed(part: Part, half_width: float) -> Part:
    """In metres, standing on the ground."""
    raised = (part.positions + np.array([0.0, half_width, 0.0])) * _METRES
    return Part((raised + 0.0).astype(np.float32), part.normals, part.uvs, part.triangles)
