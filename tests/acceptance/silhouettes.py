"""Outlines of scenes in parallel views, both sides of faces, cut out where they are masked."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.scene import Primitive, Scene
from tests.acceptance.rasters import fragments, interpolated
from tests.acceptance.welding import Array

VIEWS = 12
_SIZE = 256
_ELEVATION = 20
_OPAQUE = 128


def outlines(scene: Scene, bounds: tuple[Array, Array]) -> Array:
    """What twelve views around the scene show of it, bool (12, 65536); ``bounds`` frame them."""
    shown = np.zeros(VIEWS * _SIZE * _SIZE, dtype=bool)
    for primitive in scene.primitives:
        shown[_samples(primitive, _screens(primitive.positions, bounds))] = True
    return shown.reshape(VIEWS, _SIZE * _SIZE)


def filled(shown: Array, reach: int) -> Array:
    """Outlines (views, samples) without gaps of up to twice ``reach`` samples: a closing."""
    views = np.pad(shown.reshape(-1, _SIZE, _SIZE), ((0, 0), (reach, reach), (reach, reach)))
    closed = ~_grown(~_grown(views, reach), reach)[:, reach:-reach, reach:-reach]
    return closed.reshape(shown.shape)


def _grown(shown: Array, reach: int) -> Array:
    grown = shown.copy()
    for _ in range(reach):
        before = grown.copy()
        for axis in (1, 2):
            moved, still = np.moveaxis(grown, axis, 0), np.moveaxis(before, axis, 0)
            moved[1:] |= still[:-1]
            moved[:-1] |= still[1:]
    return grown


def overlaps(some: Array, others: Array) -> Array:
    """Of each view: common samples as a share of all, (12,)."""
    common = (some & others).sum(axis=1)
    shares: Array = common / (some | others).sum(axis=1)
    return shares


def _screens(positions: Array, bounds: tuple[Array, Array]) -> Array:
    """Places (12, n, 2) on a strip of all views, one below the other."""
    low, high = bounds
    turns = 2 * np.pi * np.arange(VIEWS) / VIEWS
    tilt, flat = np.radians(_ELEVATION), np.zeros(VIEWS)
    across = np.stack((np.cos(turns), flat, -np.sin(turns)))
    back = np.stack(
        (np.sin(turns) * np.cos(tilt), flat + np.sin(tilt), np.cos(turns) * np.cos(tilt))
    )
    down = np.cross(across, back, axis=0)
    points = (positions - (low + high) / 2) * (_SIZE / np.linalg.norm(high - low))
    screens = np.stack(((points @ across).T, (points @ down).T), axis=2) + _SIZE / 2
    screens[:, :, 1] += _SIZE * np.arange(VIEWS)[:, None]
    return screens


def _samples(primitive: Primitive, screens: Array) -> Array:
    """Samples of all views that show the primitive, as indices of the strip."""
    count = len(primitive.triangles)
    corners = screens[:, primitive.triangles].reshape(-1, 3, 2)
    found = fragments(corners)
    kept = (found.column >= 0) & (found.column < _SIZE)
    kept &= found.row // _SIZE == found.triangle // count
    if primitive.material.alpha == "MASK":
        uvs = np.tile(primitive.uvs[primitive.triangles], (VIEWS, 1, 1))
        at = interpolated(corners, uvs, found)
        alpha = primitive.material.base_colour.pixels[:, :, 3]
        column, row = np.clip((at * len(alpha)).astype(int), 0, len(alpha) - 1).T
        kept &= alpha[row, column] >= _OPAQUE
    return found.pixel(_SIZE)[kept]
