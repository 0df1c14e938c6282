"""Heads of nails, bolts and rivets: lenses, half sunk into what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from meshmill.geometry.angles import cos_sin
from meshmill.geometry.arrays import F64, U32
from meshmill.geometry.vectors import normalised

_HALVES = (1, -1)


@dataclass(frozen=True, slots=True, eq=False)
class StudTemplate:
    """A lens of radius and height 1: vertices and normals float64 (p, 3), triangles uint32 (t, 3).

    ``disc`` float64 (p, 2) are the vertices as seen from their half's outside, to the right and
    downwards; both halves have the same chart.
    """

    points: F64
    normals: F64
    disc: F64
    triangles: U32


@cache
def stud(sides: int, rings: int) -> StudTemplate:
    """A lens of so many ``sides``, each half with ``rings`` between its apex and its rim."""
    cosines, sines = cos_sin(np.arange(sides) / sides)
    circle = np.stack((cosines, sines), axis=1)
    reach = np.arange(1, rings + 1) / rings
    disc = np.concatenate((np.zeros((1, 2)), (reach[:, None, None] * circle).reshape(-1, 2)))
    square = disc[:, 0] * disc[:, 0] + disc[:, 1] * disc[:, 1]
    square[-sides:] = 1.0
    faces = _fan(sides, rings)
    halves = [_half(disc, 1.0 - square, faces, half) for half in _HALVES]
    return StudTemplate(
        np.concatenate([points for points, _, _ in halves]),
        np.concatenate([normals for _, normals, _ in halves]),
        np.concatenate([disc * (1.0, -1.0)] * 2),
        np.concatenate([triangles + len(disc) * k for k, (_, _, triangles) in enumerate(halves)]),
    )


def _half(disc: F64, height: F64, faces: U32, half: int) -> tuple[F64, F64, U32]:
    """Points, normals and triangles of the front (1) or the back (-1).

    The back is the front turned about the y axis, so that its triangles look outwards too.
    """
    turn = np.array((half, 1.0, half))
    points = np.concatenate((disc, height[:, None]), axis=1)
    slopes = np.concatenate((disc, np.ones((len(disc), 1))), axis=1)
    return points * turn, normalised(slopes) * turn, faces


def _fan(sides: int, rings: int) -> U32:
    """Triangles around an apex, vertex 0, and between rings numbered from the inside."""
    here = np.arange(sides)
    after = (here + 1) % sides
    triangles = [np.stack((np.zeros_like(here), here + 1, after + 1), axis=1)]
    for ring in range(1, rings):
        inner, outer = 1 + (ring - 1) * sides, 1 + ring * sides
        triangles.append(np.stack((here + inner, here + outer, after + outer), axis=1))
        triangles.append(np.stack((here + inner, after + outer, after + inner), axis=1))
    return np.concatenate(triangles).astype(np.uint32)
