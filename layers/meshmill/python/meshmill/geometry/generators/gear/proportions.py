"""Rules of thumb of machine design, in millimetres: what fits into a gear of a given size."""

from __future__ import annotations

ADDENDUM, DEDENDUM = 1.0, 1.25
#: DIN 6885-1: keyways are cut in bores from this diameter on.
SMALLEST_KEYED_BORE = 6.0

#: DIN 6885-1: bores up to the first figure have keys as wide as the second, and as deep in the hub
#: as the third.
_KEYS = (
    (8.0, 2.0, 1.0), (10.0, 3.0, 1.4), (12.0, 4.0, 1.8), (17.0, 5.0, 2.3), (22.0, 6.0, 2.8),
    (30.0, 8.0, 3.3), (38.0, 10.0, 3.3), (44.0, 12.0, 3.3), (50.0, 14.0, 3.8), (58.0, 16.0, 4.3),
    (65.0, 18.0, 4.4), (75.0, 20.0, 4.9), (85.0, 22.0, 5.4), (95.0, 25.0, 5.4), (110.0, 28.0, 6.4),
    (130.0, 32.0, 7.4), (150.0, 36.0, 8.4), (170.0, 40.0, 9.4), (200.0, 45.0, 10.4),
    (230.0, 50.0, 11.4), (260.0, 56.0, 12.4), (290.0, 63.0, 12.4), (330.0, 70.0, 14.4),
    (380.0, 80.0, 15.4), (440.0, 90.0, 17.4), (500.0, 100.0, 19.5),
)  # fmt: skip
#: Pitches that a tooth may wind around: many times what gears have, and still to be drawn.
_MOST_PITCHES = 20
#: Beyond the standard's table its last row is scaled.
_BEYOND = (0.2, 0.039)


def root_radius(teeth: int, module: float) -> float:
    """Radius of the circle at the bottom of the teeth."""
    return module * (teeth * 0.5 - DEDENDUM)


def largest_bore(teeth: int, module: float) -> float:
    """Greatest diameter of a bore: half of the root circle's."""
    return root_radius(teeth, module)


def key_size(bore: float) -> tuple[float, float]:
    """Width of the key, and depth of its way in the hub, for a bore's diameter."""
    for largest, width, depth in _KEYS:
        if bore <= largest:
            return width, depth
    return bore * _BEYOND[0], bore * _BEYOND[1]


def rim_radius(root: float, module: float) -> float:
    """Inner radius of the rim below the teeth."""
    return root - min(2.2 * module, 0.3 * root)


def hub_radius(root: float, module: float, bore: float, keyway: float) -> float:
    """Outer radius of the hub around a bore and the depth of its keyway; either may be 0."""
    shaft = bore * 0.5
    wall = min(max(0.5 * shaft, 0.8 * module), 3.0 * module + 0.1 * shaft)
    return max(shaft + keyway + wall, 0.16 * root)


def most_turns(teeth: int) -> float:
    """Share of a full turn that teeth may wind around from one face to the other."""
    return min(0.5, _MOST_PITCHES / teeth)


def window_room(rim: float, hub: float) -> float:
    """Radial extent that windows in the web may take, between fillets."""
    return (rim - hub) * 0.68


def least_window(module: float) -> float:
    """Windows smaller than this are not worth their edges."""
    return 1.5 * module
