"""Outer outlines of the profiles, as knots from foot to lip.

Radii are shares of the largest radius, heights of the whole height. ``n`` is the option ``neck``:
where the outline is narrowest, its direction is vertical and its radius is ``n``.
"""

from __future__ import annotations

from collections.abc import Callable

from meshmill.geometry.generators.vase.curves import Knot

_UP = (0.0, 1.0)
#: Height of the outlines' lowest points, which the foot ring continues.
FOOT_RISE = 0.004


def _shoulder(n: float, share: float, height: float, rise: float) -> Knot:
    """Where the outline has ``share`` of the way from the neck to the belly still to come in.

    ``rise`` is the height gained there on the whole of that way.
    """
    inwards = n - 1.0
    return Knot(n - inwards * share, height, (inwards, rise))


def _urn(n: float) -> list[Knot]:
    return [
        Knot(0.43, FOOT_RISE, _UP),
        Knot(0.42, 0.022, (-0.25, 1.0)),
        Knot(0.40, 0.042, (0.12, 1.0), after=0.30),
        Knot(1.0, 0.645, _UP, before=0.40, after=0.40),
        _shoulder(n, 0.42, 0.855, 0.17),
        Knot(n, 0.928, _UP),
        Knot(n + 0.19 * (1.0 - n), 0.995, (0.85, 0.6)),
    ]


def _amphora(n: float) -> list[Knot]:
    collar = n + 0.17 * (1.0 - n)
    return [
        Knot(0.36, FOOT_RISE, _UP),
        Knot(0.35, 0.020, (-0.5, 1.0)),
        Knot(0.245, 0.056, (0.14, 1.0), after=0.26),
        Knot(1.0, 0.555, _UP, before=0.42, after=0.40),
        _shoulder(n, 0.50, 0.735, 0.20),
        Knot(n + 0.07 * (1.0 - n), 0.815, (-0.30 * (1.0 - n), 1.0)),
        Knot(n, 0.890, _UP),
        Knot(collar, 0.945, (0.42, 1.0)),
        Knot(collar, 0.995, (-0.12, 1.0)),
    ]


def _bottle(n: float) -> list[Knot]:
    return [
        Knot(0.53, FOOT_RISE, _UP),
        Knot(0.525, 0.018, (-0.2, 1.0)),
        Knot(0.515, 0.032, (0.9, 0.7)),
        Knot(1.0, 0.255, _UP, before=0.38, after=0.42),
        _shoulder(n, 0.40, 0.47, 0.33),
        Knot(n + 0.08 * (1.0 - n), 0.64, (-0.20 * (1.0 - n), 1.0)),
        Knot(n, 0.87, _UP),
        Knot(n + 0.15 * (1.0 - n), 0.995, (0.72, 0.8)),
    ]


def _bowl(n: float) -> list[Knot]:
    opening = 1.0 - n
    foot = n + 0.10 * opening
    return [
        Knot(foot, FOOT_RISE, _UP),
        Knot(foot - 0.03 * opening, 0.040, (-0.35 * opening, 1.0)),
        Knot(n, 0.085, _UP),
        Knot(n + 0.06 * opening, 0.125, (opening, 0.5), after=0.44),
        Knot(1.0 - 0.03 * opening, 0.90, (0.16 * opening, 1.0), before=0.42),
        Knot(1.0, 0.995, (0.42 * opening, 1.0)),
    ]


def _tulip(n: float) -> list[Knot]:
    return [
        Knot(0.50, FOOT_RISE, _UP),
        Knot(0.485, 0.020, (-0.3, 1.0)),
        Knot(0.45, 0.044, (0.55, 1.0)),
        Knot(1.0, 0.345, _UP, before=0.40, after=0.38),
        _shoulder(n, 0.40, 0.585, 0.32),
        Knot(n, 0.745, _UP, after=0.40),
        Knot(n + 0.60 * (1.0 - n), 0.995, (0.95, 0.55), before=0.34),
    ]


OUTLINES: dict[str, Callable[[float], list[Knot]]] = {
    "urn": _urn,
    "amphora": _amphora,
    "bottle": _bottle,
    "bowl": _bowl,
    "tulip": _tulip,
}
