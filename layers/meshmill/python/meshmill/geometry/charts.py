"""Charts: where the parts of a surface lie in a texture, on shelves with gutters between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, U8, AnyArray

_SEARCH_STEPS = 24
_GUTTER_SHARE = 128


@dataclass(frozen=True, slots=True)
class Chart:
    """A rectangle of texels, without its gutter."""

    left: int
    top: int
    width: int
    height: int

    @property
    def area(self) -> tuple[slice, slice]:
        """Rows and columns of an image that the chart covers."""
        return np.s_[self.top : self.top + self.height, self.left : self.left + self.width]

    def uvs(self, across: AnyArray, down: AnyArray, size: int) -> F32:
        """UVs float32 (..., 2) of positions 0 … 1 in the chart, of a texture of ``size`` texels.

        ``across`` runs to the right and ``down`` downwards; they are broadcast.
        """
        u = (np.float32(self.left) + across * np.float32(self.width)) * np.float32(1.0 / size)
        v = (np.float32(self.top) + down * np.float32(self.height)) * np.float32(1.0 / size)
        pair: F32 = np.stack(np.broadcast_arrays(u, v), axis=-1).astype(np.float32)
        return pair


@dataclass(frozen=True, slots=True)
class Atlas:
    """Charts of one texture of ``size`` x ``size`` texels, in the order they were asked for.

    ``density`` is texels per unit of the sizes asked for; around each chart ``gutter`` texels are
    free, to repeat its border.
    """

    size: int
    gutter: int
    density: float
    charts: tuple[Chart, ...]


def gutter_for(size: int) -> int:
    """Texels around each chart that keep mip level 4 from bleeding."""
    return max(2, size // _GUTTER_SHARE)


def pack_charts(wanted: Sequence[tuple[float, float]], size: int) -> Atlas:
    """Pack rectangles, all at one density, as large as a square of ``size`` texels holds.

    ``wanted`` are widths and heights in a common unit; they are not turned.

    Raises:
        ValueError: Not even one texel each would fit.
    """
    gutter = gutter_for(size)
    low, high = 0.0, size / max(max(pair) for pair in wanted)
    packed = _pack(wanted, low, size, gutter)
    for _ in range(_SEARCH_STEPS):
        middle = (low + high) * 0.5
        tried = _pack(wanted, middle, size, gutter)
        if tried is None:
            high = middle
        else:
            low, packed = middle, tried
    if packed is None:
        raise ValueError(f"{len(wanted)} charts don't fit a texture of {size} texels")
    return Atlas(size, gutter, low, tuple(packed))


def dilate(image: U8, chart: Chart, gutter: int) -> None:
    """Repeat the chart's border texels through its gutter."""
    left, right = chart.left, chart.left + chart.width
    top, bottom = chart.top, chart.top + chart.height
    image[top:bottom, left - gutter : left] = image[top:bottom, left : left + 1]
    image[top:bottom, right : right + gutter] = image[top:bottom, right - 1 : right]
    wide = np.s_[left - gutter : right + gutter]
    image[top - gutter : top, wide] = image[top, wide]
    image[bottom : bottom + gutter, wide] = image[bottom - 1, wide]


def _pack(
    wanted: Sequence[tuple[float, float]], density: float, size: int, gutter: int
) -> list[Chart] | None:
    """Shelves from the tallest chart down; None where they don't fit."""
    sizes = [(max(2, int(w * density)), max(2, int(h * density))) for w, h in wanted]
    placed: dict[int, Chart] = {}
    left = top = shelf = 0
    for index in sorted(range(len(sizes)), key=lambda k: (-sizes[k][1], k)):
        width, height = (edge + 2 * gutter for edge in sizes[index])
        if left + width > size:
            left, top, shelf = 0, top + shelf, 0
        shelf = max(shelf, height)
        if left + width > size or top + shelf > size:
            return None
        placed[index] = Chart(left + gutter, top + gutter, *sizes[index])
        left += width
    return [placed[index] for index in range(len(sizes))]
