"""Small shapes whose faults are known, to try the measurements on."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.maps import MapSet
from meshmill.geometry.scene import Material, Mesh, Primitive, Scene
from meshmill.geometry.tangents import vertex_tangents
from tests.acceptance.welding import Array

_SIDES = ((0, 1), (0, -1), (1, 1), (1, -1), (2, 1), (2, -1))
_CELLS = 3


def plain_material(size: int = 256, name: str = "Paint") -> Material:
    """Grey, rough, flat."""
    return MapSet.filled(size, (128, 128, 128), (255, 128, 0)).material("Crate", name)


def primitive(corners: Array, uvs: Array, material: Material) -> Primitive:
    """Flat-shaded triangles ``corners`` (m, 3, 3) with UVs (m, 3, 2)."""
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.repeat(faces / np.linalg.norm(faces, axis=1)[:, None], 3, axis=0)
    positions = corners.reshape(-1, 3).astype(np.float32)
    flat_uvs = uvs.reshape(-1, 2).astype(np.float32)
    triangles = np.arange(len(positions), dtype=np.uint32).reshape(-1, 3)
    smooth = normals.astype(np.float32)
    tangents = vertex_tangents(positions, smooth, flat_uvs, triangles)
    return Primitive(positions, smooth, tangents, flat_uvs, triangles, material)


def scene(*primitives: Primitive, name: str = "SM_Crate_0") -> Scene:
    """One mesh of the primitives."""
    return Scene((Mesh(name, tuple(primitives)),))


def box(size: tuple[float, float, float] = (1, 1, 1), low: Array | None = None) -> Array:
    """A box's faces (12, 3, 3), from ``low`` on, by default standing over the origin."""
    extent = np.array(size, dtype=float)
    origin = np.array([-extent[0] / 2, 0.0, -extent[2] / 2]) if low is None else low
    corners = []
    for axis, sign in _SIDES:
        u, v = (axis + 1) % 3, (axis + 2) % 3
        quad = np.zeros((4, 3))
        quad[:, axis] = (sign + 1) / 2
        quad[:, u], quad[:, v] = (0, 1, 1, 0), (0, 0, 1, 1)
        quad = quad[:: int(sign)]
        corners += [quad[[0, 1, 2]], quad[[0, 2, 3]]]
    faces: Array = np.stack(corners) * extent + origin
    return faces


def box_uvs(gap: float = 0.02) -> Array:
    """Each side of a box in a square of its own (12, 3, 2), ``gap`` apart."""
    edge = 1.0 / _CELLS
    quads = []
    for side, (_, sign) in enumerate(_SIDES):
        row, column = divmod(side, _CELLS)
        quad = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=float)[:: int(sign)]
        inside = quad * (edge - gap) + gap / 2
        inside[:, 1] = edge - inside[:, 1]  # seen from outside, v grows downwards
        inside += np.array([column, row]) * edge
        quads += [inside[[0, 1, 2]], inside[[0, 2, 3]]]
    return np.stack(quads)


def cube(material: Material | None = None) -> Primitive:
    """A unit cube over the origin, grey by default."""
    return primitive(box(), box_uvs(), material or plain_material())


def bevelled_box(bevel: float = 0.05) -> Array:
    """A unit cube with chamfers of 45 degrees, faces (44, 3, 3), about the origin."""
    inner = 0.5 - bevel
    points = [
        np.array([sx, sy, sz]) * np.where(np.arange(3) == out, 0.5, inner)
        for sx in (-1, 1) for sy in (-1, 1) for sz in (-1, 1) for out in range(3)
    ]  # fmt: skip
    return convex_hull(np.stack(points))


def convex_hull(points: Array) -> Array:
    """Outward faces (m, 3, 3) of a few points, each plane fanned from its first point."""
    faces: list[Array] = []
    seen: set[tuple[int, ...]] = set()
    count = len(points)
    for i in range(count):
        for j in range(i + 1, count):
            for k in range(j + 1, count):
                normal = np.cross(points[j] - points[i], points[k] - points[i])
                if np.linalg.norm(normal) < 1e-9:
                    continue
                side = (points - points[i]) @ normal
                if side.max() > 1e-9:
                    normal, side = -normal, -side
                plane = tuple(np.flatnonzero(np.abs(side) < 1e-9).tolist())
                if side.max() <= 1e-9 and plane not in seen:
                    seen.add(plane)
                    faces += _fan(points[list(plane)], normal)
    return np.stack(faces)


def _fan(points: Array, normal: Array) -> list[Array]:
    middle = points.mean(axis=0)
    along = points[0] - middle
    across = np.cross(normal / np.linalg.norm(normal), along)
    around = np.arctan2((points - middle) @ across, (points - middle) @ along)
    ring = points[np.argsort(around)]
    return [np.stack((ring[0], ring[k], ring[k + 1])) for k in range(1, len(ring) - 1)]


def lathe(profile: Array, columns: int = 48) -> Array:
    """Faces (m, 3, 3) of a profile (n, 2) of radius and height, turned about Y, outside right."""
    turns = 2 * np.pi * np.arange(columns + 1) / columns
    turns[-1] = 0.0
    ring = np.stack((np.cos(turns), np.zeros_like(turns), -np.sin(turns)), axis=1)
    grid = ring[None] * profile[:, None, :1] + np.array([0.0, 1.0, 0.0]) * profile[:, None, 1:]
    a, b, c, d = grid[:-1, :-1], grid[:-1, 1:], grid[1:, :-1], grid[1:, 1:]
    faces = np.concatenate(
        [np.stack(corners, axis=2).reshape(-1, 3, 3) for corners in ((a, b, d), (a, d, c))]
    )
    area = np.linalg.norm(np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0]), axis=1)
    sound: Array = faces[area > 1e-12]
    return sound
