"""Leaf clusters in a texture: sprites of leaves, stems, petals and needles, drawn all at once.

Every texel keeps the uppermost sprite and the place in it; colours and normals are made afterwards
in one go, as a deferred renderer does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64, I64, AnyArray
from meshmill.geometry.charts import Atlas

_TEXELS_AT_ONCE = 1 << 16
_HALF, _ONE = np.float32(0.5), np.float32(1.0)
#: Mip level, and its texels' edge, at which colours under alpha are balanced.
_BLOCK_LEVEL, _BLOCK = 4, 16
#: No sprite here.
EMPTY = -1
#: Forms of sprites: a stroke that tapers at its end, a pointed leaf, a needle.
STROKE, LEAF, NEEDLE = 0, 1, 2
#: Half widths at t along a sprite are (a + b t) (1 - t) times its breadth.
_WIDTHS = np.array(((1.0, 0.9), (0.29, 3.6), (1.15, 0.0)), dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Sprites:
    """Flat shapes in units of their cell's width, from the back to the front.

    ``cell`` int64 (n,); ``base`` (n, 2), x from the middle to the right, y from the foot upwards;
    unit ``direction`` (n, 2); ``length`` and ``breadth`` (half the width); ``form``; ``colour``
    (n, 3) in sRGB; ``depth``, 0 at the back to 1 at the front.
    """

    cell: I64
    base: F64
    direction: F64
    length: F64
    breadth: F64
    form: I64
    colour: F64
    depth: F64

    @classmethod
    def joined(cls, every: list[Sprites]) -> Sprites:
        """All of them, sorted by depth."""
        fields = [
            np.concatenate([getattr(sprites, name) for sprites in every])
            for name in cls.__dataclass_fields__
        ]
        order = np.argsort(fields[-1], kind="stable")
        return cls(*(field[order] for field in fields))


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """What shows in each texel, (size, size) each.

    ``sprite`` int32, :data:`EMPTY` where none is; ``along`` and ``aside`` float32, the place in the
    sprite: 0 … 1 from its base to its tip, -1 … 1 across; ``coverage`` float32, 0 … 1.
    """

    sprite: AnyArray
    along: F32
    aside: F32
    coverage: F32


def draw(sprites: Sprites, atlas: Atlas) -> Drawing:
    """Draw ``sprites`` into their cells, the charts of ``atlas``."""
    size = atlas.size
    drawing = Drawing(
        np.full(size * size, EMPTY, dtype=np.int32),
        *(np.zeros(size * size, dtype=np.float32) for _ in range(3)),
    )
    chart = np.array([(c.left + 0.5 * c.width, c.top + c.height, c.width) for c in atlas.charts])
    scale = chart[sprites.cell, 2]
    foot = np.stack(
        (
            chart[sprites.cell, 0] + sprites.base[:, 0] * scale,
            chart[sprites.cell, 1] - sprites.base[:, 1] * scale,
        ),
        axis=1,
    )
    way = np.stack((sprites.direction[:, 0], -sprites.direction[:, 1]), axis=1)
    length, breadth = sprites.length * scale, np.maximum(sprites.breadth * scale, 0.55)
    middle = foot + way * (0.5 * length)[:, None]
    reach = np.sqrt(0.25 * length * length + breadth * breadth)
    box = int(np.ceil(2.0 * float(reach.max()))) + 2
    limits = np.array([(c.left, c.top, c.left + c.width, c.top + c.height) for c in atlas.charts])
    step = max(1, _TEXELS_AT_ONCE // (box * box))
    for start in range(0, len(length), step):
        some = np.s_[start : start + step]
        place = (foot[some], way[some], length[some], breadth[some], middle[some])
        _stamp(drawing, start, place, sprites.form[some], limits[sprites.cell[some]], box)
    return Drawing(*(f.reshape(size, size) for f in (drawing.sprite, drawing.along,
                                                     drawing.aside, drawing.coverage)))  # fmt: skip


def _stamp(
    drawing: Drawing,
    first: int,
    place: tuple[F64, F64, F64, F64, F64],
    form: I64,
    limits: AnyArray,
    box: int,
) -> None:
    """Draw some sprites, later ones over earlier ones."""
    foot, way, length, breadth, middle = place
    size = math.isqrt(len(drawing.sprite))
    corner = np.floor(middle - 0.5 * box).astype(np.int32)
    ticks = np.arange(box, dtype=np.int32)
    column, row = corner[:, :1] + ticks, corner[:, 1:] + ticks
    x = (column - foot[:, :1] + 0.5).astype(np.float32)[:, None, :]
    y = (row - foot[:, 1:] + 0.5).astype(np.float32)[:, :, None]
    wx, wy = (way[:, axis].astype(np.float32)[:, None, None] for axis in (0, 1))
    inverse = (1.0 / length).astype(np.float32)[:, None, None]
    along = (x * (wx * inverse)) + (y * (wy * inverse))
    aside = y * wx - x * wy
    start, growth = (breadth[:, None] * _WIDTHS[form]).astype(np.float32).T[:, :, None, None]
    half = along * growth
    half += start
    half *= _ONE - along
    inside = half - np.abs(aside)
    inside[along < 0] = -1.0
    column_ok = (column >= limits[:, :1]) & (column < limits[:, 2:3])
    row_ok = (row >= limits[:, 1:2]) & (row < limits[:, 3:4])
    hit = (inside > -_HALF) & column_ok[:, None, :] & row_ok[:, :, None]
    at = np.flatnonzero(hit)
    member, rest = np.divmod(at, box * box)
    texel = (row[member, rest // box].astype(np.int64)) * size + column[member, rest % box]
    cover = np.minimum(inside.ravel()[at] + _HALF, _ONE)
    drawing.sprite[texel] = member + first
    drawing.along[texel] = along.ravel()[at]
    drawing.aside[texel] = aside.ravel()[at] / np.maximum(half.ravel()[at], _HALF)
    fringe = cover < 1
    drawing.coverage[texel[fringe]] = np.maximum(drawing.coverage[texel[fringe]], cover[fringe])
    drawing.coverage[texel[~fringe]] = 1.0


def fill_gaps(colours: F32, covered: AnyArray) -> None:
    """Give texels that nothing covers the colour of what is near, in place.

    Means over ever larger squares, as mip maps are made, shifted so that small mip maps have the
    mean colour of what is covered. ``colours`` float32 (size, size, 3), ``covered`` bool (size,
    size), sizes powers of two.
    """
    weight = covered.astype(np.float32)
    _fill(colours, weight)
    inside = _pooled(weight)
    outside = np.float32(_BLOCK * _BLOCK) - inside
    mixed = (inside > 0) & (outside > 0)
    for channel in range(3):
        plane = colours[:, :, channel]
        mean = _pooled(plane * weight) / np.maximum(inside, _ONE)
        off = mean - _pooled(plane * (_ONE - weight)) / np.maximum(outside, _ONE)
        off[~mixed] = 0.0
        plane[~covered] += off.repeat(_BLOCK, axis=0).repeat(_BLOCK, axis=1)[~covered]


def _pooled(field: F32) -> F32:
    """Sums over the blocks of mip level 4."""
    for _ in range(_BLOCK_LEVEL):
        field = _quarters(field)
    return field


def _fill(colours: F32, weight: F32) -> None:
    if len(weight) == 1:
        return
    total = _quarters(weight)
    inverse = _ONE / np.maximum(total, np.float32(1e-6))
    coarse = np.stack([_quarters(colours[:, :, k] * weight) * inverse for k in range(3)], axis=-1)
    _fill(coarse.astype(np.float32, copy=False), np.minimum(total, _ONE))
    bare = weight < _HALF
    wide = coarse.repeat(2, axis=0).repeat(2, axis=1)
    colours[bare] = wide[bare]


def _quarters(field: F32) -> F32:
    """Sums of squares of four."""
    rows = field[0::2] + field[1::2]
    return rows[:, 0::2] + rows[:, 1::2]
