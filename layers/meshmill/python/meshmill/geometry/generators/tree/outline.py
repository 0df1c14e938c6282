"""Which cards the crown's outline needs most, seen from around."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.angles import cos_sin
from meshmill.geometry.arrays import F32, F64, I64, U8, AnyArray
from meshmill.geometry.charts import Atlas

_VIEWS, _WIDTH = 7, 100
#: Edge of the views over the crown's longest, since it is seen from above its side.
_ROOM = 1.3
_ELEVATION = 20.0 / 360.0
#: Most samples along a card's edge, and about how many of all cards together.
_SAMPLES, _TOGETHER = 8, 60_000
#: The share of the cards that is taken away at once, and how few are left to the end.
_PART, _FEWEST = 12, 8
_OPAQUE = 128


def outline_order(corners: F32, cell: I64, atlas: Atlas, alpha: U8) -> I64:
    """Numbers of cards from the most needed on, int64 (n,).

    ``corners`` float32 (n, 4, 3) are lower left, lower right, upper left and upper right. Cards
    are taken away, a few at a time, that leave the fewest pixels of the views empty.
    """
    owner, pixel = _fragments(corners, cell, atlas, alpha)
    count = len(corners)
    kept = np.ones(count, dtype=np.bool_)
    taken: list[I64] = []
    while int(kept.sum()) > _FEWEST:
        crowd = np.bincount(pixel, minlength=_VIEWS * _WIDTH * _WIDTH)[pixel]
        alone = np.bincount(owner, 1.0 / (crowd * crowd * crowd), count)
        alone[~kept] = np.inf
        some = np.argsort(alone, kind="stable")[: max(1, int(kept.sum()) // _PART)]
        taken.append(some[::-1])
        kept[some] = False
        still = kept[owner]
        owner, pixel = owner[still], pixel[still]
    needed = np.concatenate([np.flatnonzero(kept), *taken[::-1]])
    return _extremes_first(needed, corners)


def _fragments(corners: F32, cell: I64, atlas: Atlas, alpha: U8) -> tuple[I64, I64]:
    """Which pixels each card covers: its number and the pixel's, once each, int64 (k,)."""
    card, points = _samples(corners, cell, atlas, alpha)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (_WIDTH - 1) / (float((high - low).max()) * _ROOM)
    pixels = [_project(points - (low + high) * 0.5, view, scale) for view in range(_VIEWS)]
    every = np.int64(_VIEWS * _WIDTH * _WIDTH)
    keys = np.unique(np.tile(card, _VIEWS) * every + np.concatenate(pixels))
    return keys // every, keys % every


def _samples(corners: F32, cell: I64, atlas: Atlas, alpha: U8) -> tuple[I64, F64]:
    """Places (k, 3) on leaves, and the card of each."""
    side = min(max(int(np.sqrt(_TOGETHER / len(corners))), 3), _SAMPLES)
    ticks = (np.arange(side) + 0.5) * (1.0 / side)
    x, y = (grid.ravel() for grid in np.meshgrid(ticks, ticks))
    uvs = np.stack([chart.uvs(x, 1.0 - y, atlas.size) for chart in atlas.charts])
    texel = (uvs * np.float32(atlas.size)).astype(np.int64)
    solid = alpha[texel[..., 1], texel[..., 0]] >= _OPAQUE
    card, place = np.nonzero(solid[cell])
    c = corners[card].astype(np.float64)
    across, along = x[place][:, None], y[place][:, None]
    lower = c[:, 0] + (c[:, 1] - c[:, 0]) * across
    upper = c[:, 2] + (c[:, 3] - c[:, 2]) * across
    return card, lower + (upper - lower) * along


def _project(points: F64, view: int, scale: float) -> I64:
    """Pixels of points in one of the views, each with its own range of numbers."""
    away, aside = (float(part) for part in cos_sin((view + 0.31) / _VIEWS))
    level, lift = (float(part) for part in cos_sin(_ELEVATION))
    x = points[:, 0] * away - points[:, 2] * aside
    back = points[:, 0] * aside + points[:, 2] * away
    y = points[:, 1] * level - back * lift
    column, row = (
        np.clip((part * scale + 0.5 * _WIDTH).astype(np.int64), 0, _WIDTH - 1) for part in (x, y)
    )
    pixel: I64 = (view * _WIDTH + row) * _WIDTH + column
    return pixel


def _extremes_first(needed: I64, corners: AnyArray) -> I64:
    """The same numbers, but first the cards that reach farthest along the axes."""
    low, high = corners.min(axis=1), corners.max(axis=1)
    far = [int(low[:, axis].argmin()) for axis in range(3)]
    far += [int(high[:, axis].argmax()) for axis in range(3)]
    first = np.zeros(len(needed), dtype=np.bool_)
    first[far] = True
    return np.concatenate((needed[first[needed]], needed[~first[needed]]))
