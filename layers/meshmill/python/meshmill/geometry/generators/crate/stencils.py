"""Signs sprayed on a crate: this side up, and fragile."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.crate.pieces import Opening
from meshmill.geometry.generators.crate.sheets import Sheet
from meshmill.geometry.rasters import smoothstep

_ONE, _HALF, _ZERO = np.float32(1.0), np.float32(0.5), np.float32(0.0)
#: Height of a sign as a share of the free part of its side, and where signs stand in it.
_SHARE, _PLACES = 0.3, (0.58, 0.52)


def ink(sheet: Sheet, patches: F32, wear: float) -> F32 | None:
    """How much of each texel is inked, 0 … 1; None where no row of the band has signs.

    ``patches`` is noise about -1 … 1 by which the ink is uneven, and worn off.
    """
    spans = [_frame(skin.opening) for skin in sheet.skins]
    if not any(spans[member][2] for member in np.unique(sheet.member).tolist()):
        return None
    right, up, size = (sheet.each([span[k] for span in spans]) for k in range(3))
    size = np.maximum(size, np.float32(1e-6))
    x = (sheet.x + right) / size
    y = (up - sheet.y[:, None]) / size
    texel = np.float32(1.0) / (size * np.float32(sheet.density))
    shape = np.maximum(_arrows(x, y, texel), _glass(x, y, texel))
    cover = smoothstep(patches, -0.75 + 0.7 * wear, -0.35 + 0.7 * wear)
    shape *= cover * np.float32(0.86)
    return shape


def _frame(opening: Opening | None) -> tuple[float, float, float]:
    """A chart's centre from the middle of the signs, and their size; 0 where there are none."""
    if opening is None or opening.name != "front":
        return 0.0, 0.0, 0.0
    size = _SHARE * min(opening.width, opening.height)
    right, up = (
        share * edge for share, edge in zip(_PLACES, (opening.width, opening.height), strict=True)
    )
    return opening.right - right + 0.35 * size, opening.up - up + 0.3 * size, size


def _arrows(x: F32, y: F32, texel: F32) -> F32:
    """Two arrows on a bar, around (-0.8, 0)."""
    each = np.abs(np.abs(x + np.float32(0.8)) - np.float32(0.36))
    shaft = np.maximum(each - np.float32(0.11), np.abs(y + np.float32(0.12)) - np.float32(0.55))
    head = np.maximum(each * np.float32(0.82) + y * np.float32(0.57) - np.float32(0.52),
                      np.float32(0.28) - y)  # fmt: skip
    bar = np.maximum(
        np.abs(x + np.float32(0.8)) - np.float32(0.74),
        np.abs(y + np.float32(0.86)) - np.float32(0.07),
    )
    return _inside(np.minimum(np.minimum(shaft, head), bar), texel)


def _glass(x: F32, y: F32, texel: F32) -> F32:
    """A wine glass, around (0.8, 0)."""
    side = np.abs(x - np.float32(0.8))
    taper = np.float32(0.44) - np.maximum(np.float32(0.55) - y, _ZERO) * np.float32(0.22)
    bowl = np.maximum(side - taper, np.maximum(y - np.float32(0.95), np.float32(0.12) - y))
    round_ = np.sqrt(side * side + (y - np.float32(0.14)) * (y - np.float32(0.14))) - np.float32(
        0.34
    )
    round_ = np.maximum(round_, y - np.float32(0.14))
    stem = np.maximum(side - np.float32(0.055), np.maximum(y, -np.float32(0.85) - y))
    foot = np.maximum(side - np.float32(0.36), np.abs(y + np.float32(0.86)) - np.float32(0.07))
    return _inside(np.minimum(np.minimum(bowl, round_), np.minimum(stem, foot)), texel)


def _inside(distance: F32, texel: F32) -> F32:
    """Coverage of texels at a signed distance from a border."""
    cover: F32 = np.clip(_HALF - distance / texel, _ZERO, _ONE)
    return cover
