"""Fine normals as seen from the coarser mesh that carries them."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.rasters import Spread
from meshmill.geometry.vectors import cross, dot, normalised

#: Fine normals lean from the mesh's by no more than what this cosine allows.
_LEAST_COSINE = np.float32(0.25)


def tilts_in_frame(fine: F32, normals: F32, tangents: F32) -> tuple[F32, F32]:
    """Slopes x / z and y / z of ``fine`` normals in the tangent frame of a lattice below them.

    ``fine`` is (rows, columns, 3); ``normals`` and ``tangents``, (j, i, 3), are those of the mesh,
    whose first and last lines lie on those of ``fine``.
    """
    normal = normalised(_stretched(normals, fine.shape))
    tangent = _stretched(tangents, fine.shape)
    tangent = normalised(tangent - normal * dot(tangent, normal)[:, :, None])
    inverse = np.reciprocal(np.maximum(dot(fine, normal), _LEAST_COSINE))
    return dot(fine, tangent) * inverse, dot(fine, cross(normal, tangent)) * inverse


def along_columns(positions: F32) -> F32:
    """Tangents, of any length, of a lattice (rows, columns, 3) whose u grows with its columns."""
    padded = np.concatenate((positions[:, :1], positions, positions[:, -1:]), axis=1)
    return padded[:, 2:] - padded[:, :-2]


def _stretched(field: F32, shape: tuple[int, ...]) -> F32:
    """Vectors (j, i, 3), interpolated on a lattice of ``shape``."""
    down, across = (
        np.arange(fine, dtype=np.float32) * np.float32((coarse - 1) / (fine - 1))
        for fine, coarse in zip(shape[:2], field.shape[:2], strict=True)
    )
    return np.stack([Spread(field[:, :, axis], across).band(down) for axis in range(3)], axis=-1)
