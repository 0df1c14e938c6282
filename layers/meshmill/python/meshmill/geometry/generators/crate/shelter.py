"""Light of the sky that reaches the parts of a crate, for occlusion and for where dirt stays."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.crate.pieces import Opening
from meshmill.geometry.generators.crate.sheets import Sheet
from meshmill.geometry.rasters import smoothstep

_SEAM, _FRAME = 0.55, 0.4


def sky_light(sheet: Sheet, edge: F32, mean: float) -> F32:
    """Share of the sky that is seen, 0 … 1, darker in seams, beside frames and beside ribs."""
    sky = sheet.each([skin.occlusion for skin in sheet.skins])
    seam = smoothstep(edge, -0.004 * mean, 0.012 * mean)
    seam *= np.float32(1.0 - _SEAM)
    seam += np.float32(_SEAM)
    light: F32 = seam * sky
    frame = to_frame(sheet)
    if frame is not None:
        light *= np.float32(_FRAME) + smoothstep(frame, 0.0, 0.05 * mean) * np.float32(1.0 - _FRAME)
    ribs = _to_rib(sheet)
    if ribs is not None:
        light *= np.float32(0.5) + smoothstep(ribs, 0.0, 0.022 * mean) * np.float32(0.5)
    return light


def to_frame(sheet: Sheet) -> F32 | None:
    """Metres to the frame around a side, float32 (rows, columns); None where there is none."""
    framed = [skin.opening if skin.opening and skin.opening.depth else None for skin in sheet.skins]
    known = [opening for opening in framed if opening]
    if not known:
        return None
    open_air = Opening("", 1e3 * known[0].width, 1e3 * known[0].height, 0.0)
    spans = [opening or open_air for opening in framed]
    width, height, down = (
        sheet.each(values)
        for values in ([s.width for s in spans], [s.height for s in spans], [-s.up for s in spans])
    )
    nearest: F32 = np.minimum(width - np.abs(sheet.x), height - np.abs(sheet.y[:, None] + down))
    return nearest


def _to_rib(sheet: Sheet) -> F32 | None:
    """Metres to the side of the nearest rib, as a row for all charts of a sheet."""
    opening = sheet.skins[0].opening
    if opening is None or not opening.pitch:
        return None
    shift = 0.5 if opening.odd else 0.0
    turns = sheet.x * np.float32(1.0 / opening.pitch) + np.float32(shift)
    within = np.abs(turns - np.floor(turns) - np.float32(0.5)) * np.float32(opening.pitch)
    gap = np.abs(within - np.float32(0.5 * opening.band))
    spread: F32 = np.broadcast_to(gap, (len(sheet.y), len(sheet.x)))
    return spread
