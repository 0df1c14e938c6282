"""A building fills its plot, and its storeys repeat at their height."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from meshmill.geometry.scene import Primitive
from tests.acceptance.proportions import positions
from tests.acceptance.rays import nearest
from tests.acceptance.report import Check
from tests.acceptance.subject import Asset
from tests.acceptance.welding import Array, Welded

POINT = 9
#: Walls may stand back a little in a bay, and posts forward.
_PLOT = (0.94, 1.06)
_CENTRED = 0.02
_PROBES = 15
_AT_STOREY = 0.55
_MILLIMETRES = 1000
_ALIGNED = 0.9
_FEWEST_STOREYS = 3


def check_building(asset: Asset) -> Iterator[Check]:
    """Extent of the walls, height, and heights of windows in all storeys."""
    options: Any = asset.options
    for name, asked, (low, high) in zip(
        ("width", "depth"), (options.width_m, options.depth_m), walls(asset), strict=True
    ):
        extent, off = (low + high) / asked, abs(high - low) / 2 / asked
        yield Check.between(POINT, f"walls' {name} / {name}_m", "facade", extent, _PLOT)
        yield Check.at_most(POINT, f"walls off centre / {name}_m", "facade", off, _CENTRED)
    eaves = options.storeys * options.storey_height_m
    top = float(positions(asset.scene)[:, 1].max())
    highest = eaves + max(options.width_m, options.depth_m) + options.storey_height_m
    yield Check.between(POINT, "top, metres", "all", top, (0.98 * eaves, highest))
    glass = [p for p in asset.scene.primitives if _is_glass(p)]
    if glass and options.storeys >= _FEWEST_STOREYS:
        points = np.concatenate([p.positions[:, 1] for p in glass]).astype(float)
        share = aligned_share(points, options.storey_height_m, options.storeys)
        yield Check.at_least(POINT, "panes at heights of other storeys", "glass", share, _ALIGNED)


def _is_glass(primitive: Primitive) -> bool:
    return any(word in primitive.material.name for word in ("Glass", "Window", "Glazing"))


def walls(asset: Asset) -> list[tuple[float, float]]:
    """Distances from the vertical axis to the outermost faces of the primary material.

    In the first storey, along -x and +x, then along -z and +z.
    """
    options: Any = asset.options
    mesh = Welded.of([next(asset.scene.primitives)])
    across = np.linspace(-0.45, 0.45, _PROBES)
    far = 2.0 * max(options.width_m, options.depth_m)
    reaches = []
    for axis, length in ((0, options.depth_m), (2, options.width_m)):
        for side in (-1.0, 1.0):
            origins, directions = np.zeros((2, _PROBES, 3))
            origins[:, axis], origins[:, 2 - axis] = side * far, across * length
            origins[:, 1] = _AT_STOREY * options.storey_height_m
            directions[:, axis] = -side
            first = nearest(mesh, origins, directions)
            reaches.append(far - float(first.min()) if np.isfinite(first).any() else 0.0)
    return [(reaches[0], reaches[1]), (reaches[2], reaches[3])]


def aligned_share(heights: Array, storey_m: float, storeys: int) -> float:
    """Share of heights above the ground floor that half of the storeys have, to a millimetre."""
    upper = heights[(heights > storey_m) & (heights < storeys * storey_m)]
    if not len(upper):
        return 1.0
    storey = np.floor(upper / storey_m).astype(int)
    offset = np.round((upper - storey * storey_m) * _MILLIMETRES).astype(int)
    pairs = np.unique(np.stack((offset, storey), axis=1), axis=0)
    offsets, uses = np.unique(pairs[:, 0], return_counts=True)
    common = offsets[2 * uses >= len(np.unique(storey))]
    return float(np.isin(offset, np.concatenate((common - 1, common, common + 1))).mean())
