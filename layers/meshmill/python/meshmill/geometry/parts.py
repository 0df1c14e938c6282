"""Parts of a primitive, before they are joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, U32, AnyArray
from meshmill.geometry.scene import Material, Primitive
from meshmill.geometry.tangents import vertex_tangents


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Positions and normals float32 (n, 3), uvs float32 (n, 2), triangles uint32 (m, 3)."""

    positions: F32
    normals: F32
    uvs: F32
    triangles: U32


def assemble(parts: Sequence[Part], material: Material) -> Primitive:
    """Join parts into one primitive, and give it tangents."""
    offsets = np.cumsum([0] + [len(part.positions) for part in parts[:-1]])
    positions = np.concatenate([part.positions for part in parts])
    normals = np.concatenate([part.normals for part in parts])
    uvs = np.concatenate([part.uvs for part in parts])
    triangles = np.concatenate(
        [part.triangles + np.uint32(at) for part, at in zip(parts, offsets, strict=True)]
    )
    tangents = vertex_tangents(positions, normals, uvs, triangles)
    return Primitive(positions, normals, tangents, uvs, triangles, material)


def compact(positions: F32, normals: F32, uvs: F32, triangles: AnyArray) -> Part:
    """A part without the vertices that no triangle uses."""
    kept, renumbered = np.unique(triangles, return_inverse=True)
    faces = renumbered.reshape(-1, 3).astype(np.uint32)
    return Part(positions[kept], normals[kept], uvs[kept], faces)


def sheet_triangles(height: F32) -> U32:
    """Two triangles a cell, uint32 (m, 3), split along the flatter diagonal.

    ``height`` is float32 (rows, columns); vertices are row by row. Seen with rows downwards and
    columns to the right, triangles are counter-clockwise.
    """
    rows, columns = height.shape
    index = np.arange(rows * columns, dtype=np.uint32).reshape(rows, columns)
    a, b = index[:-1, :-1], index[:-1, 1:]
    c, d = index[1:, :-1], index[1:, 1:]
    falling = np.abs(height[:-1, :-1] - height[1:, 1:])
    rising = np.abs(height[:-1, 1:] - height[1:, :-1])
    along = falling <= rising
    triangles = np.empty((rows - 1, columns - 1, 2, 3), dtype=np.uint32)
    for half, corners in enumerate((((a, a), (c, c), (d, b)), ((a, b), (d, c), (b, d)))):
        for corner, (if_falling, if_rising) in enumerate(corners):
            triangles[:, :, half, corner] = np.where(along, if_falling, if_rising)
    return triangles.reshape(-1, 3)
