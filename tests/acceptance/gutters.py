"""Point 3: room between charts, and what of it shows in smaller mip levels."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from meshmill.geometry.scene import Material
from tests.acceptance.report import Check
from tests.acceptance.welding import Array, weighted_percentile

POINT = 3
_GUTTER_SHARE = 128
_WIDEST_WINDOW = 20
#: Charts are at least two gutters apart, and a mip texel as wide as that must not mix them: at 1024
#: texels and more that of mip 4.
_WIDEST_MIP_TEXEL = 16
_GAP_SHARE = 64
_BLEEDING = 8.0


def check_gutters(
    material: Material, label: Array, covers: Callable[[int], Array]
) -> Iterator[Check]:
    """Gaps between the charts ``label``; ``covers`` tells the texels under charts at a size."""
    gap = narrowest_gap(label)
    if gap is not None:
        # A sample of the grid on either side may be cut.
        wanted = len(label) // _GUTTER_SHARE - 1
        yield Check.at_least(POINT, "gap between charts, 1/1024", material.name, gap, wanted)
    pixels = material.base_colour.pixels[:, :, :3]
    bleeding = mip_bleeding(pixels, covers(len(pixels)))
    yield Check.at_most(POINT, "bleeding in mip 4, p95", material.name, bleeding, _BLEEDING)


def narrowest_gap(label: Array) -> int | None:
    """Fewest empty samples between two charts, 0 where none is on its own, at most 18.

    ``label`` is 0 in the open and numbers charts from 1. A window of w x w samples with two charts
    in it means a gap of at most w - 2. None with fewer than two charts.
    """
    if label.max() < 2:
        return None
    highest = label.astype(np.int32)
    lowest = np.where(highest > 0, highest, np.iinfo(np.int32).max)
    for width in range(2, _WIDEST_WINDOW + 1):
        highest = _over_windows(np.maximum, highest)
        lowest = _over_windows(np.minimum, lowest)
        if ((highest > 0) & (highest != lowest)).any():
            return width - 2
    return _WIDEST_WINDOW - 2


def _over_windows(extreme: np.ufunc, grid: Array) -> Array:
    """From extremes over windows of w x w to those over w + 1 x w + 1."""
    across = extreme(grid[:, :-1], grid[:, 1:])
    wider: Array = extreme(across[:-1], across[1:])
    return wider


def mip_bleeding(pixels: Array, under: Array) -> float:
    """How far texels of mip 4 are from the mean of what lies under charts in them, p95 in levels.

    ``pixels`` is uint8 (size, size, 3), ``under`` says which texels charts cover; mip texels weigh
    as much as charts cover of them. For maps below 1024 the level is a lower one.
    """
    everything = _pooled(pixels.astype(float))
    weight = _pooled(under[:, :, None].astype(float))
    inside = _pooled(pixels * under[:, :, None].astype(float))
    seen = weight[:, :, 0] > 0
    difference = np.abs(everything[seen] - inside[seen] / weight[seen]).max(axis=1)
    return weighted_percentile(difference, weight[seen][:, 0], 0.95)


def _pooled(image: Array) -> Array:
    rows, columns, channels = image.shape
    edge = max(1, min(_WIDEST_MIP_TEXEL, rows // _GAP_SHARE))
    blocks = image.reshape(rows // edge, edge, columns // edge, edge, channels)
    means: Array = blocks.mean(axis=(1, 3))
    return means
