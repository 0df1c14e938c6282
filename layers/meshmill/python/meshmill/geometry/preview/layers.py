"""Visible surfaces, from the solid one to the blended ones in front of it."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import I64, AnyArray, Bools
from meshmill.geometry.preview.soup import Sight, Soup
from meshmill.geometry.rasterise import EMPTY, ZBuffer

#: Share of the distance by which samples of one smooth surface differ at most.
_SMOOTH = np.float32(0.012)
_PER_AXIS = 2


def visible_layers(soup: Soup, sight: Sight, size: int) -> list[ZBuffer]:
    """Everything opaque or masked in one layer, then a layer per blended material.

    Blended layers are ordered by their mean distance, the farthest first, and show what is nearest
    of their own material: enough for shells and sheets of water.
    """
    solid = ZBuffer(size)
    opaque = np.isin(soup.material, soup.having("OPAQUE"))
    numbers = np.arange(len(sight.triangles), dtype=np.int32)
    solid.draw(sight.screen, sight.triangles[opaque], numbers[opaque])
    for index in soup.having("MASK"):
        masked = _nearest_first(np.flatnonzero(soup.material == index), sight)
        cutout = soup.cutout(index, sight.screen[:, 2])
        solid.draw(sight.screen, sight.triangles[masked], numbers[masked], cutout)
    blended = []
    for index in soup.having("BLEND"):
        layer = ZBuffer(size)
        members = soup.material == index
        cutout = soup.cutout(index, sight.screen[:, 2])
        layer.draw(sight.screen, sight.triangles[members], numbers[members], cutout)
        layer.discard(layer.nearness <= solid.nearness)
        blended.append(layer)
    return [solid, *sorted(blended, key=_mean_nearness)]


def _nearest_first(members: I64, sight: Sight) -> I64:
    """Triangles in an order that hides many fragments before their texture is looked up."""
    nearness = np.ascontiguousarray(sight.screen[:, 2]).take(sight.triangles[members, 0])
    order: I64 = members[np.argsort(-nearness, kind="stable")]
    return order


def _mean_nearness(layer: ZBuffer) -> float:
    drawn = layer.nearness[layer.triangle != EMPTY].astype(np.float64)
    return float(np.cumsum(drawn)[-1]) / len(drawn) if len(drawn) else 0.0


def needed_samples(layers: list[ZBuffer], soup: Soup) -> Bools:
    """Samples to shade, (size * size,): two of four will do where a pixel shows smooth surfaces.

    They do for leaves as well, whose outlines within a crown nobody follows.
    """
    half = layers[0].size // _PER_AXIS
    halved = np.ones((half, half), dtype=np.bool_)
    needed = np.zeros(half * half * _PER_AXIS * _PER_AXIS, dtype=np.bool_)
    for layer in layers:
        low = _over_pixels(np.minimum, layer.nearness, half)
        high = _over_pixels(np.maximum, layer.nearness, half)
        halved &= ((low > 0) & (high - low <= _SMOOTH * high)) | (high == 0)
        needed |= layer.nearness > 0
    leaves = np.isin(np.arange(len(soup.materials)), soup.having("MASK"))
    if leaves.any():
        # Cleared samples take the last entry.
        is_leaf = np.append(leaves[soup.material], np.False_).take(layers[0].triangle)
        halved |= _over_pixels(np.logical_and, is_leaf, half)
    grid = needed.reshape(half, _PER_AXIS, half, _PER_AXIS)
    grid[:, 0, :, 1] &= ~halved
    grid[:, 1, :, 0] &= ~halved
    return needed


def _over_pixels(join: np.ufunc, samples: AnyArray, half: int) -> AnyArray:
    """Join the four samples of each pixel: (half, half)."""
    rows = samples.reshape(half, _PER_AXIS, half * _PER_AXIS)
    pairs = join(rows[:, 0], rows[:, 1])
    joined: AnyArray = join(pairs[:, 0::2], pairs[:, 1::2])
    return joined
