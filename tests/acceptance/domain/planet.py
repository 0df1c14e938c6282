"""A globe without pinched poles or seams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from meshmill.geometry.scene import Primitive
from tests.acceptance.report import Check
from tests.acceptance.seams import check_seams
from tests.acceptance.subject import Asset
from tests.acceptance.texture_space import Layout, stretch
from tests.acceptance.welding import Array, Welded

POINT = 9
#: Sine of the latitude beyond which a face lies at a pole.
_POLAR = 0.95
_ASPECT, _STRETCH = 3.0, 2.0
_AREA = (0.4, 2.5)
_CENTRED = 0.01


def check_planet(asset: Asset) -> Iterator[Check]:
    """Radius, centre, faces and texture at the poles, colours across chart borders."""
    options: Any = asset.options
    for primitive in asset.scene.primitives:
        yield from _check_poles(primitive, Layout.of(asset.scene, primitive.material))
        yield from check_seams(primitive)
    globe = next(asset.scene.primitives).positions.astype(float)
    radii = np.linalg.norm(globe, axis=1) / options.radius_m
    slack = options.relief + _CENTRED
    yield Check.at_least(POINT, "least radius / radius_m", "globe", float(radii.min()), 1 - slack)
    yield Check.at_most(POINT, "greatest radius / radius_m", "globe", float(radii.max()), 1 + slack)
    middle = (globe.min(axis=0) + globe.max(axis=0)) / 2
    off = float(np.abs(middle).max() / options.radius_m)
    yield Check.at_most(POINT, "middle off the origin / radius", "globe", off, slack)


def _check_poles(primitive: Primitive, layout: Layout) -> Iterator[Check]:
    where = primitive.material.name
    mesh = Welded.of([primitive])
    first, second, third = mesh.corners
    centres = (first + second + third) / 3
    polar = np.abs(centres[:, 1]) > _POLAR * np.linalg.norm(centres, axis=1)
    aspect = float(np.percentile(aspects(mesh)[polar], 95))
    yield Check.at_most(POINT, "faces' aspect at the poles p95", where, aspect, _ASPECT)
    area = float(np.median(mesh.areas[polar]) / np.median(mesh.areas))
    yield Check.between(POINT, "faces' area at the poles / all", where, area, _AREA)
    stretched = float(np.percentile(stretch(layout)[0][polar], 95))
    yield Check.at_most(POINT, "stretch at the poles p95", where, stretched, _STRETCH)


def aspects(mesh: Welded) -> Array:
    """Longest edge over the height on it, relative to that of an equilateral triangle, (m,)."""
    a, b, c = mesh.corners
    longest = np.max([np.linalg.norm(side, axis=1) for side in (b - a, c - b, a - c)], axis=0)
    ratios: Array = longest * longest / (2 * mesh.areas) * np.sqrt(0.75)
    return ratios
