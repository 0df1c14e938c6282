"""Colours on both sides of chart borders, where one surface is painted in two places."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from meshmill.geometry.scene import Primitive
from tests.acceptance.report import Check
from tests.acceptance.welding import Array, Welded

POINT = 9
_ALONG = (0.125, 0.375, 0.625, 0.875)
_VISIBLE = 8.0
_SPREAD = 1.25


def check_seams(primitive: Primitive) -> Iterator[Check]:
    """Colours across seams differ no more than those of neighbouring texels, or invisibly more."""
    steps = seam_steps(primitive)
    if len(steps):
        grain = grain_steps(primitive)
        beyond = beyond_grain(steps, grain)
        where = primitive.material.name
        yield Check.at_most(POINT, "colour across seams beyond grain", where, beyond, _VISIBLE)


def beyond_grain(steps: Array, grain: Array) -> float:
    """How far the 95th percentile of ``steps`` is above that of the grain and its own spread."""
    return max(0.0, float(np.percentile(steps, 95) - _SPREAD * np.percentile(grain, 95)))


def grain_steps(primitive: Primitive) -> Array:
    """Differences of the base colour a texel apart within faces, in levels, greatest channel."""
    pixels = primitive.material.base_colour.pixels[:, :, :3].astype(float)
    middles = primitive.uvs[primitive.triangles].astype(float).mean(axis=1)
    column, row = np.clip((middles * len(pixels)).astype(int), 0, len(pixels) - 2).T
    here = pixels[row, column]
    steps = [np.abs(pixels[row + dy, column + dx] - here) for dx, dy in ((1, 0), (0, 1))]
    greatest: Array = np.concatenate(steps).max(axis=1)
    return greatest


def seam_steps(primitive: Primitive) -> Array:
    """Differences of the base colour across seams, in levels, greatest channel each, (k,).

    Seams are edges whose two faces lie apart in the texture; colours are read between their ends.
    """
    mesh = Welded.of([primitive])
    edges = mesh.edges()
    corner_uvs = primitive.uvs[primitive.triangles].astype(float)
    starts, ends = corner_uvs, np.roll(corner_uvs, -1, axis=1)
    reversed_ = mesh.triangles > np.roll(mesh.triangles, -1, axis=1)
    low = np.where(reversed_[:, :, None], ends, starts).reshape(-1, 2)
    high = np.where(reversed_[:, :, None], starts, ends).reshape(-1, 2)
    order = np.argsort(edges.of_face.ravel(), kind="stable")
    used = edges.of_face.ravel()[order]
    first = np.flatnonzero(used[:-1] == used[1:])
    left, right = order[first], order[first + 1]
    seam = (low[left] != low[right]).any(axis=1) | (high[left] != high[right]).any(axis=1)
    left, right = left[seam], right[seam]
    steps = [
        np.abs(_colours(primitive, low, high, left, t) - _colours(primitive, low, high, right, t))
        for t in _ALONG
    ]
    return np.concatenate(steps).max(axis=1) if len(left) else np.zeros(0)


def _colours(primitive: Primitive, low: Array, high: Array, at: Array, share: float) -> Array:
    uv = low[at] + share * (high[at] - low[at])
    return sampled(primitive.material.base_colour.pixels[:, :, :3], uv)


def sampled(pixels: Array, uvs: Array) -> Array:
    """Bilinear samples (n, channels) of an image at texture coordinates (n, 2), edges repeated."""
    size = np.array(pixels.shape[1::-1])
    at = np.clip(uvs * size - 0.5, 0, size - 1)
    cell = np.minimum(at.astype(int), size - 2)
    (x, y), (column, row) = (at - cell).T, cell.T
    image = pixels.astype(float)
    upper = image[row, column] * (1 - x)[:, None] + image[row, column + 1] * x[:, None]
    lower = image[row + 1, column] * (1 - x)[:, None] + image[row + 1, column + 1] * x[:, None]
    mixed: Array = upper * (1 - y)[:, None] + lower * y[:, None]
    return mixed
