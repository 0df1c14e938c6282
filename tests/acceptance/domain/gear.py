"""Two gears of one module and pressure angle mesh at m (z1 + z2) / 2."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.acceptance.domain.involute import Flanks, Wheel, fitted
from tests.acceptance.proportions import positions
from tests.acceptance.report import Check
from tests.acceptance.subject import Asset

POINT = 9
_INVOLUTE = 0.01
#: Thinner than half the pitch by this share of the module: neither jammed nor loose.
_BACKLASH = (0.0, 0.12)
_TIP = (0.9, 1.005)
_SIZE = (0.995, 1.005)
_FEWEST_POINTS = 8


def check_gear(asset: Asset) -> Iterator[Check]:
    """Face width, tip and root; at high quality the flanks beside the involute."""
    options: Any = asset.options
    wheel = Wheel(
        options.teeth,
        options.module_mm / 1000,
        float(np.radians(float(options.pressure_angle_deg))),
        float(np.radians(options.helix_deg)),
    )
    points = positions(asset.scene)
    width = float(np.ptp(points[:, 1]) / (options.face_width_mm / 1000))
    yield Check.between(POINT, "height / face_width_mm", "all", width, _SIZE)
    radii = np.hypot(points[:, 0], points[:, 2])
    tip = float((radii.max() - wheel.pitch_radius) / wheel.module)
    yield Check.between(POINT, "addendum / module", "teeth", tip, _TIP)
    if asset.quality == "high":
        yield from _check_flanks(asset, wheel)


def _check_flanks(asset: Asset, wheel: Wheel) -> Iterator[Check]:
    for name, between in (("vertices", False), ("edges", True)):
        flanks = Flanks.of(asset.scene, wheel, between_vertices=between)
        if len(flanks.radius) < _FEWEST_POINTS * wheel.teeth:
            found = len(flanks.radius)
            wanted = _FEWEST_POINTS * wheel.teeth
            yield Check.at_least(POINT, "points on flanks", name, found, wanted)
            continue
        fit = fitted(flanks, wheel)
        deviation, backlash = fit.deviation / wheel.module, fit.backlash / wheel.module
        yield Check.at_most(POINT, "off the involute p99 / module", name, deviation, _INVOLUTE)
        yield Check.between(POINT, "backlash / module", name, backlash, _BACKLASH)
