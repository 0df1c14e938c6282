"""Fittings of steel: handles of bent bar, and latches."""

from __future__ import annotations

from collections.abc import Sequence

from meshmill.geometry.generators.crate.bench import Bench, Cut
from meshmill.geometry.generators.crate.pieces import Side, Skin, Vector


def bar_handle(bench: Bench, sides: Sequence[Side], width: float, reach: float) -> None:
    """A bar on two feet in the middle of each side, within ``reach`` of its surface."""
    thick = min(0.42 * reach, 0.11 * width)
    foot = _steel(bench, (1.9 * thick, 2.6 * thick, reach - 0.6 * thick), 0.2 * thick)
    bar = bench.cut("free", Skin("hardware", "steel", width, thick, 0.18 * thick), thick)
    for side in sides:
        up = 0.25 * side.height
        centre = side.at(0.0, up, reach - 0.55 * thick)
        bench.pieces.append(bar.piece(centre, side.axes))
        for way in (-1, 1):
            right = way * (width / 2 - 1.5 * thick)
            bench.pieces.append(
                foot.piece(side.at(right, up, 0.5 * foot.size[2] - 0.04 * thick), side.axes)
            )


def latch(bench: Bench, side: Side, height: float, reach: float, below: float) -> None:
    """Two toggle latches under the lid's edge."""
    width, thick = 0.5 * height, 0.4 * reach
    plate = _steel(bench, (width, height, thick), 0.14 * thick)
    lever = _steel(bench, (0.55 * width, 0.72 * height, 0.9 * thick), 0.2 * thick)
    # Through the plate: no two backs are in one plane.
    hook = _steel(bench, (0.8 * width, 0.2 * height, 2.3 * thick), 0.2 * thick)
    top = side.height - 0.55 * below - 0.56 * height
    for way in (-1, 1):
        right = way * 0.5 * side.width
        bench.pieces.append(plate.piece(side.at(right, top, 0.42 * thick), side.axes))
        bench.pieces.append(
            lever.piece(side.at(right, top - 0.06 * height, 1.2 * thick), side.axes)
        )
        bench.pieces.append(
            hook.piece(side.at(right, top + 0.33 * height, 0.45 * thick), side.axes)
        )


def _steel(bench: Bench, size: Vector, bevel: float) -> Cut:
    """A box of steel."""
    length, width, thick = size
    return bench.cut("fitting", Skin("hardware", "steel", length, width, bevel), thick)
