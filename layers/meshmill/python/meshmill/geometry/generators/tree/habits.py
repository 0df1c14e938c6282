"""How each habit grows: numbers for the skeleton, after the parameters of Weber and Penn.

Jason Weber and Joseph Penn, "Creation and Rendering of Realistic Trees" (SIGGRAPH 1995), for the
idea of a table of lengths, angles and curvatures per order of branches. Lengths are in units of
the tree's height.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Order:
    """Branches of one order.

    ``count`` grow on each parent, beyond the share ``start`` of its length. ``lengths`` are shares
    of the parent's length at the lowest, the middle and the highest of them. ``angle`` is degrees
    from the parent's direction at the lowest and the highest; ``spread`` says how far the option
    spread_deg changes it. ``rise`` turns upwards along the way (negative: hangs), ``wander`` to
    random sides. ``flat`` branches lie in their parent's plane, 1 fully; ``whorl`` grow at one
    place.
    """

    count: int
    start: float
    lengths: tuple[float, float, float]
    angle: tuple[float, float]
    spread: float = 0.5
    rise: float = 0.0
    wander: float = 0.25
    thickness: float = 0.6
    flat: float = 0.0
    whorl: int = 1


@dataclass(frozen=True, slots=True)
class Habit:
    """A growth form.

    ``stems`` rise from the ground to the share ``stem_length`` of the height. ``flare`` widens
    the foot. Cards are as large as ``card`` times the height when there are about 300 of them,
    and begin the share ``back`` of it before the twig that bears them;
    ``outward``, ``upward`` and ``tumble`` turn their stems away from the twig's direction;
    ``facing`` is how far their fronts look out of the crown, upwards, and anywhere.
    """

    orders: tuple[Order, ...]
    stems: int = 1
    stem_length: float = 0.9
    stem_wander: float = 0.12
    splay: float = 0.0
    flare: float = 0.6
    card: float = 0.12
    outward: float = 0.6
    upward: float = 0.1
    tumble: float = 0.5
    facing: tuple[float, float, float] = (1.0, 0.35, 1.7)
    leaves_from: float = 0.3
    back: float = 0.22


HABITS: dict[str, Habit] = {
    "broadleaf": Habit(
        orders=(
            Order(18, 0.32, (0.42, 0.5, 0.22), (64, 24), 0.7, 0.5, 0.3, 0.62),
            Order(9, 0.4, (0.5, 0.46, 0.3), (58, 44), 0.3, 0.25, 0.4, 0.6),
            Order(6, 0.2, (0.6, 0.5, 0.4), (50, 42), 0.2, 0.1, 0.5, 0.6),
            Order(4, 0.25, (0.6, 0.5, 0.4), (48, 40), 0.1, 0.0, 0.5, 0.6),
        ),
        stem_length=0.86,
        card=0.152,
    ),
    "birch": Habit(
        orders=(
            Order(30, 0.2, (0.22, 0.24, 0.09), (54, 28), 0.6, 0.3, 0.25, 0.42),
            Order(8, 0.2, (0.55, 0.5, 0.35), (50, 38), 0.3, -0.7, 0.35, 0.55),
            Order(5, 0.2, (0.8, 0.7, 0.5), (46, 38), 0.2, -1.3, 0.4, 0.6),
            Order(4, 0.2, (0.7, 0.6, 0.5), (44, 40), 0.1, -1.0, 0.4, 0.6),
        ),
        stem_length=0.88,
        stem_wander=0.1,
        flare=0.35,
        card=0.14,
        outward=0.3,
        upward=-0.35,
        tumble=0.45,
    ),
    "conifer": Habit(
        orders=(
            Order(108, 0.1, (0.27, 0.17, 0.025), (98, 62), 0.5, 0.16, 0.12, 0.3, whorl=6),
            Order(9, 0.16, (0.42, 0.36, 0.2), (58, 50), 0.15, 0.05, 0.15, 0.5, flat=0.9),
            Order(4, 0.25, (0.5, 0.42, 0.3), (52, 46), 0.1, 0.0, 0.2, 0.5, flat=0.85),
            Order(4, 0.3, (0.5, 0.42, 0.3), (50, 46), 0.1, 0.0, 0.2, 0.5, flat=0.8),
        ),
        stem_length=0.985,
        stem_wander=0.02,
        flare=0.35,
        card=0.17,
        outward=0.55,
        upward=-0.12,
        tumble=0.25,
        facing=(0.8, 0.9, 0.9),
        back=0.42,
        leaves_from=0.25,
    ),
    "palm": Habit(orders=(), stem_length=0.76, stem_wander=0.05, flare=0.5, leaves_from=1.0),
    "shrub": Habit(
        orders=(
            Order(10, 0.1, (0.5, 0.5, 0.34), (58, 40), 0.5, 0.3, 0.35, 0.6),
            Order(7, 0.2, (0.55, 0.5, 0.36), (52, 42), 0.3, 0.15, 0.4, 0.62),
            Order(5, 0.25, (0.6, 0.5, 0.4), (50, 42), 0.2, 0.05, 0.5, 0.62),
            Order(4, 0.25, (0.6, 0.5, 0.4), (48, 42), 0.1, 0.0, 0.5, 0.62),
        ),
        stems=9,
        stem_length=0.66,
        stem_wander=0.3,
        splay=0.62,
        flare=0.15,
        card=0.26,
        leaves_from=0.2,
    ),
}
