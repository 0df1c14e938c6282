"""Where rays meet the faces of a mesh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.acceptance.welding import Array, Welded

_PAIRS_AT_ONCE = 1 << 21


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Where rays meet faces: index of the ray, distance in its direction, and the side.

    ``side`` is 1 where the ray leaves through the back of a face, -1 where it enters a front.
    """

    ray: Array
    distance: Array
    side: Array


def hits(mesh: Welded, origins: Array, directions: Array) -> Hits:
    """Rays (n, 3) against every face; only what lies ahead counts.

    A ray meets a face if it passes all its edges on one side, which products of Plücker coordinates
    tell. Ken Shoemake, "Plücker Coordinate Tutorial", Ray Tracing News 11-1 (1998).
    """
    rays = np.concatenate((directions, np.cross(origins, directions)), axis=1)
    corners = mesh.corners
    edges = [
        np.concatenate((np.cross(start, end), end - start), axis=1)
        for start, end in zip(corners, (*corners[1:], corners[0]), strict=True)
    ]
    normals = mesh.crosses
    offsets = (normals * corners[0]).sum(axis=1)
    step = max(1, _PAIRS_AT_ONCE // max(1, len(normals)))
    found = []
    for start in range(0, max(1, len(origins)), step):
        block = slice(start, start + step)
        sides = [rays[block] @ edge.T for edge in edges]
        facing = directions[block] @ normals.T
        ahead = (offsets - origins[block] @ normals.T) * facing > 0
        one_side = (np.minimum.reduce(sides) >= 0) | (np.maximum.reduce(sides) <= 0)
        ray, face = np.nonzero(one_side & ahead)
        gap = offsets[face] - (origins[block][ray] * normals[face]).sum(axis=1)
        found.append((ray + start, gap / facing[ray, face], np.sign(facing[ray, face])))
    return Hits(*(np.concatenate(arrays) for arrays in zip(*found, strict=True)))


def nearest(mesh: Welded, origins: Array, directions: Array) -> Array:
    """Distance to the first face ahead of each ray, infinite where there is none, (n,)."""
    found = hits(mesh, origins, directions)
    first = np.full(len(origins), np.inf)
    np.minimum.at(first, found.ray, found.distance)
    return first


def inside(mesh: Welded, points: Array, directions: Array) -> Array:
    """Which points lie in a solid: rays from them leave more often than they enter, bool (n,)."""
    found = hits(mesh, points, directions)
    within: Array = np.bincount(found.ray, found.side, len(points)) > 0
    return within
