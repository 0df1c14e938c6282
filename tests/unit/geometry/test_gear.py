"""Gears: dimensions, meshing flanks, closed solids at the corners of the options."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from meshmill.geometry.generators.gear.build import GearModel, build
from meshmill.geometry.generators.gear.pierced import pierced
from meshmill.geometry.generators.gear.spec import GearOptions
from meshmill.geometry.generators.gear.tooth import BACKLASH, Tooth
from meshmill.geometry.levels import BUDGETS
from meshmill.geometry.model import Brief
from meshmill.geometry.scene import Scene
from tests.acceptance.topology import (
    degenerate_faces,
    doubled_faces,
    non_manifold_edges,
    open_edges,
    outward_share,
    part_volumes,
)
from tests.acceptance.welding import Welded

LOW = BUDGETS["low"]
CORNERS: dict[str, dict[str, Any]] = {
    "as it comes": {},
    "pinion": {"teeth": 8, "module_mm": 10.0, "pressure_angle_deg": 14.5},
    "wire": {"teeth": 8, "module_mm": 0.5, "face_width_mm": 500.0, "bore_mm": 0.0},
    "fine wheel": {"teeth": 200, "module_mm": 0.5, "face_width_mm": 10.0},
    "large wheel": {"teeth": 200, "module_mm": 50.0, "bore_mm": 4937.5, "web": "spokes"},
    "disc": {"teeth": 200, "module_mm": 50.0, "face_width_mm": 1.0, "web": "holes"},
    "left-handed": {"teeth": 12, "helix_deg": -45.0, "face_width_mm": 90.0},
    "narrow web": {"teeth": 30, "module_mm": 2.0, "web": "spokes"},
    "spoked": {"teeth": 41, "web": "spokes", "pressure_angle_deg": 25.0},
    "drilled": {"teeth": 48, "module_mm": 2.0, "web": "holes", "helix_deg": 20.0},
    "without a bore": {"bore_mm": 0.0},
    "without a keyway": {"bore_mm": 3.0, "keyway": False},
}


def gear(options: dict[str, Any] | None = None, *, seed: int = 0, budget: int = LOW) -> GearModel:
    return build(GearOptions(**(options or {})), Brief(seed, budget, 256))


def points_of(scene: Scene) -> np.ndarray[Any, Any]:
    return np.concatenate([primitive.positions for primitive in scene.primitives]).astype(float)


@pytest.mark.parametrize("options", CORNERS.values(), ids=CORNERS)
def test_is_one_closed_solid_within_its_budget(options: dict[str, Any]) -> None:
    scene = gear(options).scene(LOW, "")
    solid = Welded.of(scene.primitives)
    assert scene.triangle_count <= LOW
    assert open_edges(solid) == non_manifold_edges(solid) == doubled_faces(solid) == 0
    assert degenerate_faces(solid, solid.size) == 0
    volumes = part_volumes(solid)
    assert len(volumes) == 1
    assert volumes[0] > 0
    assert min(outward_share(primitive) for primitive in scene.primitives) > 0.995


@pytest.mark.parametrize("options", CORNERS.values(), ids=CORNERS)
def test_has_the_dimensions_that_were_asked_for(options: dict[str, Any]) -> None:
    asked = GearOptions(**options)
    points = points_of(gear(options).scene(LOW, ""))
    radii = np.hypot(points[:, 0], points[:, 2]) * 1000
    assert points[:, 1].min() == 0.0
    assert np.ptp(points[:, 1]) * 1000 == pytest.approx(asked.face_width_mm, rel=1e-6)
    assert radii.max() == pytest.approx(asked.module_mm * (asked.teeth / 2 + 1), rel=1e-5)
    if asked.bore_mm:
        assert radii.min() * 2 == pytest.approx(asked.bore_mm, rel=1e-5)


@pytest.mark.parametrize("teeth", [8, 17, 24, 200])
def test_has_as_many_teeth_as_asked_for(teeth: int) -> None:
    points = points_of(gear({"teeth": teeth, "module_mm": 10.0}).scene(LOW, ""))
    top = points[points[:, 1] > points[:, 1].max() * 0.999]
    radii = np.hypot(top[:, 0], top[:, 2])
    tips = top[radii > radii.max() - 0.001]
    turns = np.sort(np.arctan2(tips[:, 2], tips[:, 0])) * teeth / (2 * np.pi)
    gaps = np.diff(np.concatenate((turns, turns[:1] + teeth)))
    assert (gaps > 0.4).sum() == teeth


@pytest.mark.parametrize("pressure_angle", [14.5, 20.0, 25.0])
@pytest.mark.parametrize("teeth", [8, 18, 60])
def test_flanks_are_involutes_half_a_pitch_thick(teeth: int, pressure_angle: float) -> None:
    tooth = Tooth(teeth, pressure_angle / 360)
    roll = np.linspace(tooth.join()[1], tooth.roll_at(tooth.tip), 50)
    points, _ = tooth.involute(roll)
    radius = np.hypot(*points.T)
    base = teeth / 2 * np.cos(np.radians(pressure_angle))
    at = np.arccos(base / radius)
    slope = np.radians(pressure_angle)
    half = np.pi / (2 * teeth) + np.tan(slope) - slope - (np.tan(at) - at)
    off = (half - np.arctan2(points[:, 1], points[:, 0])) * teeth / 2
    assert off == pytest.approx(BACKLASH / 2, abs=1e-9)


@pytest.mark.parametrize("teeth", [8, 12, 16])
def test_roots_leave_room_for_the_rack_that_cut_them(teeth: int) -> None:
    """A rack of the same module rolls without touching: gears with few teeth are undercut."""
    tooth = Tooth(teeth, 20 / 360)
    way, roll = tooth.join()
    outline = np.concatenate(
        (
            tooth.trochoid(np.linspace(0, way, 60))[0],
            tooth.involute(np.linspace(roll, tooth.roll_at(tooth.tip), 60))[0],
        )
    )
    pitch = teeth / 2
    for turn in np.linspace(-1.0, 1.0, 81):
        cos, sin = np.cos(turn), np.sin(turn)
        x = outline[:, 0] * cos - outline[:, 1] * sin - pitch
        y = outline[:, 0] * sin + outline[:, 1] * cos
        # The rack's flank beside this tooth, straight from its tip to one module below its root.
        reach = np.pi / 4 - BACKLASH / 2 + pitch * turn - np.tan(np.radians(20)) * x
        within = (x > -1.0) & (x < 1.0)
        assert (y[within] <= reach[within] + 1e-6).all()


def test_a_right_handed_helix_climbs_counter_clockwise() -> None:
    def lean(helix: float) -> float:
        points = points_of(gear({"teeth": 8, "module_mm": 10.0, "helix_deg": helix}).scene(LOW, ""))
        tips = points[np.hypot(points[:, 0], points[:, 2]) > 0.0495]
        ends = [tips[tips[:, 1] > 0.03], tips[tips[:, 1] < 0.01]]
        top, foot = (np.exp(8j * np.arctan2(-end[:, 2], end[:, 0])).sum() for end in ends)
        return float(np.angle(top / foot))

    assert lean(10.0) > 0.1
    assert lean(-10.0) == pytest.approx(-lean(10.0), abs=1e-5)


@pytest.mark.parametrize("label", ["as it comes", "spoked", "left-handed", "fine wheel"])
def test_levels_get_coarser_within_the_same_bounds(label: str) -> None:
    model = gear(CORNERS[label])
    scenes = [model.scene(LOW >> level, f"_LOD{level}") for level in range(4)]
    counts = [scene.triangle_count for scene in scenes]
    assert all(count <= LOW >> level for level, count in enumerate(counts))
    assert all(fewer <= 0.8 * more for more, fewer in pairwise(counts))
    sizes = [np.ptp(points_of(scene), axis=0) for scene in scenes]
    for size in sizes[1:]:
        assert size == pytest.approx(sizes[0], abs=0.02 * sizes[0].max())
    assert {id(t) for scene in scenes for t in scene.textures} <= {
        id(t) for t in scenes[0].textures
    }


def test_qualities_are_three_times_apart() -> None:
    for label in ("as it comes", "pinion", "spoked"):
        counts = [
            gear(CORNERS[label], budget=budget).scene(budget, "").triangle_count
            for budget in (2_000, 20_000)
        ]
        assert counts[1] >= 3 * counts[0]


@pytest.mark.parametrize(
    ("options", "member"),
    [
        ({"teeth": 8}, "bore_mm"),
        ({"bore_mm": 5.0}, "keyway"),
        ({"bore_mm": 0.0, "keyway": False}, "keyway"),
        ({"teeth": 8, "bore_mm": 0.0, "web": "spokes"}, "web"),
        ({"bore_mm": 53.0, "web": "holes"}, "web"),
        ({"helix_deg": 45.0, "face_width_mm": 500.0}, "face_width_mm"),
    ],
)
def test_refuses_what_does_not_fit_together(options: dict[str, Any], member: str) -> None:
    with pytest.raises(ValidationError) as refused:
        GearOptions(**options)
    assert member in refused.value.errors()[0]["ctx"]["members"]


def test_tells_the_greatest_bore() -> None:
    with pytest.raises(ValidationError) as refused:
        GearOptions(teeth=8)
    reason = refused.value.errors()[0]["ctx"]["members"]["bore_mm"]
    assert reason == "must be at most 13.75, half of the root circle's diameter"


def test_a_pressure_angle_has_one_spelling() -> None:
    whole, decimal = (
        GearOptions.model_validate_json(f'{{"pressure_angle_deg": {text}}}')
        for text in ("20", "20.0")
    )
    assert whole == decimal == GearOptions()
    with pytest.raises(ValidationError):
        GearOptions(pressure_angle_deg=21.0)


def test_the_same_seed_is_the_same_gear_and_another_is_not() -> None:
    first, again, other = (gear(CORNERS["spoked"], seed=seed) for seed in (3, 3, 4))
    for one, two in zip(
        first.scene(LOW, "").primitives, again.scene(LOW, "").primitives, strict=True
    ):
        assert (one.positions == two.positions).all()
        assert (one.uvs == two.uvs).all()
    assert all(
        (one.pixels == two.pixels).all()
        for one, two in zip(
            first.steel.material.textures, again.steel.material.textures, strict=True
        )
    )
    colours = first.steel.material.base_colour, other.steel.material.base_colour
    assert (colours[0].pixels != colours[1].pixels).any()


def test_a_web_is_painted_iron_and_a_small_gear_all_steel() -> None:
    names = [m.name for m in gear(CORNERS["spoked"]).scene(LOW, "").materials]
    assert names == ["M_Gear_Steel", "M_Gear_Web"]
    assert [m.name for m in gear(CORNERS["pinion"]).scene(LOW, "").materials] == names[:1]


def test_pierced_polygons_are_covered_once() -> None:
    square = np.array([[0, 0], [4, 0], [4, 4], [0, 4]], dtype=float)
    hole = np.array([[1, 1], [2, 1], [2, 3], [1, 3]], dtype=float)
    points = np.concatenate((square, hole))
    a, b, c = (points[pierced(points, 4)[:, corner]] for corner in range(3))
    areas = ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]) / 2
    assert (areas > 0).all()
    assert areas.sum() == pytest.approx(16 - 2)
