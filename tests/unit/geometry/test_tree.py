"""Trees: what is special to them; what all assets must hold is in tests/acceptance."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from meshmill.geometry.generators.tree.build import TreeModel, build
from meshmill.geometry.generators.tree.spec import TreeOptions
from meshmill.geometry.model import Brief
from meshmill.geometry.scene import Primitive, Scene

BUDGET = 2_000
HABITS = ("broadleaf", "birch", "conifer", "palm", "shrub")
#: Triangles of a card.
CARD = 2


def tree(seed: int = 1, budget: int = BUDGET, **options: Any) -> TreeModel:
    return build(TreeOptions(**options), Brief(seed, budget, 256))


@cache
def habit(name: str) -> TreeModel:
    return tree(habit=name)


def parts(model: TreeModel, budget: int = BUDGET) -> tuple[Primitive, Primitive]:
    bark, leaves = model.scene(budget, "").primitives
    return bark, leaves


def points_of(scene: Scene) -> np.ndarray:
    return np.concatenate([p.positions for p in scene.primitives]).astype(float)


def opaque_colours(model: TreeModel) -> np.ndarray:
    pixels = model.leaves.base_colour.pixels
    return pixels[pixels[:, :, 3] >= 128][:, :3].astype(float)


@pytest.mark.parametrize("name", HABITS)
def test_the_top_is_at_the_height_asked_for_and_the_foot_on_the_ground(name: str) -> None:
    for height in (0.5, 40.0):
        points = points_of(tree(habit=name, height_m=height).scene(BUDGET, ""))
        assert points[:, 1].max() == pytest.approx(height, rel=1e-5)
        assert points[:, 1].min() == 0.0


@pytest.mark.parametrize("name", HABITS)
def test_levels_of_detail_fill_the_same_bounds(name: str) -> None:
    model = habit(name)
    full = points_of(model.scene(BUDGET, ""))
    for level in (1, 2, 3):
        coarse = points_of(model.scene(BUDGET >> level, f"_LOD{level}"))
        assert np.allclose(coarse.min(axis=0), full.min(axis=0), atol=0.005)
        assert np.allclose(coarse.max(axis=0), full.max(axis=0), atol=0.005)


def test_qualities_of_one_seed_are_one_individual() -> None:
    low, medium = (points_of(tree(budget=budget).scene(budget, "")) for budget in (2_000, 20_000))
    assert np.allclose(low.min(axis=0), medium.min(axis=0), atol=0.01)
    assert np.allclose(low.max(axis=0), medium.max(axis=0), atol=0.01)


def test_equal_specs_give_equal_trees_and_other_seeds_others() -> None:
    scenes = [tree(seed=seed).scene(BUDGET, "") for seed in (1, 1, 2)]
    first, second, other = (points_of(scene) for scene in scenes)
    assert np.array_equal(first, second)
    assert not np.array_equal(first[: len(other)], other[: len(first)])
    images = [[texture.pixels for texture in scene.textures] for scene in scenes[:2]]
    assert all(np.array_equal(a, b) for a, b in zip(*images, strict=True))


def test_the_trunk_is_as_thick_as_asked_for_and_wider_at_the_foot() -> None:
    for ratio in (0.02, 0.06):
        bark, _ = parts(tree(height_m=10, trunk_ratio=ratio, lean=0.0))
        heights = bark.positions[:, 1]
        girths = []
        for low, high in ((0.0, 0.001), (1.0, 2.5)):
            ring = bark.positions[(heights >= low) & (heights <= high)]
            girths.append(float(np.median(np.hypot(ring[:, 0], ring[:, 2]))) * 2)
        assert girths[1] == pytest.approx(10 * ratio, rel=0.35)
        assert girths[0] > 1.1 * girths[1]


def test_a_leaning_trunk_carries_its_crown_sideways() -> None:
    def offset(lean: float) -> float:
        leaves = parts(tree(lean=lean))[1].positions
        return float(np.hypot(*leaves.mean(axis=0)[[0, 2]]))

    assert offset(0.5) > offset(0.0) + 1.0


def test_wide_angles_make_wide_crowns() -> None:
    wide, narrow = (
        float(np.ptp(parts(tree(spread_deg=angle))[1].positions[:, 0])) for angle in (85, 15)
    )
    assert wide > 1.3 * narrow


def test_a_denser_crown_hides_more_of_the_sky() -> None:
    def area(density: float) -> float:
        leaves = parts(tree(crown_density=density))[1]
        a, b, c = (leaves.positions[leaves.triangles[:, k]] for k in range(3))
        return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum())

    assert area(1.0) > 1.4 * area(0.2)


def test_more_orders_of_branches_are_more_branches() -> None:
    counts = [len(tree(branch_levels=levels).wood.radius) for levels in (1, 2, 3, 4)]
    assert counts == sorted(set(counts))


def test_seasons_colour_the_leaves_and_winter_takes_them() -> None:
    summer, autumn = (opaque_colours(tree(season=season)) for season in ("summer", "autumn"))
    assert (summer[:, 1] > summer[:, 0]).mean() > 0.8
    assert (autumn[:, 0] > autumn[:, 1]).mean() > 0.9
    bare = tree(season="bare")
    assert bare.leaves.name == "M_Tree_Twigs"
    assert len(opaque_colours(bare)) < 0.7 * len(summer)


def test_spring_brings_blossom() -> None:
    spring = opaque_colours(tree(season="spring"))
    pale = (spring.min(axis=1) > 165).mean()
    assert pale > 0.03
    assert (opaque_colours(tree()).min(axis=1) > 165).mean() == 0


def test_leaves_are_cut_out_and_coloured_under_the_alpha() -> None:
    material = habit("broadleaf").leaves
    pixels = material.base_colour.pixels
    assert (material.alpha, material.double_sided) == ("MASK", True)
    clear = pixels[pixels[:, :, 3] == 0][:, :3].astype(int)
    assert (clear[:, 1] > clear[:, 2]).mean() > 0.99


def test_cards_face_out_of_the_crown_with_their_normals() -> None:
    _, leaves = parts(habit("broadleaf"))
    a, b, c = (leaves.positions[leaves.triangles[:, k]] for k in range(3))
    facing = (np.cross(b - a, c - a) * leaves.normals[leaves.triangles[:, 0]]).sum(axis=1)
    assert (facing > 0).mean() > 0.97
    assert len(leaves.triangles) % CARD == 0


def test_the_trunks_bark_has_no_seam_where_it_is_bare() -> None:
    bark, _ = parts(habit("broadleaf"), 20_000)
    foot = bark.positions[:, 1] < 1.0
    assert bark.uvs[foot, 0].min() == 0
    assert bark.uvs[foot, 0].max() == 1


def test_a_thin_trunks_bark_repeats_across_the_texture() -> None:
    model = tree(trunk_ratio=0.01)
    periods = model.wood.scale.periods
    assert periods > 1
    pixels = model.bark.base_colour.pixels
    width = pixels.shape[1] // periods
    assert np.array_equal(pixels[:, :width], pixels[:, width : 2 * width])


@pytest.mark.parametrize(
    ("options", "member"),
    [
        ({"habit": "conifer", "season": "autumn"}, "season"),
        ({"habit": "palm", "season": "bare"}, "season"),
        ({"habit": "palm", "branch_levels": 4}, "branch_levels"),
    ],
)
def test_options_without_effect_are_refused(options: dict[str, Any], member: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TreeOptions(**options)
    assert member in refused.value.errors()[0]["ctx"]["members"]
