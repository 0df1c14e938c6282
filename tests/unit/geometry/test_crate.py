"""Crates: what is special to them; what all assets must hold is in tests/acceptance."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from meshmill.geometry.generators.crate.build import CrateModel, build
from meshmill.geometry.generators.crate.detail import drawing_for
from meshmill.geometry.generators.crate.spec import CrateOptions
from meshmill.geometry.levels import BUDGETS
from meshmill.geometry.model import Brief
from meshmill.geometry.scene import Scene
from tests.acceptance.topology import open_edges, part_volumes
from tests.acceptance.welding import Welded

LOW = BUDGETS["low"]
CORNERS: dict[str, dict[str, Any]] = {
    "wood": {},
    "wood, open": {"open": True, "bracing": "none"},
    "wood, crossed": {"bracing": "cross", "planks": 12},
    "metal": {"material": "metal"},
    "metal, crossed": {"material": "metal", "bracing": "cross", "open": True},
    "metal, bare": {"material": "metal", "bracing": "none", "planks": 2},
    "plastic": {"material": "plastic"},
    "plastic, open": {"material": "plastic", "open": True, "planks": 12},
}
FLAT_AND_LONG: dict[str, Any] = {"width_m": 3.0, "height_m": 0.2, "depth_m": 0.7}


def crate(*, seed: int = 1, budget: int = LOW, **options: Any) -> CrateModel:
    return build(CrateOptions(**options), Brief(seed, budget, 256))


@cache
def sample(label: str) -> Scene:
    return crate(**CORNERS[label]).scene(LOW, "")


def extent(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    points = np.concatenate([primitive.positions for primitive in scene.primitives])
    return points.min(axis=0), points.max(axis=0)


def maps(**options: Any) -> dict[str, np.ndarray]:
    material = crate(**options).materials["body"]
    return {texture.role: texture.pixels for texture in material.textures}


def edges_of_parts(scene: Scene) -> np.ndarray:
    """Longest, middle and least edge of the bounds of each solid."""
    mesh = Welded.of(scene.primitives)
    owners = mesh.parts()
    corners = mesh.points[mesh.triangles].astype(float)
    spans = [np.ptp(corners[owners == k].reshape(-1, 3), axis=0) for k in np.unique(owners)]
    return np.sort(np.array(spans), axis=1)[:, ::-1]


@pytest.mark.parametrize("size", [{}, FLAT_AND_LONG], ids=["cube", "flat and long"])
@pytest.mark.parametrize("label", CORNERS)
def test_bounds_are_exactly_those_asked_for(label: str, size: dict[str, Any]) -> None:
    model = crate(**CORNERS[label], **size)
    low, high = extent(model.scene(LOW, ""))
    wanted = np.array(model.size)
    assert high - low == pytest.approx(wanted, rel=1e-6)
    assert low[1] == 0
    assert (low + high)[[0, 2]] == pytest.approx([0, 0], abs=1e-6 * wanted.max())


@pytest.mark.parametrize("label", CORNERS)
def test_every_part_is_a_closed_solid_that_looks_outwards(label: str) -> None:
    mesh = Welded.of(sample(label).primitives)
    assert open_edges(mesh) == 0
    assert part_volumes(mesh).min() > 0


@pytest.mark.parametrize("planks", [2, 7])
def test_each_side_has_the_planks_asked_for(planks: int) -> None:
    scene = crate(planks=planks, bracing="none").scene(LOW, "")
    boards = edges_of_parts(scene)
    assert len(boards[boards[:, 0] > 0.8]) == 6 * planks


def test_an_open_crate_lacks_its_lid_alone() -> None:
    closed, opened = (
        sum(
            piece.role in {"plank", "free", "base"}
            for piece in crate(planks=4, open=lid, bracing="none").plan.pieces
        )
        for lid in (False, True)
    )
    assert (closed, opened) == (24, 20)


def test_edges_inside_an_open_crate_are_eased_where_they_are_seen() -> None:
    drawing = drawing_for(crate(open=True, planks=12, bracing="cross").plan, LOW, LOW)
    drawn = Counter(grade.triangles for _, grade in drawing.graded())
    assert drawn[28] == 4 * 9
    assert drawn[12] <= 1


def test_levels_are_no_wider_for_want_of_corner_plates() -> None:
    model = crate(width_m=5.0, height_m=0.5, depth_m=0.5)
    extents = [np.subtract(*extent(model.scene(LOW >> level, ""))[::-1]) for level in (0, 2)]
    lacking = 2 * model.plan.overhang
    assert lacking > 0
    assert extents[0] - extents[1] == pytest.approx(np.full(3, lacking), rel=0.2)


@pytest.mark.parametrize("size", [{}, {"height_m": 0.1, "width_m": 5.0}], ids=["cube", "flat"])
def test_normals_of_tapered_walls_stand_on_them(size: dict[str, Any]) -> None:
    (part,) = crate(material="plastic", **size).scene(LOW, "").primitives
    a, b, c = (part.positions[part.triangles[:, k]].astype(float) for k in range(3))
    faces = np.cross(b - a, c - a)
    faces /= np.linalg.norm(faces, axis=1)[:, None]
    flat = (faces * part.normals[part.triangles[:, 0]]).sum(axis=1)
    walls = (np.abs(faces[:, 1]) < 0.1) & (flat > np.cos(np.radians(10)))
    assert walls.sum() > 100
    assert flat[walls].min() > np.cos(np.radians(0.5))


@pytest.mark.parametrize("material", ["metal", "plastic"])
def test_planks_are_ribs_of_sheet_metal_and_plastic(material: str) -> None:
    few, many = (crate(material=material, planks=planks) for planks in (3, 9))
    ribs = [sum(p.role == "rib" for p in model.plan.pieces) for model in (few, many)]
    assert ribs[1] - ribs[0] >= 4 * 6


def test_no_two_neighbouring_planks_are_alike() -> None:
    planks = [p for p in crate(planks=6).plan.pieces if p.role == "plank"][:6]
    assert len({plank.skins[4] for plank in planks}) == 6
    assert len({plank.size for plank in planks}) == 6
    assert len({plank.axes for plank in planks}) == 6


@pytest.mark.parametrize("label", CORNERS)
def test_triangles_stay_below_the_budget_of_every_level(label: str) -> None:
    model = crate(**CORNERS[label])
    counts = [model.scene(LOW >> level, "").triangle_count for level in range(4)]
    assert all(count <= LOW >> level for level, count in enumerate(counts))
    assert all(later < sooner for sooner, later in pairwise(counts))


@pytest.mark.parametrize("label", ["wood", "metal, bare", "plastic, open"])
def test_qualities_are_at_least_three_apart(label: str) -> None:
    counts = []
    for budget in BUDGETS.values():
        model = crate(budget=LOW, **CORNERS[label])
        finer = CrateModel(1, budget, model.size, model.plan, model.charts, model.materials)
        counts.append(finer.scene(budget, "").triangle_count)
    assert counts[1] >= 3 * counts[0]
    assert counts[2] >= 3 * counts[1]


def test_qualities_of_one_seed_are_one_individual() -> None:
    low, high = (crate(budget=BUDGETS[quality]).plan for quality in ("low", "high"))
    assert low == high


def test_seeds_are_individuals_and_builds_of_one_seed_are_equal() -> None:
    first, again, other = (crate(seed=seed).scene(LOW, "") for seed in (5, 5, 6))
    for ours, theirs in zip(first.primitives, again.primitives, strict=True):
        assert np.array_equal(ours.positions, theirs.positions)
        assert np.array_equal(ours.tangents, theirs.tangents)
    for image, repeated in zip(first.textures, again.textures, strict=True):
        assert np.array_equal(image.pixels, repeated.pixels)
    assert not np.array_equal(first.textures[0].pixels, other.textures[0].pixels)


@pytest.mark.parametrize("material", ["wood", "plastic"])
def test_wear_changes_colour_and_relief(material: str) -> None:
    new, old = (maps(material=material, wear=wear) for wear in (0.0, 1.0))
    for role in ("BC", "N"):
        assert np.abs(new[role].astype(int) - old[role]).mean() > 0.1


def test_wear_bares_the_metal_below_the_paint() -> None:
    shares = [
        (maps(material="metal", wear=wear)["ORM"][:, :, 2] == 255).mean() for wear in (0.0, 0.6)
    ]
    assert shares[0] < 0.005
    assert shares[1] > 5 * max(shares[0], 1e-4)


def test_texels_of_paint_are_metal_or_not() -> None:
    metal = maps(material="metal", wear=1.0)["ORM"][:, :, 2]
    assert set(np.unique(metal)) == {0, 255}


def test_steel_is_a_second_material_at_half_the_size() -> None:
    sizes = {
        material.name: material.normal.pixels.shape[0] for material in sample("wood").materials
    }
    assert sizes == {"M_Crate_Wood": 256, "M_Crate_Hardware": 128}
    assert [material.name for material in sample("plastic").materials] == ["M_Crate_Plastic"]


@pytest.mark.parametrize("bracing", ["none", "cross"])
def test_bracing_of_plastic_is_refused(bracing: Any) -> None:
    with pytest.raises(ValidationError, match="do not fit"):
        CrateOptions(material="plastic", bracing=bracing)


@pytest.mark.parametrize("label", ["wood", "metal", "plastic"])
def test_extreme_proportions_are_built(label: str) -> None:
    for edges in ((5.0, 0.1, 5.0), (0.1, 5.0, 0.1)):
        size: dict[str, Any] = dict(zip(("width_m", "height_m", "depth_m"), edges, strict=True))
        scene = crate(**CORNERS[label], **size, planks=12).scene(LOW, "")
        low, high = extent(scene)
        assert high - low == pytest.approx(np.array(edges), rel=1e-5)
        assert part_volumes(Welded.of(scene.primitives)).min() > 0
