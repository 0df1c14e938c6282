"""Many lattices of one size at once: tubes and fronds."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import AnyArray
from meshmill.geometry.parts import Part


def strips(positions: AnyArray, normals: AnyArray, uvs: AnyArray) -> Part:
    """Lattices (n, rows, columns, 3 or 2); rows go up and columns to the right as seen.

    Cells whose upper corners coincide, at a tip, give one triangle.
    """
    index = np.arange(positions[..., 0].size).reshape(positions.shape[:3])
    a, b = index[:, :-1, :-1].ravel(), index[:, :-1, 1:].ravel()
    c, d = index[:, 1:, 1:].ravel(), index[:, 1:, :-1].ravel()
    faces = np.stack((np.stack((a, b, c), 1), np.stack((a, c, d), 1)), axis=1).reshape(-1, 3)
    flat = positions.reshape(-1, 3).astype(np.float32)
    tip = (flat[faces[:, 1]] == flat[faces[:, 2]]).all(axis=1)
    return Part(
        flat,
        normals.reshape(-1, 3).astype(np.float32),
        uvs.reshape(-1, 2).astype(np.float32),
        faces[~tip].astype(np.uint32),
    )
