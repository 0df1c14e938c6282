"""What ufbx makes of an FBX file."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_MAPS = (
    "pbr_base_color", "pbr_normal_map", "pbr_roughness", "pbr_metalness", "pbr_ambient_occlusion",
    "pbr_emission_color", "pbr_opacity", "fbx_diffuse_color", "fbx_normal_map",
    "fbx_specular_exponent", "fbx_reflection_factor", "fbx_emission_color",
    "fbx_transparency_color",
)  # fmt: skip


@dataclass(frozen=True)
class UfbxMesh:
    """A mesh: ``points`` and the ``outline`` of faces on them; vectors and UVs per vertex."""

    name: str
    points: Array
    outline: Array
    normals: Array
    tangents: Array
    bitangents: Array
    uvs: Array
    face_materials: tuple[str, ...]


@dataclass(frozen=True)
class UfbxModel:
    """A file; ``maps`` are the bytes of the image connected to each property, by material."""

    version: int
    creator: str
    unit_metres: float
    up: str
    node_names: tuple[str, ...]
    placed: Array
    meshes: tuple[UfbxMesh, ...]
    maps: dict[str, dict[str, bytes]]
    emission_strengths: dict[str, float]


def read_with_ufbx(path: Path) -> UfbxModel:
    """Read one file."""
    import ufbx  # noqa: PLC0415 - crashes beside the other package of this name

    with ufbx.load_file(str(path)) as scene:
        nodes = [node for node in scene.nodes if node.mesh]
        return UfbxModel(
            version=scene.metadata.version,
            creator=scene.metadata.creator,
            unit_metres=scene.settings.unit_meters,
            up=scene.settings.axes.up.name,
            node_names=tuple(node.name for node in nodes),
            placed=np.array([np.array(node.node_to_world) for node in nodes]),
            meshes=tuple(_mesh(node.mesh) for node in nodes),
            maps={material.name: _maps(material) for material in scene.materials},
            emission_strengths={
                material.name: material.pbr_emission_factor.value_vec4[0]
                for material in scene.materials
            },
        )


def _mesh(mesh: Any) -> UfbxMesh:
    names = [material.name for material in mesh.materials]
    return UfbxMesh(
        name=mesh.name,
        points=_doubles(mesh.vertex_positions),
        outline=np.array(mesh.indices).reshape(-1, 3),
        normals=_doubles(mesh.vertex_normals),
        tangents=_doubles(mesh.vertex_tangent),
        bitangents=_doubles(mesh.vertex_bitangent),
        uvs=_doubles(mesh.vertex_uvs),
        face_materials=tuple(names[index] for index in mesh.face_material),
    )


def _doubles(values: Array) -> Array:
    """The float64 values behind an array, which pyufbx 0.0.7 labels as float32."""
    memory = (ctypes.c_double * values.size).from_address(values.ctypes.data)
    return np.array(memory).reshape(values.shape)


def _maps(material: Any) -> dict[str, bytes]:
    textures = {name: getattr(material, name).texture for name in _MAPS}
    return {name: bytes(texture.content) for name, texture in textures.items() if texture}
