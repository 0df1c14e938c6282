"""Point 4: tangents, against their definition and against the reference implementation."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from meshmill.geometry.scene import Primitive, Scene
from tests.acceptance.mikktspace import ReferenceMissing, reference_tangents
from tests.acceptance.report import Check
from tests.acceptance.welding import Array

POINT = 4
_ORTHONORMAL = 1e-3
_DEGREES = 3.0
_SAME_SIGN = 0.999


def check_tangents(scene: Scene) -> Iterator[Check]:
    """Length, right angles and signs."""
    for primitive in scene.primitives:
        where = primitive.material.name
        deviation = orthonormality(primitive)
        yield Check.at_most(POINT, "tangents off orthonormal", where, deviation, _ORTHONORMAL)
        signs = sorted({abs(float(sign)) for sign in np.unique(primitive.tangents[:, 3])})
        yield Check.equal(POINT, "|w| of tangents", where, signs, [1.0])


def check_reference(scene: Scene) -> Iterator[Check]:
    """Angles and signs beside MikkTSpace's."""
    primitives = tuple(scene.primitives)
    try:
        references = reference_tangents(primitives)
    except ReferenceMissing as missing:
        yield Check.unmeasured(POINT, "angle to MikkTSpace p95", "all", str(missing))
        return
    for primitive, reference in zip(primitives, references, strict=True):
        yield from check_against(primitive, reference)


def check_against(primitive: Primitive, reference: Array) -> Iterator[Check]:
    """Compare with the tangents (m, 3, 4) that MikkTSpace gives the corners of each face."""
    where = primitive.material.name
    angles, same_sign = deviation(primitive, reference)
    p95 = float(np.percentile(angles, 95))
    yield Check.at_most(POINT, "angle to MikkTSpace p95, degrees", where, p95, _DEGREES)
    yield Check.at_least(POINT, "w as MikkTSpace's", where, same_sign, _SAME_SIGN)


def orthonormality(primitive: Primitive) -> float:
    """The largest of all deviations from unit length and from a right angle to the normal."""
    directions = primitive.tangents[:, :3].astype(float)
    lengths = np.abs(np.linalg.norm(directions, axis=1) - 1)
    leaning = np.abs((directions * primitive.normals).sum(axis=1))
    return float(np.maximum(lengths, leaning).max())


def deviation(primitive: Primitive, reference: Array) -> tuple[Array, float]:
    """Angles in degrees between tangents at every corner, and the share of equal signs.

    glTF's v grows downwards, so w is the negative of MikkTSpace's sign.
    """
    ours = primitive.tangents[primitive.triangles].astype(float).reshape(-1, 4)
    theirs = reference.reshape(-1, 4).astype(float)
    cosines = (ours[:, :3] * theirs[:, :3]).sum(axis=1)
    angles = np.degrees(np.arccos(np.clip(cosines, -1.0, 1.0)))
    return angles, float((ours[:, 3] == -theirs[:, 3]).mean())
