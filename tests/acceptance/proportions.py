"""Budgets, names and the place of the origin."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from meshmill.geometry.levels import level_suffix
from meshmill.geometry.scene import Scene
from meshmill.geometry.spec import Quality
from tests.acceptance.report import Check
from tests.acceptance.subject import Asset
from tests.acceptance.welding import Array

POINT = 0
#: Generators of flat faces: the budget is a ceiling, and qualities lie this far apart at least.
CEILINGS = frozenset({"crate", "building", "gear"})
_STEP = 3.0
_SPREAD = 0.25
_COARSER: dict[Quality, Quality] = {"medium": "low", "high": "medium"}
_CENTRED = 0.01
_FOOT = 0.02
_BASED = ("tree", "building", "crate", "vase", "gear")
#: A tree's crown may lean and a building's steps stick out: their domains look at trunk and walls.
_CENTRED_BOUNDS = ("crate", "vase", "gear")


def check_proportions(asset: Asset) -> Iterator[Check]:
    """Triangles, names, and the origin under the base."""
    yield from check_triangles(asset)
    yield from check_names(asset)
    if asset.generator in _BASED:
        yield from _check_base(asset.scene)
    if asset.generator in _CENTRED_BOUNDS:
        yield from _check_centre(asset.scene)


def check_triangles(asset: Asset) -> Iterator[Check]:
    """The count beside its budget, and beside the next coarser quality's."""
    count, budget = asset.scene.triangle_count, asset.budget
    if asset.generator not in CEILINGS:
        bounds = ((1 - _SPREAD) * budget, (1 + _SPREAD) * budget)
        yield Check.between(POINT, "triangles", asset.quality, count, bounds)
        return
    yield Check.at_most(POINT, "triangles", asset.quality, count, budget)
    if (coarser := _COARSER.get(asset.quality)) is not None:
        times = count / asset.at(coarser).scene.triangle_count
        yield Check.at_least(POINT, f"times those of {coarser}", asset.quality, times, _STEP)


def check_names(asset: Asset) -> Iterator[Check]:
    """Names of the meshes of every level."""
    for level, scene in enumerate(asset.levels):
        wanted = [f"SM_{asset.generator.capitalize()}_{asset.seed}{level_suffix(level)}"]
        names = [mesh.name for mesh in scene.meshes]
        yield Check.equal(POINT, f"named {wanted[0]}", f"level {level}", names == wanted, True)


def _check_base(scene: Scene) -> Iterator[Check]:
    """The base stands at height 0."""
    heights = positions(scene)[:, 1]
    low = float(heights.min() / np.ptp(heights))
    yield Check.between(POINT, "lowest point / height", "all", low, (-_CENTRED, _CENTRED))


def _check_centre(scene: Scene) -> Iterator[Check]:
    """The origin is under the middle of the bounds, or of the foot of what has a handle."""
    points = positions(scene)
    extent = np.ptp(points, axis=0)
    foot = points[points[:, 1] <= points[:, 1].min() + _FOOT * extent[1]]
    off = min(off_centre(points), off_centre(foot)) / float(extent.max())
    yield Check.at_most(POINT, "base's middle off the origin / size", "all", off, _CENTRED)


def off_centre(points: Array) -> float:
    """Distance of the middle of the bounds from the vertical axis, the greater of x and z."""
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    return float(np.abs(middle[[0, 2]]).max())


def positions(scene: Scene) -> Array:
    """All vertices of a scene, float64 (n, 3)."""
    return np.concatenate([primitive.positions for primitive in scene.primitives]).astype(float)
