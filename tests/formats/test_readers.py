"""Readers that nobody here wrote find the scene in every format."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from meshmill.geometry.exporters.maps import MapRole, material_maps, split_maps
from meshmill.geometry.images import encode_texture
from meshmill.geometry.registry import FORMATS
from tests.formats.conftest import Written, write
from tests.formats.scenes import (
    GLOW,
    GLOW_STRENGTH,
    IDENTITY,
    LABELS,
    LEAVES,
    ODD_MATERIAL,
    ODD_MESH,
    PLAIN,
    corners_of,
)
from tests.readers.assimp_reader import read_with_assimp
from tests.readers.fbx_reader import UfbxModel, read_with_ufbx
from tests.readers.three_reader import ThreeModel

EVERYWHERE = [(label, target) for label in LABELS for target in FORMATS]
_THREE_SLOTS: dict[str, MapRole] = {
    "map": "BC", "normalMap": "N", "emissiveMap": "E", "alphaMap": "A"
}  # fmt: skip
_UFBX_MAPS: dict[str, MapRole] = {
    "pbr_base_color": "BC", "fbx_diffuse_color": "BC", "pbr_normal_map": "N",
    "fbx_normal_map": "N", "pbr_roughness": "R", "fbx_specular_exponent": "R",
    "pbr_metalness": "M", "fbx_reflection_factor": "M", "pbr_ambient_occlusion": "AO",
    "pbr_emission_color": "E", "fbx_emission_color": "E", "pbr_opacity": "A",
    "fbx_transparency_color": "A",
}  # fmt: skip


def largest_edge(files: Written) -> float:
    positions = corners_of(files.scene).positions
    return float(np.ptp(positions, axis=0).max())


def images_of(files: Written) -> dict[str, dict[MapRole, bytes]]:
    """The image files of each material by their roles, as OBJ and FBX have them."""
    maps = material_maps(files.scene, split_maps(files.scene, "png"))
    return {
        material.name: {role: file.data for role, file in maps[id(material)].items()}
        for material in files.scene.materials
    }


@pytest.mark.parametrize(("label", "target"), EVERYWHERE)
def test_three_finds_the_same_corners_in_metres_with_y_up(
    label: str,
    target: str,
    written: dict[str, Written],
    seen_by_three: dict[tuple[str, str], ThreeModel],
) -> None:
    model, expected = seen_by_three[label, target], corners_of(written[label].scene)
    uvs = model.corners["uv"] * (1, -1) + (0, 1) if target == "gltf" else model.corners["uv"]
    tolerance = 1e-6 * largest_edge(written[label])
    np.testing.assert_allclose(
        model.corners["position"], expected.positions, rtol=0, atol=tolerance
    )
    np.testing.assert_allclose(model.corners["normal"], expected.normals, rtol=0, atol=1e-4)
    np.testing.assert_allclose(uvs, expected.uvs, rtol=0, atol=1e-6)
    assert all(np.array_equal(np.reshape(world, (4, 4)), np.eye(4)) for world in model.transforms)


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("target", ["obj", "fbx"])
def test_three_connects_every_map_that_its_phong_material_has(
    label: str,
    target: str,
    written: dict[str, Written],
    seen_by_three: dict[tuple[str, str], ThreeModel],
) -> None:
    found = seen_by_three[label, target].materials
    expected = images_of(written[label])
    assert len(found) == len(expected)
    for shown, images in zip(found.values(), expected.values(), strict=True):
        assert shown["maps"] == {
            slot: hashlib.sha256(images[role]).hexdigest()
            for slot, role in _THREE_SLOTS.items()
            if role in images
        }
        assert shown["transparent"] == ("A" in images)


@pytest.mark.parametrize("label", LABELS)
def test_three_connects_every_map_of_gltf(
    label: str, written: dict[str, Written], seen_by_three: dict[tuple[str, str], ThreeModel]
) -> None:
    files = written[label]
    for material in files.scene.materials:
        maps = seen_by_three[label, "gltf"].materials[material.name]["maps"]
        by_slot = {
            "map": material.base_colour, "normalMap": material.normal,
            "roughnessMap": material.orm, "metalnessMap": material.orm, "aoMap": material.orm,
            "emissiveMap": material.emissive,
        }  # fmt: skip
        assert maps == {
            slot: hashlib.sha256(encode_texture(texture, "png").data).hexdigest()
            for slot, texture in by_slot.items()
            if texture is not None
        }


@pytest.mark.parametrize("target", ["gltf", "fbx"])
def test_three_takes_the_strength_of_emission(
    target: str, seen_by_three: dict[tuple[str, str], ThreeModel]
) -> None:
    materials = seen_by_three["synthetic", target].materials
    assert materials[GLOW]["emissiveIntensity"] == GLOW_STRENGTH
    assert materials[PLAIN]["emissiveIntensity"] == 0


@pytest.mark.parametrize("label", LABELS)
def test_ufbx_finds_the_same_surface_in_metres_with_y_up(
    label: str, written: dict[str, Written]
) -> None:
    files = written[label]
    model = read_with_ufbx(files.paths["fbx"])
    assert (model.version, model.unit_metres, model.up) == (7400, 1, "COORDINATE_AXIS_POSITIVE_Y")
    assert model.creator == f"Meshmill {IDENTITY.engine_version}"
    assert model.node_names == tuple(mesh.name for mesh in files.scene.meshes)
    assert all(np.array_equal(matrix, np.eye(*matrix.shape)) for matrix in model.placed)
    for mesh, found in zip(files.scene.meshes, model.meshes, strict=True):
        parts = mesh.primitives
        expected = np.concatenate([part.positions[part.triangles] for part in parts])
        assert np.array_equal(found.points[found.outline].astype(np.float32), expected)
        tangents = np.concatenate([part.tangents for part in parts])
        normals = np.concatenate([part.normals for part in parts])
        assert np.array_equal(found.normals.astype(np.float32), normals)
        assert np.array_equal(found.tangents.astype(np.float32), tangents[:, :3])
        bitangents = np.cross(normals, tangents[:, :3]) * tangents[:, 3:]
        np.testing.assert_allclose(found.bitangents, bitangents, rtol=0, atol=1e-6)
        uvs = np.concatenate([part.uvs for part in parts]) * (1, -1) + (0, 1)
        np.testing.assert_allclose(found.uvs, uvs, rtol=0, atol=1e-7)
        names = [part.material.name for part in parts for _ in part.triangles]
        assert list(found.face_materials) == names


def test_bitangents_of_fbx_point_where_v_grows(written: dict[str, Written]) -> None:
    mesh = read_with_ufbx(written["synthetic"].paths["fbx"]).meshes[1]
    (box,) = written["synthetic"].scene.meshes[1].primitives
    a, b, c = (mesh.points[mesh.outline[:, corner]] for corner in range(3))
    ua, ub, uc = (mesh.uvs[box.triangles[:, corner]] for corner in range(3))
    (du1, dv1), (du2, dv2) = (ub - ua).T, (uc - ua).T
    along_v = ((c - a).T * du1 - (b - a).T * du2) / (du1 * dv2 - du2 * dv1)
    along_v /= np.linalg.norm(along_v, axis=0)
    for corner in range(3):
        bitangents = mesh.bitangents[box.triangles[:, corner]].T
        np.testing.assert_allclose(bitangents, along_v, rtol=0, atol=1e-5)


@pytest.mark.parametrize("label", LABELS)
def test_ufbx_connects_every_map(label: str, written: dict[str, Written]) -> None:
    model = read_with_ufbx(written[label].paths["fbx"])
    for name, images in images_of(written[label]).items():
        # The class with a strength of emission has no occlusion.
        expected = images if "E" not in images else {**images, "AO": None}
        assert model.maps[name] == {
            slot: expected[role] for slot, role in _UFBX_MAPS.items() if expected.get(role)
        }


def test_ufbx_takes_the_strength_of_emission(written: dict[str, Written]) -> None:
    model: UfbxModel = read_with_ufbx(written["synthetic"].paths["fbx"])
    assert model.emission_strengths == {PLAIN: 0, LEAVES: 0, GLOW: GLOW_STRENGTH}


@pytest.mark.parametrize(("label", "target"), EVERYWHERE)
def test_assimp_finds_faces_bounds_and_maps(
    label: str, target: str, written: dict[str, Written]
) -> None:
    files = written[label]
    model = read_with_assimp(files.paths[target])
    positions = corners_of(files.scene).positions
    assert model.faces == files.scene.triangle_count
    tolerance = 1e-6 * largest_edge(files) + 1e-6  # it prints six decimals
    np.testing.assert_allclose(model.low, positions.min(axis=0), rtol=0, atol=tolerance)
    np.testing.assert_allclose(model.high, positions.max(axis=0), rtol=0, atol=tolerance)
    assert len(model.maps) == len(files.scene.materials)
    for material, kinds in zip(files.scene.materials, model.maps.values(), strict=True):
        expected = {"Diffuse", "Normals", "DiffuseRoughness", "Metalness"}
        expected |= {"Emissive"} if material.emissive else set()
        if target != "gltf":  # there it reads alpha from the base colour
            expected |= {"Opacity"} if material.alpha != "OPAQUE" else set()
        assert expected <= set(kinds)


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("target", ["gltf", "obj"])
def test_trimesh_finds_faces_bounds_and_the_base_colour(
    label: str, target: str, written: dict[str, Written]
) -> None:
    files = written[label]
    model = trimesh.load_scene(files.paths[target], process=False)
    positions = corners_of(files.scene).positions
    assert sum(len(mesh.faces) for mesh in model.geometry.values()) == files.scene.triangle_count
    tolerance = 1e-6 * largest_edge(files)
    np.testing.assert_allclose(
        model.bounds, (positions.min(axis=0), positions.max(axis=0)), rtol=0, atol=tolerance
    )
    shown = [mesh.visual.material for mesh in model.geometry.values()]
    images = [item.baseColorTexture if target == "gltf" else item.image for item in shown]
    for material in files.scene.materials:
        pixels = material.base_colour.pixels
        pixels = pixels if target == "gltf" else pixels[:, :, :3]
        assert any(np.array_equal(np.asarray(image), pixels) for image in images)


@pytest.mark.parametrize("label", LABELS)
def test_the_split_maps_hold_the_packed_pixels(label: str, written: dict[str, Written]) -> None:
    files = written[label]
    for material, images in zip(files.scene.materials, images_of(files).values(), strict=True):
        decoded = {role: np.asarray(Image.open(io.BytesIO(data))) for role, data in images.items()}
        assert np.array_equal(decoded["BC"], material.base_colour.pixels[:, :, :3])
        assert np.array_equal(decoded["N"], material.normal.pixels)
        for channel, role in enumerate(("AO", "R", "M")):
            assert np.array_equal(decoded[role], material.orm.pixels[:, :, channel])
        if material.alpha != "OPAQUE":
            assert (decoded["A"] == material.base_colour.pixels[:, :, 3:]).all()


def test_fbx_embeds_jpeg_where_it_is_asked_for(written: dict[str, Written], tmp_path: Path) -> None:
    scene = written["synthetic"].scene
    path = tmp_path / "model.fbx"
    path.write_bytes(write(scene, "fbx", "jpeg"))
    maps = read_with_ufbx(path).maps[PLAIN]
    formats = {name: Image.open(io.BytesIO(data)).format for name, data in maps.items()}
    assert formats.pop("pbr_base_color") == formats.pop("fbx_diffuse_color") == "JPEG"
    assert set(formats.values()) == {"PNG"}


def test_fbx_keeps_odd_names_and_obj_makes_them_safe(
    written: dict[str, Written], seen_by_three: dict[tuple[str, str], ThreeModel]
) -> None:
    model = read_with_ufbx(written["oddly named"].paths["fbx"])
    assert model.node_names == (ODD_MESH,)
    assert list(model.maps) == [ODD_MATERIAL]
    safe = seen_by_three["oddly named", "obj"]
    assert safe.mesh_names == ("Stein_Söhne_links_1",)
    assert list(safe.materials) == ["Grün_moos_1_2_3"]
