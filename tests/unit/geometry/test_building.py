"""Buildings: footprints, storeys, roofs that fit, and parts by how telling they are."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from meshmill.geometry.generators.building.build import BuildingModel, build
from meshmill.geometry.generators.building.layout import Layout
from meshmill.geometry.generators.building.spec import BuildingOptions
from meshmill.geometry.generators.building.styles import style_of
from meshmill.geometry.levels import level_budget
from meshmill.geometry.model import Brief
from meshmill.geometry.scene import Scene
from tests.acceptance.coplanar import coplanar_overlaps
from tests.acceptance.topology import (
    degenerate_faces,
    non_manifold_edges,
    open_edges,
    part_volumes,
)
from tests.acceptance.welding import Welded

LOW, MEDIUM = 2_000, 20_000

CORNERS: dict[str, dict[str, Any]] = {
    "as it comes": {},
    "smallest": {"storeys": 1, "width_m": 4.0, "depth_m": 4.0, "storey_height_m": 2.4},
    "largest office": {
        "style": "office", "storeys": 40, "width_m": 80.0, "depth_m": 80.0, "storey_height_m": 6.0,
        "roof": "flat",
    },
    "thin tower": {"storeys": 37, "width_m": 4.0, "depth_m": 80.0, "roof": "hip"},
    "sawtooth warehouse": {
        "style": "warehouse", "roof": "sawtooth", "storeys": 2, "width_m": 20.0, "depth_m": 30.0,
    },
    "jettied house": {"style": "medieval", "storeys": 3, "width_m": 8.0},
    "mansard": {"roof": "mansard", "storeys": 5, "width_m": 16.0},
    "without windows": {"style": "warehouse", "roof": "gable", "window_density": 0.0},
}  # fmt: skip


@cache
def model_of(label: str, budget: int = LOW, seed: int = 0) -> BuildingModel:
    return build(BuildingOptions(**CORNERS[label]), Brief(seed, budget, 256))


def model_with(options: dict[str, Any], seed: int = 0) -> BuildingModel:
    return build(BuildingOptions(**options), Brief(seed, LOW, 256))


def positions_of(scene: Scene) -> np.ndarray:
    return np.concatenate([primitive.positions for primitive in scene.primitives])


@pytest.mark.parametrize("label", CORNERS)
def test_every_part_is_a_closed_solid_that_looks_outwards(label: str) -> None:
    for primitive in model_of(label).scene(LOW, "").primitives:
        mesh = Welded.of([primitive])
        assert non_manifold_edges(mesh) == 0
        assert open_edges(mesh) == 0
        assert (part_volumes(mesh) > 0).all()


@pytest.mark.parametrize("label", CORNERS)
def test_the_budget_is_a_ceiling_at_every_level_of_detail(label: str) -> None:
    model = model_of(label)
    counts = [model.scene(level_budget(LOW, level), "").triangle_count for level in range(4)]
    assert all(count <= level_budget(LOW, level) for level, count in enumerate(counts))


@pytest.mark.parametrize("label", CORNERS)
def test_levels_of_detail_keep_the_bounds_and_all_materials(label: str) -> None:
    model = model_of(label)
    full = model.scene(LOW, "")
    low, high = positions_of(full).min(axis=0), positions_of(full).max(axis=0)
    for level in (1, 2, 3):
        scene = model.scene(level_budget(LOW, level), f"_LOD{level}")
        points = positions_of(scene)
        moved = np.abs(np.stack((points.min(axis=0) - low, points.max(axis=0) - high)))
        assert moved.max() <= 0.01 * (high - low).max()
        assert [m.name for m in scene.materials] == [m.name for m in full.materials]


@pytest.mark.parametrize("label", ["as it comes", "sawtooth warehouse", "largest office"])
def test_the_walls_have_the_footprint_and_height_that_were_asked_for(label: str) -> None:
    model, options = model_of(label), BuildingOptions(**CORNERS[label])
    walls = next(model.scene(LOW, "").primitives).positions
    assert np.ptp(walls[:, 0]) == pytest.approx(options.width_m, rel=1e-6)
    assert np.ptp(walls[:, 2]) == pytest.approx(options.depth_m, rel=1e-6)
    assert walls[:, 1].min() == 0
    height = options.storeys * options.storey_height_m
    gable = model.kit.site.layout.rise if options.roof == "gable" else 0.0
    assert walls[:, 1].max() == pytest.approx(height + gable, rel=1e-6)


def metres(low: float, high: float) -> st.SearchStrategy[float]:
    """Lengths in centimetres, both ends of the range often."""
    between = st.integers(round(100 * low), round(100 * high)).map(lambda cm: cm / 100)
    return st.sampled_from((low, high)) | between


@st.composite
def any_building(draw: st.DrawFn) -> BuildingOptions:
    density = draw(st.sampled_from((0.0, 0.3, 0.6, 1.0)))
    return BuildingOptions(
        style=draw(st.sampled_from(("residential", "office", "warehouse", "medieval"))),
        storeys=draw(st.sampled_from((1, 2, 3, 5, 8, 20, 40))),
        width_m=draw(metres(4, 80)),
        depth_m=draw(metres(4, 80)),
        storey_height_m=draw(metres(2.4, 6)),
        roof=draw(st.sampled_from(("flat", "gable", "hip", "mansard", "sawtooth"))),
        window_density=density,
        **({"lit_windows": draw(st.sampled_from((0.0, 0.5, 1.0)))} if density else {}),
    )


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
)
@given(any_building(), st.integers(0, 2**32 - 1))
def test_any_building_is_whole_and_within_its_bounds(options: BuildingOptions, seed: int) -> None:
    model = build(options, Brief(seed, LOW, 256))
    scenes = [model.scene(level_budget(LOW, level), "") for level in range(4)]
    bounds = []
    for level, scene in enumerate(scenes):
        mesh = Welded.of(scene.primitives)
        assert scene.triangle_count <= level_budget(LOW, level)
        assert open_edges(mesh) == 0
        assert degenerate_faces(mesh, mesh.size) == 0
        assert (part_volumes(mesh) > 0).all()
        assert all(non_manifold_edges(Welded.of([part])) == 0 for part in scene.primitives)
        points = positions_of(scene)
        bounds.append(np.stack((points.min(axis=0), points.max(axis=0))))
    assert len(coplanar_overlaps(Welded.of(scenes[0].primitives))) == 0
    moved = max(np.abs(coarse - bounds[0]).max() for coarse in bounds[1:])
    assert moved <= 0.01 * np.ptp(bounds[0], axis=0).max()
    assert bounds[0][0, 1] == 0


def test_a_level_that_cannot_recess_all_openings_recesses_those_of_the_lower_storeys() -> None:
    office = {"style": "office", "storeys": 6, "width_m": 20.0, "depth_m": 14.0, "roof": "flat"}
    model = model_with(office)
    counts = [model.scene(level_budget(LOW, level), "").triangle_count for level in (0, 1)]
    assert counts[1] > 0.4 * counts[0]
    walls = next(model.scene(level_budget(LOW, 1), "").primitives).positions
    recessed = walls[np.abs(walls[:, 2] - (7.0 - model.kit.site.layout.style.reveal)) < 1e-5]
    assert 0 < recessed[:, 1].max() < 15.0


def test_upper_storeys_of_a_medieval_house_stand_out_beyond_the_ground_floor() -> None:
    walls = next(model_of("jettied house").scene(LOW, "").primitives).positions
    ground = np.ptp(walls[walls[:, 1] == 0][:, 0])
    assert ground == pytest.approx(8.0)
    assert np.ptp(walls[:, 0]) > ground + 1.0


def test_sills_of_all_upper_storeys_are_equally_high_above_their_floors() -> None:
    model = model_of("as it comes", MEDIUM)
    walls = next(model.scene(MEDIUM, "").primitives).positions
    recessed = walls[np.abs(walls[:, 2] - (5.0 - model.kit.site.layout.style.reveal)) < 1e-5]
    above = np.unique(np.round(recessed[recessed[:, 1] > 3.0][:, 1] % 3.0, 4))
    assert len(above) == 2


@pytest.mark.parametrize("roof", ["flat", "gable", "hip", "mansard", "sawtooth"])
def test_every_roof_covers_the_walls_of_a_deep_narrow_house(roof: str) -> None:
    scene = model_with({"width_m": 4.0, "depth_m": 80.0, "roof": roof, "storeys": 2}).scene(LOW, "")
    covering = next(p for p in scene.primitives if p.material.name == "M_Building_Roof")
    assert np.ptp(covering.positions[:, 0]) > 3.7
    assert np.ptp(covering.positions[:, 2]) > 79.7
    assert covering.positions[:, 1].max() > 6.0


def test_qualities_differ_at_least_threefold() -> None:
    low, medium = (
        model_of("as it comes", budget).scene(budget, "").triangle_count for budget in (LOW, MEDIUM)
    )
    assert medium >= 3 * low


def emissive_share(options: dict[str, Any]) -> float:
    materials = model_with(options).scene(LOW, "").materials
    light = next(m for m in materials if m.name == "M_Building_Facade").emissive
    return 0.0 if light is None else float((light.pixels.max(axis=2) > 0).mean())


def test_lit_windows_shine_and_unlit_ones_need_no_emissive_map() -> None:
    assert emissive_share({"lit_windows": 0.0}) == 0
    assert 0 < emissive_share({"lit_windows": 0.2}) < emissive_share({"lit_windows": 1.0})


def test_density_decides_how_many_bays_have_a_window() -> None:
    options = [BuildingOptions(window_density=share) for share in (0.0, 0.3, 1.0)]
    models = [build(each, Brief(0, MEDIUM, 256)) for each in options]
    windows = [int((model.kit.site.bays.kind == 1).sum()) for model in models]
    assert windows[0] == 0
    assert 0 < windows[1] < windows[2]


def test_light_behind_windows_that_are_not_there_is_refused() -> None:
    with pytest.raises(ValidationError, match="Options do not fit together"):
        BuildingOptions(window_density=0.0, lit_windows=0.5)
    BuildingOptions(window_density=0.0)


@pytest.mark.parametrize("width", [4.0, 5.7, 11.3, 33.0, 80.0])
@pytest.mark.parametrize("depth", [4.0, 7.9, 80.0])
def test_bays_of_both_walls_are_nearly_equally_wide(width: float, depth: float) -> None:
    options = BuildingOptions(width_m=width, depth_m=depth)
    layout = Layout.of(options, style_of(options, 0), LOW)
    across, along = width / layout.bays[0], depth / layout.bays[1]
    assert max(across, along) / min(across, along) < 1.45


def test_the_same_seed_is_the_same_building_and_another_seed_another() -> None:
    first, again, other = (
        build(BuildingOptions(style="medieval"), Brief(seed, LOW, 256)) for seed in (1, 1, 2)
    )
    one, two = (next(model.scene(LOW, "").primitives) for model in (first, again))
    assert np.array_equal(one.positions, two.positions)
    assert np.array_equal(one.uvs, two.uvs)
    pixels = [model.materials["Facade"].base_colour.pixels for model in (first, again, other)]
    assert np.array_equal(pixels[0], pixels[1])
    assert pixels[0].shape != pixels[2].shape or not np.array_equal(pixels[0], pixels[2])
