"""Each measurement of textures sees the fault that it is there for, and none in sound ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.acceptance.gutters import mip_bleeding, narrowest_gap
from tests.acceptance.materials import colour_under_alpha
from tests.acceptance.normal_maps import curl_ratio, light_in_colour
from tests.acceptance.rasters import coverage, fragments, interpolated
from tests.acceptance.shapes import cube, plain_material, scene
from tests.acceptance.texture_space import Layout, stretch
from tests.acceptance.welding import Array


def test_samples_are_covered_once_by_a_triangulated_square() -> None:
    square = np.array([[[0, 0], [64, 0], [64, 64]], [[0, 0], [64, 64], [0, 64]]], dtype=float)
    counts = coverage(square, 64)
    assert (counts <= 1).all()
    assert (counts == 0).sum() <= 64
    assert coverage(np.concatenate((square, square[:1] * 0.5)), 64).max() == 2


def test_values_of_corners_are_interpolated_at_the_samples() -> None:
    corners = np.array([[[3, 2], [60, 10], [20, 50]]], dtype=float)
    values = corners * np.array([2.0, -1.0]) + 7.0
    found = fragments(corners)
    held = interpolated(corners, values, found)
    assert held[:, 0] == pytest.approx((found.column + 0.4713) * 2 + 7)
    assert held[:, 1] == pytest.approx(7 - (found.row + 0.5291))


def test_stretch_and_density_are_those_of_the_mapping() -> None:
    corners = np.array([[[0, 0, 0], [2, 0, 0], [2, 1, 0]]], dtype=float)
    uvs = np.array([[[0, 0], [1, 0], [1, 1]]], dtype=float)
    ratio, density, area = stretch(Layout(plain_material(), corners, uvs))
    assert ratio == pytest.approx([2.0])
    assert density == pytest.approx([np.sqrt(0.5)])
    assert area == pytest.approx([1.0])


def test_different_faces_over_one_another_overlap_but_repeated_ones_are_instances() -> None:
    whole = cube()
    assert Layout.of(scene(whole), whole.material).charts().overlap == 0
    twice = scene(whole, replace(whole, positions=whole.positions + np.float32(3)))
    assert Layout.of(twice, whole.material).charts().overlap == 0
    shifted = replace(whole, uvs=whole.uvs * np.float32(0.9))
    assert Layout.of(scene(whole, shifted), whole.material).charts().overlap > 0.3


def test_the_gap_between_charts_is_counted_in_samples() -> None:
    label = np.zeros((64, 64), dtype=np.int64)
    label[:20, :20], label[:20, 25:40] = 1, 2
    assert narrowest_gap(label) == 5
    assert narrowest_gap(np.minimum(label, 1)) is None


def test_a_background_that_differs_bleeds_and_a_dilated_chart_does_not() -> None:
    under = np.zeros((1024, 1024), dtype=bool)
    under[8:72, 8:72] = True
    pixels = np.full((1024, 1024, 3), 200, dtype=np.uint8)
    assert mip_bleeding(pixels, under) == 0
    pixels[~under] = 0
    assert mip_bleeding(pixels, under) > 8


def test_black_under_transparent_texels_is_found() -> None:
    leaf = np.full((64, 64, 4), 120, dtype=np.uint8)
    leaf[:, :, 3] = np.where(np.arange(64) % 8 < 5, 255, 0)
    assert colour_under_alpha(leaf) == 0
    leaf[leaf[:, :, 3] == 0] = 0
    assert colour_under_alpha(leaf) > 16


def bumps() -> tuple[Array, Array]:
    """Slopes of a bumpy height field as a normal map holds them: x / z, and y / z with +Y up."""
    row, column = np.mgrid[0:64, 0:64]
    height = np.sin(column / 5.0) * np.cos(row / 7.0) + np.sin((column + row) / 9.0)
    down, right = np.gradient(height)
    return -right, down


def test_a_normal_map_with_green_downwards_is_told_from_one_with_green_upwards() -> None:
    under = np.ones((64, 64), dtype=bool)
    tilt_x, tilt_y = bumps()
    assert curl_ratio(tilt_x, tilt_y, under) < 0.2
    assert curl_ratio(tilt_x, -tilt_y, under) > 5


def test_light_painted_into_the_colour_is_found() -> None:
    under = np.ones((64, 64), dtype=bool)
    tilt_x, tilt_y = bumps()
    lit = (128 + 60 * (0.7 * tilt_x + 0.7 * tilt_y)).astype(np.uint8)
    pixels = np.repeat(lit[:, :, None], 3, axis=2)
    assert light_in_colour(pixels, tilt_x, tilt_y, under) > 0.9
    grain = np.random.default_rng(1).integers(60, 200, (64, 64, 1), dtype=np.uint8)
    assert light_in_colour(np.repeat(grain, 3, axis=2), tilt_x, tilt_y, under) < 0.1
