"""Meshes as a studio measures them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from meshmill.geometry.engine import build_model
from meshmill.geometry.levels import BUDGETS, level_budget
from meshmill.geometry.registry import GENERATORS
from meshmill.geometry.scene import Primitive, Scene
from tests.readers.mesh_checks import (
    areas,
    edge_uses,
    stretch,
    uv_areas,
    uv_coverage,
    volume,
    weighted_percentile,
    welded,
)
from tests.unit.geometry.specs import SAMPLES, asset_spec

ROCKS = [label for label, spec in SAMPLES.items() if spec.parameters.generator == "rock"]
TERRAINS = [label for label, spec in SAMPLES.items() if spec.parameters.generator == "terrain"]


@cache
def scene_of(label: str) -> Scene:
    return build_model(SAMPLES[label]).scene(BUDGETS["low"], "")


def positions_of(scene: Scene) -> np.ndarray:
    return np.concatenate([primitive.positions for primitive in scene.primitives])


def primitives_of(label: str) -> list[Primitive]:
    return list(scene_of(label).primitives)


@pytest.mark.parametrize("label", SAMPLES)
def test_no_face_is_degenerate_or_doubled(label: str) -> None:
    for primitive in primitives_of(label):
        faces = areas(primitive.positions, primitive.triangles)
        assert faces.min() > 1e-4 * faces.mean()
        _, triangles = welded(primitive.positions, primitive.triangles)
        assert len(np.unique(np.sort(triangles, axis=1), axis=0)) == len(triangles)


@pytest.mark.parametrize("label", SAMPLES)
def test_no_edge_joins_more_than_two_faces(label: str) -> None:
    for primitive in primitives_of(label):
        _, triangles = welded(primitive.positions, primitive.triangles)
        uses, _ = edge_uses(triangles)
        assert uses.max() == 2


@pytest.mark.parametrize("label", ROCKS)
def test_a_rock_is_a_closed_solid_that_looks_outwards(label: str) -> None:
    for primitive in primitives_of(label):
        points, triangles = welded(primitive.positions, primitive.triangles)
        uses, net = edge_uses(triangles)
        assert (uses == 2).all()
        assert (net == 0).all()
        assert volume(points, triangles) > 0


@pytest.mark.parametrize("label", SAMPLES)
def test_normals_are_unit_and_on_the_side_of_their_faces(label: str) -> None:
    for primitive in primitives_of(label):
        lengths = np.linalg.norm(primitive.normals, axis=1)
        assert np.abs(lengths - 1).max() < 1e-3
        a, b, c = (primitive.positions[primitive.triangles[:, k]] for k in range(3))
        face = np.cross(b - a, c - a)
        mean = primitive.normals[primitive.triangles].sum(axis=1)
        assert ((face * mean).sum(axis=1) > 0).mean() > 0.995


@pytest.mark.parametrize("label", SAMPLES)
def test_tangents_are_orthonormal_and_signed(label: str) -> None:
    for primitive in primitives_of(label):
        tangents = primitive.tangents
        assert np.abs(np.linalg.norm(tangents[:, :3], axis=1) - 1).max() < 1e-3
        assert np.abs((tangents[:, :3] * primitive.normals).sum(axis=1)).max() < 1e-3
        assert set(np.unique(tangents[:, 3])) <= {-1.0, 1.0}


@pytest.mark.parametrize("label", SAMPLES)
def test_uvs_stay_in_the_texture_and_no_two_faces_share_a_texel(label: str) -> None:
    for primitive in primitives_of(label):
        assert primitive.uvs.min() >= 0
        assert primitive.uvs.max() <= 1
        assert (uv_areas(primitive.uvs, primitive.triangles) < 0).all()
        assert uv_coverage(primitive.uvs, primitive.triangles, 128).max() == 1


@pytest.mark.parametrize("form", ["boulder", "cobble"])
def test_rounded_rocks_are_textured_evenly(form: str) -> None:
    (primitive,) = build_model(asset_spec("rock", {"form": form})).scene(2_000, "").primitives
    weights = areas(primitive.positions, primitive.triangles)
    stretched, density = stretch(primitive.positions, primitive.uvs, primitive.triangles)
    middle = weighted_percentile(density, weights, 0.5)
    assert weighted_percentile(stretched, weights, 0.95) <= 2
    assert weighted_percentile(density, weights, 0.05) >= 0.7 * middle
    assert weighted_percentile(density, weights, 0.95) <= 1.45 * middle


@pytest.mark.parametrize("quality", BUDGETS)
@pytest.mark.parametrize("generator", GENERATORS)
def test_triangles_are_within_a_quarter_of_the_budget(generator: str, quality: str) -> None:
    spec = asset_spec(generator, quality=quality)
    count = build_model(spec).scene(BUDGETS[spec.parameters.quality], "").triangle_count
    assert abs(count / BUDGETS[spec.parameters.quality] - 1) <= 0.25


@pytest.mark.parametrize("generator", GENERATORS)
def test_levels_of_detail_keep_the_bounds_and_share_the_textures(generator: str) -> None:
    model = build_model(asset_spec(generator, quality="medium"))
    full = model.scene(BUDGETS["medium"], "")
    extent = np.ptp(positions_of(full), axis=0).max()
    for level in (1, 2, 3):
        scene = model.scene(level_budget(BUDGETS["medium"], level), f"_LOD{level}")
        assert scene.meshes[0].name.endswith(f"_LOD{level}")
        assert scene.triangle_count < 0.7 * full.triangle_count * 2 ** (1 - level)
        for reach in (np.min, np.max):
            ours, theirs = (reach(positions_of(each), axis=0) for each in (scene, full))
            assert np.abs(ours - theirs).max() <= 0.01 * extent
        assert all(a is b for a, b in zip(scene.textures, full.textures, strict=True))


@pytest.mark.parametrize("label", ROCKS)
def test_a_rock_has_its_size_and_stands_a_little_below_ground(label: str) -> None:
    points = positions_of(scene_of(label))
    size = SAMPLES[label].canonical()["parameters"]["options"]["size_m"]
    assert np.ptp(points, axis=0).max() == pytest.approx(size, rel=0.01)
    height = np.ptp(points[:, 1])
    assert 0.02 <= -points[:, 1].min() / height <= 0.05
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    assert np.abs(middle[[0, 2]]).max() < 0.01 * size


@pytest.mark.parametrize("label", TERRAINS)
def test_a_terrain_spans_its_size_and_its_relief(label: str) -> None:
    options = SAMPLES[label].canonical()["parameters"]["options"]
    land = primitives_of(label)[0].positions
    half = options["size_m"] / 2
    assert land.min(axis=0)[[0, 2]].tolist() == [-half, -half]
    assert land.max(axis=0)[[0, 2]].tolist() == [half, half]
    assert land[:, 1].max() == pytest.approx(options["relief_m"], abs=1e-3)
    assert land[:, 1].min() >= -options["skirt_m"] - 1e-3
    assert land[:, 1].min() <= 1e-3


@pytest.mark.parametrize("landform", ["mountains", "canyon", "island"])
def test_any_two_tiles_of_one_kind_meet_without_a_step_or_a_crease(landform: str) -> None:
    west, east = (
        next(
            build_model(asset_spec("terrain", {"landform": landform, "skirt_m": 0}, seed=seed))
            .scene(BUDGETS["low"], "")
            .primitives
        )
        for seed in (3, 4)
    )
    side = round(len(west.positions) ** 0.5)
    last, first = np.arange(side) * side + side - 1, np.arange(side) * side
    assert np.allclose(west.positions[last, 1], east.positions[first, 1], atol=1e-4)
    agreement = (west.normals[last] * east.normals[first]).sum(axis=1)
    assert agreement.min() > 0.99
