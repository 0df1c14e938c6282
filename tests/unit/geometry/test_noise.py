"""Noise is continuous, periodic, bounded, and made of exact operations."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.noise import hash_lattice, periodic_noise, point_noise
from meshmill.geometry.rasters import Spread, resample, smoothstep
from meshmill.geometry.vectors import arccos


def test_periodic_noise_continues_itself_across_the_tile() -> None:
    axis = np.linspace(0, 1, 65, dtype=np.float32)
    field = periodic_noise(axis, axis, 8, 5)
    assert np.allclose(field[0], field[-1], atol=1e-5)
    assert np.allclose(field[:, 0], field[:, -1], atol=1e-5)
    assert 0.3 < np.abs(field).max() <= 1.6


def test_a_band_of_rows_equals_the_same_rows_of_the_whole() -> None:
    axis = (np.arange(128, dtype=np.float32) + np.float32(0.5)) / np.float32(128)
    whole = periodic_noise(axis, axis, 16, 3)
    assert np.array_equal(whole[40:77], periodic_noise(axis[40:77], axis, 16, 3))


def test_noise_at_points_is_zero_on_the_lattice_and_continuous_between() -> None:
    lattice = np.array([[0, 0, 0], [3, -4, 5], [-1, 2, -7]], dtype=np.float32)
    assert np.abs(point_noise(lattice, 9)).max() == 0
    line = np.zeros((2000, 3), dtype=np.float32)
    line[:, 0] = np.linspace(-3, 3, 2000)
    line[:, 1] = 0.4
    values = point_noise(line, 9)
    assert np.abs(np.diff(values)).max() < 0.02
    assert values.std() > 0.1


def test_hashes_are_the_published_bits_on_every_machine() -> None:
    hashed = hash_lattice(1, np.array([0, 1, -1]), np.array([0, 5, 7]))
    assert hashed.dtype == np.uint32
    assert (
        hashed.tolist()
        == hash_lattice(1, np.array([0, 1, 2**32 - 1]), np.array([0, 5, 7])).tolist()
    )
    assert len(set(hash_lattice(7, np.arange(10_000)).tolist())) == 10_000


def test_spreading_and_resampling_reproduce_a_plane() -> None:
    rows, columns = np.mgrid[0:9, 0:9].astype(np.float32)
    plane = 2 * rows - 3 * columns
    at = np.linspace(0, 8, 31, dtype=np.float32)
    expected = 2 * at[:, None] - 3 * at[None, :]
    assert np.allclose(Spread(plane, at).band(at), expected, atol=1e-4)
    assert np.allclose(resample(plane, at, at), expected, atol=1e-4)


def test_smoothstep_runs_either_way() -> None:
    values = np.array([-1, 0, 0.5, 1, 2], dtype=np.float32)
    assert smoothstep(values, 0, 1).tolist() == [0, 0, 0.5, 1, 1]
    assert smoothstep(values, 1, 0).tolist() == [1, 1, 0.5, 0, 0]


def test_the_polynomial_arc_cosine_is_close_enough_to_weigh_corners() -> None:
    cosines = np.linspace(-1, 1, 1001)
    assert np.abs(arccos(cosines) - np.arccos(cosines)).max() < 1e-4
