"""A rock stands a little below ground, has its size, and shows no seams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.acceptance.proportions import positions
from tests.acceptance.report import Check
from tests.acceptance.seams import check_seams
from tests.acceptance.subject import Asset

POINT = 9
_SUNK = (0.02, 0.05)
_SIZE = (0.99, 1.01)
_CENTRED = 0.01


def check_rock(asset: Asset) -> Iterator[Check]:
    """Depth below ground, longest edge, place of the origin, colours across chart borders."""
    options: Any = asset.options
    points = positions(asset.scene)
    extent = np.ptp(points, axis=0)
    sunk = float(-points[:, 1].min() / extent[1])
    yield Check.between(POINT, "share of the height below ground", "all", sunk, _SUNK)
    size = float(extent.max() / options.size_m)
    yield Check.between(POINT, "longest edge / size_m", "all", size, _SIZE)
    middle = (points.min(axis=0) + points.max(axis=0))[[0, 2]] / 2
    off = float(np.abs(middle).max() / options.size_m)
    yield Check.at_most(POINT, "middle off the origin / size", "all", off, _CENTRED)
    for primitive in asset.scene.primitives:
        yield from check_seams(primitive)
