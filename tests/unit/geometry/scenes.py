"""Small scenes for tests of the preview."""

from __future__ import annotations

from typing import Any

import numpy as np

from meshmill.geometry.scene import Material, Mesh, Primitive, Scene, Texture

FLAT = (128, 128, 255)
ROUGH, POLISHED_METAL = (255, 230, 0), (255, 25, 255)


def texture(role: Any, texels: Any) -> Texture:
    """A texture of one colour, or of an array of texels."""
    pixels = np.array(texels, dtype=np.uint8)
    if pixels.ndim == 1:
        pixels = np.tile(pixels, (16, 16, 1))
    return Texture(f"T_{role}", role, pixels)


def material(
    colour: Any = (180, 180, 180), *, orm: Any = ROUGH, emissive: Any = None, **members: Any
) -> Material:
    """A material of plain maps; ``colour`` may be a whole image."""
    return Material(
        "M", texture("BC", colour), texture("N", FLAT), texture("ORM", orm),
        emissive=None if emissive is None else texture("E", emissive), **members,
    )  # fmt: skip


def scene(*primitives: Primitive) -> Scene:
    """A scene of these primitives."""
    return Scene((Mesh("SM", tuple(primitives)),))


def panel(corners: Any, made_of: Material) -> Primitive:
    """A quad with corners counter-clockwise from the texture's lower left."""
    positions = np.array(corners, dtype=np.float32)
    along = (positions[1] - positions[0]).astype(np.float64)
    normal = np.cross(along, positions[3] - positions[0])
    tangent = np.append(along / np.linalg.norm(along), 1.0)
    return Primitive(
        positions,
        np.tile(normal / np.linalg.norm(normal), (4, 1)).astype(np.float32),
        np.tile(tangent, (4, 1)).astype(np.float32),
        np.array([[0, 1], [1, 1], [1, 0], [0, 0]], dtype=np.float32),
        np.array([[0, 1, 2], [0, 2, 3]], dtype=np.uint32),
        made_of,
    )


def front(made_of: Material, *, z: float = 0.0, half: float = 1.0) -> Primitive:
    """A quad of edge 2 ``half`` that faces +z, standing on y = 0."""
    low, high = 1 - half, 1 + half
    return panel([[-half, low, z], [half, low, z], [half, high, z], [-half, high, z]], made_of)


def ball(
    made_of: Material, *, radius: float = 1.0, centre: Any = (0, 0, 0), stretch: Any = (1, 1, 1)
) -> Primitive:
    """A sphere of 32 x 64 cells, stretched along the axes."""
    rows, columns = 32, 64
    v, u = np.meshgrid(np.linspace(0, 1, rows + 1), np.linspace(0, 1, columns + 1), indexing="ij")
    polar, turn = v * np.pi, u * 2 * np.pi
    unit = np.stack((np.sin(polar) * np.sin(turn), np.cos(polar), np.sin(polar) * np.cos(turn)), -1)
    tangent = np.stack((np.cos(turn), 0 * turn, -np.sin(turn), 1 + 0 * turn), -1)
    normals = unit / np.array(stretch)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    index = np.arange((rows + 1) * (columns + 1)).reshape(rows + 1, columns + 1)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    triangles = np.concatenate((np.stack((a, b, c), -1), np.stack((a, c, d), -1)))
    return Primitive(
        (unit * np.array(stretch) * radius + np.array(centre)).reshape(-1, 3).astype(np.float32),
        normals.reshape(-1, 3).astype(np.float32),
        tangent.reshape(-1, 4).astype(np.float32),
        np.stack((u, v), -1).reshape(-1, 2).astype(np.float32),
        triangles.reshape(-1, 3).astype(np.uint32),
        made_of,
    )
