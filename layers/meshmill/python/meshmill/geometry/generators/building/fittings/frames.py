"""Frames and bars of windows in recessed openings."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.generators.building.bars import Bars
from meshmill.geometry.generators.building.site import Hole, Site


def frames(site: Site) -> list[Bars]:
    """Four bars around each window."""
    made = []
    for hole in site.glazed:
        upright, level = (_front(hole, site, count) - 0.065 for count in (5, 4))
        share, rise = 0.02 / hole.width, 0.025 / hole.height
        side, top = f"{hole.name}_side", f"{hole.name}_top"
        made += [
            hole.upright(site.trim, side, (share, 1.0 - share), (-0.03, 0.035), upright),
            hole.level(site.trim, top, (rise, 1.0 - rise), (0.031, -0.031), level),
        ]
    return made


def _front(hole: Hole, site: Site, gaps: int) -> float:
    """How far out of the wall a face lies that is so many gaps before the opening's back."""
    return gaps * site.gap - hole.reveal


def mullions(site: Site) -> list[Bars]:
    """Bars between panes."""
    columns, rows = site.layout.style.panes
    shares = np.arange(1, columns) / columns
    # Two rows of panes are a casement under a fanlight.
    heights = np.array([0.68]) if rows == 2 else np.arange(1, rows) / rows  # noqa: PLR2004
    made = []
    for hole in site.glazed:
        upright, level = (_front(hole, site, count) - 0.05 for count in (3, 2))
        mullion, transom = f"{hole.name}_mullion", f"{hole.name}_transom"
        made += [
            hole.upright(site.trim, mullion, shares, (0.03, -0.03), upright),
            hole.level(site.trim, transom, heights, (0.03, -0.03), level),
        ]
    return made


def glazing_bars(site: Site) -> list[Bars]:
    """Thin bars that halve every pane, for the highest quality."""
    columns = site.layout.style.panes[0] * 2
    shares = np.arange(1, columns, 2) / columns
    return [
        hole.upright(
            site.trim, f"{hole.name}_bar", shares, (0.05, -0.05), _front(hole, site, 2) - 0.03
        )
        for hole in site.glazed
    ]
