"""Point 7: levels of detail keep bounds, outlines, texture layout and textures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from meshmill.geometry.levels import level_budget
from meshmill.geometry.scene import Material, Scene
from tests.acceptance.proportions import CEILINGS, positions
from tests.acceptance.report import Check
from tests.acceptance.silhouettes import filled, outlines, overlaps
from tests.acceptance.subject import LEVELS, Asset
from tests.acceptance.texture_space import GRID, Layout, charts_of
from tests.acceptance.welding import Array

POINT = 7
_OVERLAPS = {1: 0.98, 2: 0.95, 3: 0.90}
#: Of models whose budget is as low as this, levels have 1,000, 500 and 250 triangles: too few for
#: the outline of a jagged stone or a cluster, wherever they are put. From medium on the list holds.
_FEW, _OVERLAPS_OF_FEW = 2_000, {1: 0.96, 2: 0.91, 3: 0.85}
_BOUNDS = 0.01
#: A crown's outline runs around its twigs, not through the gaps between them: samples of 256.
_GAPS = {"tree": 5}
_SPREAD = 0.25
#: With a row of a vase and its handles, a tenth of such a level's triangles comes or goes at once.
_FEWEST, _SPREAD_OF_FEWEST = 250, 0.35
#: A level may close a hole in its chart; in another chart it has no business.
_SAME_CHARTS = 0.6
_DISPLACED = 0.05
_EVERY = 7
#: Half of the least gutter, in samples of the grid.
_MARGIN = GRID // 256


def check_levels(asset: Asset) -> Iterator[Check]:
    """Compare each further level of detail with the model itself."""
    full = asset.levels[0]
    points = positions(full)
    bounds = points.min(axis=0), points.max(axis=0)
    limits = _OVERLAPS_OF_FEW if asset.budget <= _FEW else _OVERLAPS
    whole = _outlines(asset, full, bounds)
    charts = {material: _grown(_covered(full, material)) for material in full.materials}
    for level in LEVELS[1:]:
        scene, where = asset.levels[level], f"level {level}"
        yield from _check_triangles(asset, level)
        shared = _all_are(scene.textures, full.textures)
        yield Check.equal(POINT, "textures are the model's", where, shared, True)
        yield Check.at_most(POINT, "bounds off / size", where, _bounds_off(scene, bounds), _BOUNDS)
        overlap = float(overlaps(_outlines(asset, scene, bounds), whole).min())
        yield Check.at_least(POINT, "outlines overlap, least", where, overlap, limits[level])
    coarsest = asset.levels[-1]
    for material, allowed in charts.items():
        if material in coarsest.materials:
            yield from _check_charts((full, coarsest), material, allowed)


def _outlines(asset: Asset, scene: Scene, bounds: tuple[Array, Array]) -> Array:
    shown = outlines(scene, bounds)
    gaps = _GAPS.get(asset.generator)
    return shown if gaps is None else filled(shown, gaps)


def _check_triangles(asset: Asset, level: int) -> Iterator[Check]:
    count, budget = asset.levels[level].triangle_count, level_budget(asset.budget, level)
    where = f"level {level}"
    if asset.generator in CEILINGS:
        yield Check.at_most(POINT, "triangles", where, count, budget)
        before = asset.levels[level - 1].triangle_count
        yield Check.at_most(POINT, "triangles, the level before", where, count, before)
        return
    spread = _SPREAD_OF_FEWEST if budget <= _FEWEST else _SPREAD
    bounds = ((1 - spread) * budget, (1 + spread) * budget)
    yield Check.between(POINT, "triangles", where, count, bounds)


def _check_charts(
    scenes: tuple[Scene, Scene], material: Material, allowed: Array
) -> Iterator[Check]:
    """Whether the coarsest level, the second scene, lies in the texture as the model does."""
    layouts = [Layout.of(scene, material) for scene in scenes]
    if any(layout.tiled for layout in layouts):
        return
    covered = _covered(scenes[1], material)
    share = float((covered & allowed).sum() / max(1, covered.sum()))
    name = f"level {LEVELS[-1]} {material.name}"
    yield Check.at_least(POINT, "texture area within the charts", name, share, _SAME_CHARTS)
    if not any(layout.instanced for layout in layouts):
        size = float(np.ptp(positions(scenes[0]), axis=0).max())
        off = float(np.median(displacement(scenes, material))) / size
        yield Check.at_most(POINT, "texels elsewhere on surface, median", name, off, _DISPLACED)


def displacement(scenes: tuple[Scene, Scene], material: Material) -> Array:
    """How far apart two levels show the same texels, in metres, at samples that both cover."""
    charts = [charts_of(scene, material) for scene in scenes]
    both = np.flatnonzero((charts[0].label > 0) & (charts[1].label > 0))[::_EVERY]
    one, other = (
        Layout.of(scene, material).places_of(drawn.owner.ravel()[both], both)
        for scene, drawn in zip(scenes, charts, strict=True)
    )
    apart: Array = np.linalg.norm(one - other, axis=1)
    return apart


def _covered(scene: Scene, material: Material) -> Array:
    """Samples of the texture that the material's faces cover."""
    covered: Array = charts_of(scene, material).label > 0
    return covered


def _grown(covered: Array) -> Array:
    """What lies within half a gutter of ``covered`` samples."""
    for axis in (0, 1):
        reach = np.cumsum(np.pad(covered, _padding(axis)), axis=axis, dtype=np.int32)
        after = np.take(reach, range(2 * _MARGIN + 1, reach.shape[axis]), axis=axis)
        before = np.take(reach, range(reach.shape[axis] - 2 * _MARGIN - 1), axis=axis)
        covered = after > before
    return covered


def _padding(axis: int) -> list[tuple[int, int]]:
    widths = [(0, 0), (0, 0)]
    widths[axis] = (_MARGIN + 1, _MARGIN)
    return widths


def _all_are(some: tuple[object, ...], others: tuple[object, ...]) -> bool:
    every = {id(other) for other in others}
    return all(id(one) in every for one in some)


def _bounds_off(scene: Scene, bounds: tuple[Array, Array]) -> float:
    """The farthest that any side of the bounds has moved, as a share of the longest edge."""
    points = positions(scene)
    low, high = bounds
    moved = np.abs(np.stack((points.min(axis=0) - low, points.max(axis=0) - high)))
    return float(moved.max() / (high - low).max())
