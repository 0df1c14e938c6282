"""Tangents against shapes whose tangents are known."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.parts import sheet_triangles
from meshmill.geometry.tangents import vertex_tangents


def test_tangents_of_a_curved_sheet_follow_growing_u() -> None:
    t = np.linspace(-1, 1, 41, dtype=np.float32)
    x, z = np.meshgrid(t, t)
    y = 0.3 * x * x - 0.2 * x * z
    slope_x, slope_z = 0.6 * x - 0.2 * z, -0.2 * x
    positions = np.stack((x, y, z), axis=-1).reshape(-1, 3).astype(np.float32)
    normals = np.stack((-slope_x, np.ones_like(x), -slope_z), axis=-1).reshape(-1, 3)
    normals = (normals / np.linalg.norm(normals, axis=1)[:, None]).astype(np.float32)
    uvs = (np.stack((x, z), axis=-1).reshape(-1, 2) / 2 + 0.5).astype(np.float32)
    tangents = vertex_tangents(positions, normals, uvs, sheet_triangles(y))
    along = np.stack((np.ones_like(x), slope_x, np.zeros_like(x)), axis=-1).reshape(-1, 3)
    along = along - normals * (along * normals).sum(axis=1)[:, None]
    along /= np.linalg.norm(along, axis=1)[:, None]
    angles = np.degrees(np.arccos(np.clip((along * tangents[:, :3]).sum(axis=1), -1, 1)))
    assert np.percentile(angles, 95) < 3
    assert (tangents[:, 3] == 1).all()


def test_a_mirrored_chart_turns_the_sign_and_the_direction() -> None:
    positions = np.array([[0, 0, 0], [0, 0, 1], [1, 0, 1], [1, 0, 0]], dtype=np.float32)
    normals = np.tile(np.array([0, 1, 0], dtype=np.float32), (4, 1))
    triangles = np.array([[0, 1, 2], [0, 2, 3]], dtype=np.uint32)
    mirrored = np.array([[1, 0], [1, 1], [0, 1], [0, 0]], dtype=np.float32)
    tangents = vertex_tangents(positions, normals, mirrored, triangles)
    assert np.allclose(tangents, [-1, 0, 0, -1])


def test_a_vertex_without_a_uv_gradient_still_gets_a_unit_tangent() -> None:
    positions = np.array([[0, 0, 0], [0, 0, 1], [1, 0, 1]], dtype=np.float32)
    normals = np.tile(np.array([0, 1, 0], dtype=np.float32), (3, 1))
    tangents = vertex_tangents(
        positions, normals, np.zeros((3, 2), np.float32), np.array([[0, 1, 2]], np.uint32)
    )
    assert np.allclose(np.linalg.norm(tangents[:, :3], axis=1), 1)
    assert np.allclose(tangents[:, 1], 0)
