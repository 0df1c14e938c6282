"""The material of leaves: an atlas of clusters, cut out by alpha, with colour under it."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F32, U8
from meshmill.geometry.charts import Atlas, Chart, pack_charts
from meshmill.geometry.generators.tree.clusters import EMPTY, Drawing, Sprites, draw, fill_gaps
from meshmill.geometry.generators.tree.palettes import PALETTES
from meshmill.geometry.generators.tree.spec import TreeOptions
from meshmill.geometry.generators.tree.sprays import (
    CELLS,
    FOLIAGE,
    FROND_LENGTH,
    FRONDS,
    SHADED,
    bare,
    fronds,
    leafy,
    needled,
)
from meshmill.geometry.maps import MapSet, pack_normals
from meshmill.geometry.rasters import Spread
from meshmill.geometry.scene import Material

_ONE, _HALF = np.float32(1.0), np.float32(0.5)
#: Lengths of leaves and needles in metres.
_LEAF_M = {"broadleaf": 0.11, "birch": 0.065, "shrub": 0.06, "conifer": 0.035}
_LEAST_LEAF, _MOST_LEAF = 0.105, 0.26
_LEAST_LEAF_TEXELS = 7.0
#: The atlas is painted at no more texels a side than these, and enlarged.
_PAINTED = 1024
_DARKEST, _BRIGHTEST = np.float32(32.0), np.float32(239.0)
_ROUGHNESS = {"broadleaf": 0.87, "birch": 0.86, "shrub": 0.86, "conifer": 0.88, "palm": 0.82}


def leaf_atlas(options: TreeOptions, size: int) -> Atlas:
    """Cells of clusters, or of a palm's fronds."""
    painted = min(size, _PAINTED)
    palm = options.habit == "palm"
    wanted = [(1.0, FROND_LENGTH)] * FRONDS if palm else [(1.0, 1.0)] * CELLS
    return _resized(pack_charts(wanted, painted), size // painted, 1)


def leaf_material(options: TreeOptions, atlas: Atlas, card: float, seed: int) -> Material:
    """Paint the atlas; ``card`` is the width of a cell in metres."""
    times = max(1, atlas.size // _PAINTED)
    small = _resized(atlas, 1, times)
    sprites = _sprites(options, small, card, seed)
    drawing = draw(sprites, small)
    maps = MapSet.filled(small.size, (128, 128, 128), (255, 140, 0))
    covered = drawing.sprite != EMPTY
    maps.base_colour[:] = _colours(sprites, drawing, covered)
    _paint_relief(maps, sprites, drawing, covered, _ROUGHNESS[options.habit])
    part = "Twigs" if options.season == "bare" else "Leaves"
    coverage = _enlarged_softly(drawing.coverage, times)
    maps = MapSet(*(_enlarged(image, times) for image in (maps.base_colour, maps.normal, maps.orm)))
    return maps.material("Tree", part, coverage=coverage, alpha="MASK", double_sided=True)


def _resized(atlas: Atlas, times: int, parts: int) -> Atlas:
    """The same charts in a texture of another size."""
    charts = tuple(
        Chart(*(edge * times // parts for edge in (c.left, c.top, c.width, c.height)))
        for c in atlas.charts
    )
    size, gutter = atlas.size * times // parts, atlas.gutter * times // parts
    return Atlas(size, gutter, atlas.density * times / parts, charts)


def _enlarged(image: U8, times: int) -> U8:
    """Each texel repeated, down and across."""
    return image if times == 1 else image.repeat(times, axis=0).repeat(times, axis=1)


def _enlarged_softly(coverage: F32, times: int) -> U8:
    """Coverage as bytes at ``times`` the size, with outlines as smooth as before."""
    if times > 1:
        size = len(coverage)
        ticks = (np.arange(size * times, dtype=np.float32) + _HALF) * np.float32(1 / times) - _HALF
        np.clip(ticks, 0, size - 1, out=ticks)
        coverage = Spread(coverage, ticks).band(ticks)
    return (coverage * np.float32(255.0) + _HALF).astype(np.uint8)


def _sprites(options: TreeOptions, atlas: Atlas, card: float, seed: int) -> Sprites:
    palette = PALETTES[options.habit, options.season]
    texel = 1.0 / atlas.charts[0].width
    if options.habit == "palm":
        return fronds(palette, max(0.012, 0.9 * texel), seed)
    size = min(max(_LEAF_M[options.habit] / card, _LEAST_LEAF), _MOST_LEAF)
    if options.habit == "conifer":
        needle = min(max(size, 0.085), 0.14)
        return needled(palette, needle, max(0.009, 1.0 * texel), seed)
    foliage = FOLIAGE[options.habit]
    if options.season == "bare":
        return bare(foliage, palette, max(0.012, 1.1 * texel), seed)
    return leafy(foliage, palette, max(size, _LEAST_LEAF_TEXELS * texel), seed)


def _colours(sprites: Sprites, drawing: Drawing, covered: U8) -> U8:
    """Base colours, with midribs, paler tips, and the neighbours' colour where nothing is."""
    size = len(covered)
    colours = np.zeros((size, size, 3), dtype=np.float32)
    shown = drawing.sprite[covered]
    rib = np.maximum(_ONE - np.abs(drawing.aside[covered]) * np.float32(5.0), 0.0)
    tone = np.float32(0.94) + np.float32(0.1) * drawing.along[covered] + np.float32(0.1) * rib
    for channel in range(3):
        colours[covered, channel] = sprites.colour[:, channel].astype(np.float32)[shown] * tone
    fill_gaps(colours, covered)
    return np.clip(colours, _DARKEST, _BRIGHTEST).astype(np.uint8)


def _paint_relief(
    maps: MapSet, sprites: Sprites, drawing: Drawing, covered: U8, roughness: float
) -> None:
    """Normals of leaves that are tilted and folded; what lies behind others is occluded."""
    shown = drawing.sprite[covered]
    way = sprites.direction.astype(np.float32)[shown]
    # Halves of a leaf fall away from the midrib; the side is the direction turned clockwise.
    fold = drawing.aside[covered] * np.float32(0.45)
    hashed = sprites.depth * 37.0
    lift = ((hashed - np.floor(hashed)) - 0.5).astype(np.float32)[shown] * np.float32(0.9)
    swing = (drawing.along[covered] - _HALF) * np.float32(0.35) + lift
    tilt_x, tilt_y = (np.zeros(covered.shape, dtype=np.float32) for _ in range(2))
    tilt_x[covered] = way[:, 1] * fold + way[:, 0] * swing
    tilt_y[covered] = -way[:, 0] * fold + way[:, 1] * swing
    pack_normals(tilt_x, tilt_y, maps.normal)
    depth = sprites.depth.astype(np.float32)[shown] * _shade(sprites)[shown]
    maps.orm[covered, 0] = np.float32(90.0) + np.float32(165.0) * depth
    gloss = np.float32(255.0 * roughness) + np.float32(26.0) * np.abs(drawing.aside[covered])
    maps.orm[covered, 1] = np.minimum(gloss, np.float32(250.0))


def _shade(sprites: Sprites) -> F32:
    """Less light reaches the cells that stand for the inside of the crown."""
    inner = sprites.cell >= CELLS - SHADED
    return np.where(inner, np.float32(0.45), _ONE).astype(np.float32)
