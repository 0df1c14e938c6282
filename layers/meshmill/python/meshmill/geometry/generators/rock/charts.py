"""Where each face of each stone lies in the texture: shelves of charts with gutters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_SEARCH_STEPS = 24
_GUTTER_SHARE = 128


@dataclass(frozen=True, slots=True)
class Chart:
    """A rectangle of texels, without its gutter."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Atlas:
    """Charts by stone and face; ``gutter`` texels around each repeat its border."""

    size: int
    gutter: int
    charts: tuple[tuple[Chart, ...], ...]


def make_atlas(stones: Sequence[Sequence[tuple[float, float]]], size: int) -> Atlas:
    """Pack the faces of stones, all at one density, as large as a square of ``size`` holds.

    ``stones`` are widths and heights of each stone's faces, in a common unit.
    """
    gutter = max(2, size // _GUTTER_SHARE)
    wanted = [face for faces in stones for face in faces]
    low, high = 0.0, size / max(max(pair) for pair in wanted)
    packed = _pack(wanted, low, size, gutter)
    for _ in range(_SEARCH_STEPS):
        middle = (low + high) * 0.5
        tried = _pack(wanted, middle, size, gutter)
        if tried is None:
            high = middle
        else:
            low, packed = middle, tried
    charts = packed or []
    each = len(stones[0])
    return Atlas(
        size, gutter, tuple(tuple(charts[k : k + each]) for k in range(0, len(charts), each))
    )


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
