"""A vase has an inner wall as thick as asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.acceptance.proportions import positions
from tests.acceptance.rays import hits, nearest
from tests.acceptance.report import Check
from tests.acceptance.subject import Asset
from tests.acceptance.welding import Array, Welded

POINT = 9
_HEIGHTS = np.linspace(0.3, 0.85, 23)
_AZIMUTHS = 8
#: No plane of symmetry, in which handles would stand.
_TURN = 0.29
_HOLLOW = 0.95
_INTO_WALL = 1e-4
_WALL = (0.8, 1.2)
_HEIGHT = (0.99, 1.01)
_BELLY = (0.92, 1.08)


def check_vase(asset: Asset) -> Iterator[Check]:
    """Two walls at most heights, their distance, and the proportions."""
    options: Any = asset.options
    height = float(np.ptp(positions(asset.scene)[:, 1]) / options.height_m)
    yield Check.between(POINT, "height / height_m", "all", height, _HEIGHT)
    mesh = Welded.of(asset.scene.primitives)
    radii = wall_radii(mesh, options.height_m)
    two_walls = np.isfinite(radii).all(axis=2)
    yield Check.at_least(POINT, "probes with two walls", "body", float(two_walls.mean()), _HOLLOW)
    if not two_walls.any():
        return
    walls = thicknesses(mesh, radii[:, :, 0], options.height_m)
    thickness = float(np.median(walls) / (options.wall_mm / 1000))
    yield Check.between(POINT, "wall / wall_mm, median", "body", thickness, _WALL)
    outer = np.nanmedian(np.where(two_walls, radii[:, :, 1], np.nan), axis=1)
    belly = float(2 * np.nanmax(outer) / options.height_m)
    yield Check.between(POINT, "belly / asked", "body", belly / options.belly, _BELLY)


def wall_radii(mesh: Welded, height_m: float) -> Array:
    """Distances of the first two walls from the axis, (heights, azimuths, 2); inf for none."""
    heights, around = _probes(height_m)
    found = hits(mesh, heights * np.array([0.0, 1.0, 0.0]), around)
    radii = np.full((len(heights), 2), np.inf)
    order = np.lexsort((found.distance, found.ray))
    ray, distance = found.ray[order], found.distance[order]
    begins = np.searchsorted(ray, np.arange(len(heights)))
    place = np.arange(len(ray)) - begins[ray]
    kept = place < radii.shape[1]
    radii[ray[kept], place[kept]] = distance[kept]
    return radii.reshape(len(_HEIGHTS), _AZIMUTHS, 2)


def thicknesses(mesh: Welded, inner: Array, height_m: float) -> Array:
    """Distances through the wall, at right angles to the inner wall of radii ``inner``, metres."""
    heights, around = _probes(height_m)
    slope = np.gradient(inner, _HEIGHTS * height_m, axis=0).reshape(-1, 1)
    up = np.array([0.0, 1.0, 0.0])
    through = (around - slope * up) / np.sqrt(1 + slope * slope)
    start = around * inner.reshape(-1, 1) + heights * up
    known = np.isfinite(start).all(axis=1) & np.isfinite(slope[:, 0])
    inside = start[known] + _INTO_WALL * height_m * through[known]
    distance = nearest(mesh, inside, through[known])
    walls: Array = distance[np.isfinite(distance)] + _INTO_WALL * height_m
    return walls


def _probes(height_m: float) -> tuple[Array, Array]:
    """Heights in metres (n, 1) and level directions (n, 3), height by height."""
    turns = _TURN + 2 * np.pi * np.arange(_AZIMUTHS) / _AZIMUTHS
    heights, angles = (grid.ravel() for grid in np.meshgrid(_HEIGHTS, turns, indexing="ij"))
    around = np.stack((np.cos(angles), 0 * angles, np.sin(angles)), axis=1)
    return (heights * height_m)[:, None], around
