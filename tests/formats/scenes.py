"""Scenes to write: every generator's, and a synthetic one with all that a material may have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.engine import build_model
from meshmill.geometry.exporters.interface import Identity
from meshmill.geometry.levels import BUDGETS, level_budget, level_suffix
from meshmill.geometry.registry import GENERATORS
from meshmill.geometry.scene import Material, Mesh, Primitive, Scene, Texture
from meshmill.geometry.spec import AssetSpec
from meshmill.geometry.tangents import vertex_tangents

IDENTITY = Identity("5e" * 32, "anything", 2**32 - 1, "1.2.3")

#: Of the synthetic scene: opaque; masked and double-sided; blended and glowing.
PLAIN, LEAVES, GLOW = "M_Plain", "M_Leaves", "M_Glow"
GLOW_STRENGTH = 4.0
ODD_MATERIAL, ODD_MESH = 'Grün "moos" 1/2\\3', "Stein & Söhne (links) #1"


def texture(name: str, role: str, channels: int, size: int = 16) -> Texture:
    """Noise, another for each name."""
    noise = np.random.default_rng(list(name.encode()))
    return Texture(name, role, noise.integers(0, 256, (size, size, channels), dtype=np.uint8))


def material(name: str, channels: int = 3, **members: object) -> Material:
    """A material of noise; ``channels`` are the base colour's."""
    return Material(
        name,
        texture(f"{name}_BC", "BC", channels),
        texture(f"{name}_N", "N", 3),
        texture(f"{name}_ORM", "ORM", 3),
        **members,
    )


def box(centre: tuple[float, float, float], size: float, of: Material) -> Primitive:
    """A closed box, a chart for each face, so that corners are split in three."""
    positions, normals, uvs, triangles = [], [], [], []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            normal = np.zeros(3)
            normal[axis] = sign
            across = np.roll(np.abs(normal), 1)
            upwards = np.cross(normal, across)
            first = len(positions)
            for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
                positions.append(normal + u * across + v * upwards)
                normals.append(normal)
                uvs.append((0.5 + 0.4 * u, 0.45 - 0.35 * v))
            triangles += [(first, first + 1, first + 2), (first, first + 2, first + 3)]
    p = (np.array(positions) * size / 2 + centre).astype(np.float32)
    n, t = np.array(normals, dtype=np.float32), np.array(uvs, dtype=np.float32)
    faces = np.array(triangles, dtype=np.uint32)
    return Primitive(p, n, vertex_tangents(p, n, t, faces), t, faces, of)


def synthetic_scene() -> Scene:
    """Two meshes; the first of two materials, the second glowing and translucent."""
    plain = material(PLAIN)
    leaves = material(LEAVES, 4, alpha="MASK", double_sided=True)
    glow = material(
        GLOW, 4, alpha="BLEND",
        emissive=texture("T_Glow_E", "E", 3), emissive_strength=GLOW_STRENGTH,
    )  # fmt: skip
    one = Mesh("SM_One", (box((0, 0.5, 0), 1, plain), box((0, 2, 0), 1, leaves)))
    return Scene((one, Mesh("SM_Two", (box((3, 0.5, 1), 2, glow),))))


def oddly_named_scene() -> Scene:
    """Names that text formats and file systems can't hold."""
    return Scene((Mesh(ODD_MESH, (box((0, 0, 0), 1, material(ODD_MATERIAL)),)),))


def generated_scene(name: str, level: int) -> Scene:
    """A generator's model, or a coarser level of it, at low quality with 256 texels."""
    chosen = {"generator": name, "quality": "low", "texture_size": 256}
    spec = AssetSpec.model_validate({"format": "gltf", "parameters": chosen})
    model = build_model(spec)
    return model.scene(level_budget(BUDGETS["low"], level), level_suffix(level))


@dataclass(frozen=True)
class Corners:
    """A scene's vertices in the order of the corners of its faces; v upwards."""

    positions: np.ndarray
    normals: np.ndarray
    uvs: np.ndarray


def corners_of(scene: Scene) -> Corners:
    """What every reader should find."""
    parts = list(scene.primitives)
    return Corners(
        np.concatenate([part.positions[part.triangles].reshape(-1, 3) for part in parts]),
        np.concatenate([part.normals[part.triangles].reshape(-1, 3) for part in parts]),
        np.concatenate([part.uvs[part.triangles].reshape(-1, 2) for part in parts]) * (1, -1)
        + (0, 1),
    )


def all_scenes() -> dict[str, Scene]:
    """Every scene that the readers are shown, by a label."""
    generated = {name: generated_scene(name, 0) for name in GENERATORS}
    return {
        "synthetic": synthetic_scene(),
        "oddly named": oddly_named_scene(),
        "rock LOD1": generated_scene("rock", 1),
        **generated,
    }


LABELS = ["synthetic", "oddly named", "rock LOD1", *GENERATORS]
