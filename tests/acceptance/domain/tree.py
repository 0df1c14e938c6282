"""A tree has its height, and leaves shaded as one crown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from meshmill.geometry.scene import Primitive
from tests.acceptance.proportions import off_centre, positions
from tests.acceptance.report import Check
from tests.acceptance.subject import Asset

POINT = 9
_HEIGHT = (0.97, 1.03)
_BENT = 0.9
_FOOT, _OFF = 0.02, 0.15
#: Inside this share of the crown's reach a leaf has no outside to bend to.
_CORE = 0.5
#: Heights in the crown that its shading may start from, as shares of its height.
_CENTRES = (0.0, 0.25, 0.5)


def check_tree(asset: Asset) -> Iterator[Check]:
    """The height asked for, and leaf normals that point out of the crown."""
    options: Any = asset.options
    points = positions(asset.scene)
    height = float(points[:, 1].max() / options.height_m)
    yield Check.between(POINT, "height / height_m", "all", height, _HEIGHT)
    foot = points[points[:, 1] <= points[:, 1].min() + _FOOT * options.height_m]
    trunk = options.trunk_ratio * options.height_m
    off = off_centre(foot) / max(trunk, float(np.ptp(foot[:, [0, 2]], axis=0).max()))
    yield Check.at_most(POINT, "foot's middle off the origin / width", "trunk", off, _OFF)
    for primitive in asset.scene.primitives:
        if primitive.material.alpha == "MASK":
            share = bent_share(primitive)
            where = primitive.material.name
            yield Check.at_least(POINT, "leaf normals out of the crown", where, share, _BENT)


def bent_share(leaves: Primitive) -> float:
    """Share of the outer leaves' vertices whose normals point away from the crown's centre.

    The crown is taken as the ellipsoid in the bounds, its centre where the shading fits it best.
    """
    points, normals = leaves.positions.astype(float), leaves.normals.astype(float)
    low, high = points.min(axis=0), points.max(axis=0)
    reach = np.maximum((high - low) / 2, 1e-9)
    shares = []
    for share in _CENTRES:
        centre = (low + high) / 2
        centre[1] = low[1] + share * (high[1] - low[1])
        at = (points - centre) / reach
        outer = (at * at).sum(axis=1) > _CORE * _CORE
        away = (normals * at / reach).sum(axis=1) > 0
        shares.append(float(away[outer].mean()))
    return max(shares)
