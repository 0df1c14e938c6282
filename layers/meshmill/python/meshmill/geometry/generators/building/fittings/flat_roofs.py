"""What stands on flat roofs: machines and the hut over the stairs."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F64
from meshmill.geometry.generators.building.bars import Bars
from meshmill.geometry.generators.building.layout import Layout
from meshmill.geometry.generators.building.site import Site
from meshmill.geometry.generators.building.walls.lines import UP

_PLANT_SALT = 52
_MOST_MACHINES = 12
#: Middles of machines are so far from the hut's.
_CLEAR_M = 2.5
_X, _Z = np.array([1.0, 0, 0]), np.array([0.0, 0, 1.0])


def penthouse(site: Site) -> list[Bars]:
    """A hut for the stairs."""
    foot = _place(site.layout, *_hut(site.layout))
    return [site.trim.bars("penthouse", foot, foot + UP * 2.5, _X)]


def machines(site: Site) -> list[Bars]:
    """Coolers with fans, vents with ducts, and a mast on the hut."""
    layout = site.layout
    along, across = _row(site)
    foot = _place(layout, along, across) + UP * 0.06
    vents = _place(layout, along + 1.1, -across) + UP * 0.06
    louvres = foot + (0.36 + 0.13 * np.arange(5))[:, None, None] * UP + _Z * 0.655
    duct = foot - _X * 0.7 + UP * 0.35 - _Z * 0.3
    hut = _place(layout, *_hut(layout))
    mast = hut + UP * 2.3 + _X + _Z * 0.9
    cowls = np.stack((foot + UP * 1.05, vents + UP * 0.62))
    heights = np.array((0.2, 0.22))[:, None, None]
    reach = min(2.4, 0.24 * layout.size[1])
    return [
        site.trim.bars("plant", foot - _X * 0.85 + UP * 0.62, foot + _X * 0.85 + UP * 0.62, UP),
        site.trim.bars("cowl", cowls, cowls + UP * heights, _X),
        site.trim.bars("grille", louvres - _X * 0.75, louvres + _X * 0.75, UP),
        site.trim.bars("vent", vents, vents + UP * 0.75, _X),
        site.trim.bars("duct", duct, duct - _Z * reach, UP),
        site.trim.bars("mast", mast, mast + UP * 0.15, _X),
    ]


def _hut(layout: Layout) -> tuple[F64, F64]:
    """Where the hut stands, along the longer wall and across."""
    return np.array([0.12 * max(layout.size)]), np.array([-0.14 * min(layout.size)])


def _row(site: Site) -> tuple[F64, F64]:
    """Where machines stand in a row along the longer wall, clear of the hut."""
    length, span = max(site.layout.size), min(site.layout.size)
    count = max(1, min(_MOST_MACHINES, int(length * span / 90.0)))
    shares = site.shares(_PLANT_SALT, 2 * count)
    along = ((np.arange(count) + 0.3 + 0.4 * shares[:count]) / count - 0.5) * (length - 2.4)
    across = (0.16 + 0.16 * shares[count:].astype(np.float64)) * (span - 2.0)
    hut_along, hut_across = _hut(site.layout)
    clear = np.abs(along - hut_along) > _CLEAR_M
    clear |= np.abs(across - hut_across) > _CLEAR_M
    return along[clear], across[clear]


def _place(layout: Layout, along: F64, across: F64) -> F64:
    """Places (n, 3) on the roof."""
    x, z = (along, across) if layout.size[0] >= layout.size[1] else (across, along)
    return np.stack((x, np.full(len(x), layout.wall_height), z), axis=-1)
