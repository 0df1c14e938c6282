"""A mesh as one surface: its primitives joined, and vertices at one place sharing one point.

glTF repeats a vertex on both sides of a UV seam. OBJ and FBX index positions apart from normals
and UVs, so that there the surface stays closed, as it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from meshmill.geometry.arrays import F32, U32, AnyArray
from meshmill.geometry.noise import hash_lattice
from meshmill.geometry.scene import Mesh

Rows = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class JoinedMesh:
    """All primitives of a mesh.

    ``points`` are float32 (p, 3), each position once; ``point_of`` uint32 (n,) names the point of
    each vertex. ``normals`` (n, 3), ``tangents`` (n, 4), ``uvs`` (n, 2) are float32 per vertex;
    ``triangles`` uint32 (m, 3) index vertices, primitive by primitive.
    """

    points: F32
    point_of: U32
    normals: F32
    tangents: F32
    uvs: F32
    triangles: U32


def join(mesh: Mesh) -> JoinedMesh:
    """Join the primitives of ``mesh`` in their order."""
    primitives = mesh.primitives
    starts = accumulate((len(primitive.positions) for primitive in primitives[:-1]), initial=0)
    points, point_of = weld(_concatenated([primitive.positions for primitive in primitives]))
    return JoinedMesh(
        points=points,
        point_of=point_of,
        normals=_concatenated([primitive.normals for primitive in primitives]),
        tangents=_concatenated([primitive.tangents for primitive in primitives]),
        uvs=_concatenated([primitive.uvs for primitive in primitives]),
        triangles=_concatenated(
            [
                primitive.triangles + np.uint32(start) if start else primitive.triangles
                for primitive, start in zip(primitives, starts, strict=True)
            ]
        ),
    )


def _concatenated(parts: Sequence[AnyArray]) -> AnyArray:
    """The parts in a row; a single one, which is the usual case, isn't copied."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def weld(positions: F32) -> tuple[F32, U32]:
    """Each position of ``positions`` (n, 3) once, in the order of first use, and its index (n,).

    Equal means equal as numbers: -0 is 0.
    """
    first = _first_at(positions)
    is_first = first == np.arange(len(positions), dtype=np.int32)
    numbers = np.cumsum(is_first, dtype=np.uint32) - np.uint32(1)
    return positions[is_first], numbers[first]


def _first_at(positions: F32) -> Rows:
    """The first row at each row's position, by a hash table that takes all rows at once.

    A slot of the table keeps the first row that falls into it, which answers every other row of
    the same position. Rows whose slot another position took try again with other slots. A
    twentieth of the time of sorting.
    """
    axes = [np.ascontiguousarray(positions[:, axis]) + np.float32(0.0) for axis in range(3)]
    bits = [axis.view(np.uint32) for axis in axes]  # -0 + 0 is 0: equal numbers, equal bits
    first = np.arange(len(positions), dtype=np.int32)
    left, seed = first.copy(), 0
    while len(left):
        here = [axis[left] for axis in bits]
        found = _first_in_slot(left, here, seed)
        others = np.flatnonzero(found != left)
        theirs = found[others]
        agree = np.logical_and.reduce(
            [axis[theirs] == own[others] for axis, own in zip(bits, here, strict=True)]
        )
        first[left[others[agree]]] = theirs[agree]
        left, seed = left[others[~agree]], seed + 1
    return first


def _first_in_slot(rows: Rows, bits: Sequence[U32], seed: int) -> Rows:
    """The first of ``rows`` in the slot of each, by a table that at least half is empty."""
    slot_count = 1 << (2 * len(rows) - 1).bit_length()
    slots = hash_lattice(seed, *bits) & np.uint32(slot_count - 1)
    table = np.empty(slot_count, dtype=np.int32)
    # Where an index repeats, numpy keeps the last value: backwards, the first row.
    table[slots[::-1]] = rows[::-1]
    found: Rows = table[slots]
    return found
