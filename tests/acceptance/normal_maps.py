"""Point 5: normal maps are unit and point up the image, and colours hold no light."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from meshmill.geometry.scene import Material
from tests.acceptance.report import Check
from tests.acceptance.welding import Array

POINT = 5
_UNIT = 0.03
_LIT = 0.35
#: Colours that vary by less than this many levels hold nothing, light included.
_PLAIN = 0.5
#: Texels leaning less than this on average hold no relief to tell an orientation by.
_FLAT = 0.004
#: Curl with green upwards over curl with green downwards; at 1 the relief doesn't tell.
_UPWARDS = 1.05
_LUMINANCE = (0.2126, 0.7152, 0.0722)


def check_normal_map(material: Material, under: Array) -> Iterator[Check]:
    """Length, side and orientation of the normals at the texels ``under`` charts."""
    where = material.name
    normals = material.normal.pixels.astype(float) / 127.5 - 1
    lengths = np.linalg.norm(normals[under], axis=-1)
    worst = float(np.abs(lengths - 1).max())
    yield Check.at_most(POINT, "normal map's length, deviation", where, worst, _UNIT)
    least = float(normals[under][:, 2].min())
    yield Check.at_least(POINT, "normal map's least z", where, least, 0.0)
    tilt_x, tilt_y = (_tilt(normals, axis) for axis in (0, 1))
    if float(np.abs(tilt_x[under]).mean() + np.abs(tilt_y[under]).mean()) > _FLAT:
        ratio = curl_ratio(tilt_x, tilt_y, under)
        yield Check.at_most(POINT, "curl with +Y over curl with -Y", where, ratio, _UPWARDS)
        lit = light_in_colour(material.base_colour.pixels, tilt_x, tilt_y, under)
        yield Check.at_most(POINT, "colour explained by tilt, R", where, lit, _LIT)


def _tilt(normals: Array, axis: int) -> Array:
    slopes: Array = normals[:, :, axis] / np.maximum(normals[:, :, 2], 0.05)
    return slopes


def curl_ratio(tilt_x: Array, tilt_y: Array, under: Array) -> float:
    """How much less the slopes turn when green means up the image, than when it means down.

    Slopes of a height field have no curl: d(tilt_x)/dy = d(tilt_y)/dx with y up the image. With
    green the wrong way round the two terms add up instead. Only where both neighbours are under
    charts; below 1 for +Y.
    """
    inner = under[1:-1, 1:-1] & under[:-2, 1:-1] & under[2:, 1:-1]
    inner &= under[1:-1, :-2] & under[1:-1, 2:]
    upwards = (tilt_x[:-2, 1:-1] - tilt_x[2:, 1:-1])[inner]
    rightwards = (tilt_y[1:-1, 2:] - tilt_y[1:-1, :-2])[inner]
    right_way = np.sqrt(((upwards - rightwards) ** 2).mean()) if inner.any() else 0.0
    wrong_way = np.sqrt(((upwards + rightwards) ** 2).mean()) if inner.any() else 0.0
    return float(right_way / wrong_way) if wrong_way > 0 else 1.0


def light_in_colour(pixels: Array, tilt_x: Array, tilt_y: Array, under: Array) -> float:
    """Multiple correlation of the base colour's luminance with the slopes: 1 for a lit relief."""
    if pixels.shape[:2] != tilt_x.shape:
        return 0.0
    brightness = pixels[:, :, :3][under] @ np.array(_LUMINANCE)
    slopes = np.stack((tilt_x[under], tilt_y[under], np.ones(int(under.sum()))), axis=1)
    fit, *_ = np.linalg.lstsq(slopes, brightness, rcond=None)
    spread = float(brightness.std())
    return float((slopes @ fit).std() / spread) if spread > _PLAIN else 0.0
