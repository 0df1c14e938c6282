"""A vase has the dimensions, walls, handles and finish that its options ask for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from meshmill.geometry.generators.vase.build import VaseModel, build
from meshmill.geometry.generators.vase.meridian import draw_meridian
from meshmill.geometry.generators.vase.spec import VaseOptions
from meshmill.geometry.model import Brief
from meshmill.geometry.scene import Scene

LOW = 2_000
PROFILES = ("amphora", "bottle", "bowl", "urn", "tulip")
GLAZES = ("celadon", "cobalt", "terracotta", "raku", "white")


def vase(seed: int = 3, **options: Any) -> VaseModel:
    return build(VaseOptions(**options), Brief(seed, LOW, 256))


def points_of(scene: Scene) -> np.ndarray:
    return np.concatenate([primitive.positions for primitive in scene.primitives])


def welded(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    offset, corners = 0, []
    for primitive in scene.primitives:
        corners.append(primitive.triangles.astype(int) + offset)
        offset += len(primitive.positions)
    points, inverse = np.unique(points_of(scene), axis=0, return_inverse=True)
    return points, inverse.reshape(-1)[np.concatenate(corners)]


@pytest.mark.parametrize("profile", PROFILES)
def test_height_and_width_are_as_asked_for(profile: str) -> None:
    model = vase(profile=profile, height_m=0.4, belly=0.8, neck=0.3)
    extent = np.ptp(points_of(model.scene(LOW, "")), axis=0)
    assert extent[1] == pytest.approx(0.4, rel=1e-4)
    assert max(extent[0], extent[2]) == pytest.approx(0.32, rel=0.01)


@pytest.mark.parametrize("profile", ["amphora", "bottle", "urn", "tulip"])
def test_the_neck_is_the_narrowest_place_above_the_belly(profile: str) -> None:
    meridian = draw_meridian(VaseOptions(profile=profile, neck=0.35))
    above = (meridian.arc > meridian.marks.belly - 1) & (meridian.arc >= meridian.marks.edge)
    above &= meridian.arc <= meridian.marks.belly
    assert meridian.radius[above].min() / meridian.radius.max() == pytest.approx(0.35, rel=0.01)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"profile": "amphora", "handles": 2, "belly": 1.5},
        {"profile": "bottle", "neck": 0.1, "belly": 0.3, "wall_mm": 3},
        {"profile": "bowl", "neck": 1.0, "handles": 1},
        {"profile": "bowl", "neck": 0.1, "belly": 1.5},
        {"profile": "tulip", "height_m": 0.05, "wall_mm": 3, "handles": 2},
        {"profile": "urn", "height_m": 2.0, "wall_mm": 2},
        {"profile": "urn", "neck": 0.1, "height_m": 2.0, "wall_mm": 20},
    ],
)
@pytest.mark.parametrize("budget", [LOW, LOW // 8])
def test_vessel_and_handles_are_closed_solids(options: dict[str, Any], budget: int) -> None:
    points, triangles = welded(vase(**options).scene(budget, ""))
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    keys = edges[:, 0] * len(points) + edges[:, 1]
    opposite = edges[:, 1] * len(points) + edges[:, 0]
    assert len(np.unique(keys)) == len(keys)
    assert np.array_equal(np.sort(keys), np.sort(opposite))
    a, b, c = (points[triangles[:, k]].astype(float) for k in range(3))
    assert (a * np.cross(b, c)).sum() > 0
    areas = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    assert areas.min() > 1e-4 * areas.mean()


@pytest.mark.parametrize(("profile", "wall"), [("urn", 2.0), ("bowl", 9.0), ("bottle", 20.0)])
def test_the_wall_is_as_thick_as_asked_for(profile: str, wall: float) -> None:
    meridian = draw_meridian(VaseOptions(profile=profile, height_m=0.5, wall_mm=wall))
    marks = meridian.marks
    outer = (meridian.arc > marks.edge) & (meridian.arc < marks.foot)
    inner = (meridian.arc > marks.heel) & (meridian.arc < marks.lip - 2 * wall / 1000)
    across = meridian.radius[inner, None] - meridian.radius[None, outer]
    rise = meridian.height[inner, None] - meridian.height[None, outer]
    nearest = np.sqrt(across * across + rise * rise).min(axis=1) * 1000
    assert np.abs(nearest / wall - 1).max() < 0.05


def test_an_inner_wall_stays_within_the_outer_one_at_every_level() -> None:
    model = vase(height_m=1.0, wall_mm=4)
    for level in range(4):
        rows = model.scene(LOW >> level, "").primitives
        glazed, bare = (primitive.positions for primitive in rows)
        for height in np.linspace(0.2, 0.8, 13):
            near = [p[np.abs(p[:, 1] - height) < 0.03] for p in (glazed, bare)]
            if all(len(points) for points in near):
                radii = [np.hypot(points[:, 0], points[:, 2]) for points in near]
                assert radii[1].min() < radii[0].max()


@pytest.mark.parametrize("handles", [0, 1, 2])
def test_handles_are_as_many_as_asked_for(handles: int) -> None:
    scene = vase(handles=handles).scene(LOW, "")
    points, triangles = welded(scene)
    parent = np.arange(len(points))
    for _ in range(64):
        low = np.minimum.reduce([parent[triangles[:, k]] for k in range(3)])
        for k in range(3):
            np.minimum.at(parent, triangles[:, k], low)
    assert len(np.unique(parent)) == 1 + handles
    extent = np.ptp(points, axis=0)
    assert (extent[0] > 1.1 * extent[2]) == (handles > 0)


def test_bounds_are_centred_on_the_base_with_any_handles() -> None:
    for handles in (0, 1, 2):
        points = points_of(vase(handles=handles, profile="amphora").scene(LOW, ""))
        middle = (points.min(axis=0) + points.max(axis=0)) / 2
        assert np.abs(middle[[0, 2]]).max() < 1e-6
        assert points[:, 1].min() == 0


def test_levels_keep_bounds_textures_and_charts() -> None:
    model = vase(profile="bottle", handles=1)
    full = model.scene(LOW, "")
    for level in (1, 2, 3):
        scene = model.scene(LOW >> level, f"_LOD{level}")
        assert scene.meshes[0].name == f"SM_Vase_3_LOD{level}"
        assert all(a is b for a, b in zip(scene.textures, full.textures, strict=True))
        for reach in (np.min, np.max):
            ours, theirs = (reach(points_of(each), axis=0) for each in (scene, full))
            assert np.abs(ours - theirs).max() <= 0.01 * 0.35


@pytest.mark.parametrize("glaze", GLAZES)
def test_a_pattern_changes_the_colours_of_every_glaze(glaze: str) -> None:
    colours = [
        vase(glaze=glaze, pattern=pattern).materials[0].base_colour.pixels.astype(int)
        for pattern in ("none", "bands", "crackle")
    ]
    for left, right in ((0, 1), (0, 2), (1, 2)):
        assert (np.abs(colours[left] - colours[right]).max(axis=2) > 20).mean() > 0.02


@pytest.mark.parametrize("glaze", GLAZES)
def test_only_raku_shimmers_like_metal(glaze: str) -> None:
    for material in vase(glaze=glaze).materials:
        metal = material.orm.pixels[:, :, 2]
        assert set(np.unique(metal)) <= {0, 255}
        colours = material.base_colour.pixels
        assert colours[metal == 0].min() >= 30
        assert colours[metal == 0].max() <= 240
        assert metal.any() == (glaze == "raku" and material.name == "M_Vase_Glaze")
        assert not metal.any() or colours[metal == 255].min() >= 180
        assert material.orm.pixels[:, :, 1].min() >= 11


def test_glaze_is_smooth_and_clay_is_matt() -> None:
    glazed, bare = vase().materials
    assert np.median(glazed.orm.pixels[:, :, 1]) < 60
    assert np.median(bare.orm.pixels[:, :, 1]) > 190
    assert bare.normal.pixels.shape[0] * 2 == glazed.normal.pixels.shape[0]


@pytest.mark.parametrize(
    "options",
    [
        {"wall_mm": 20.0, "neck": 0.1},
        {"wall_mm": 20.0, "height_m": 0.1},
        {"wall_mm": 10.0, "profile": "bowl", "height_m": 0.1, "belly": 0.3},
    ],
)
def test_walls_that_do_not_fit_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        VaseOptions(**options)
    assert "must be at most" in caught.value.errors()[0]["ctx"]["members"]["wall_mm"]


def test_the_same_seed_is_the_same_vase_and_another_is_another() -> None:
    once, twice, other = (vase(seed, glaze="raku", handles=2) for seed in (1, 1, 2))
    pixels = [model.materials[0].base_colour.pixels for model in (once, twice, other)]
    points = [points_of(model.scene(LOW, "")) for model in (once, twice, other)]
    assert np.array_equal(pixels[0], pixels[1])
    assert np.array_equal(points[0], points[1])
    assert not np.array_equal(pixels[0], pixels[2])
    assert not np.array_equal(points[0], points[2])
