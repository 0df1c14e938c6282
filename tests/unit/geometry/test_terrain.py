"""Terrain: what is special to it; what all assets must hold is in tests/acceptance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from meshmill.geometry.generators.terrain.borders import Border
from meshmill.geometry.generators.terrain.build import TerrainModel, build
from meshmill.geometry.generators.terrain.drape import Drape
from meshmill.geometry.generators.terrain.landforms import landform
from meshmill.geometry.generators.terrain.layout import Layout
from meshmill.geometry.generators.terrain.relief import Relief, make_relief
from meshmill.geometry.generators.terrain.slopes import axis, wrapped_gradients
from meshmill.geometry.generators.terrain.spec import TerrainOptions
from meshmill.geometry.model import Brief

BUDGET = 2_000
LANDFORMS = ("plains", "hills", "mountains", "dunes", "canyon", "island")


def terrain(seed: int = 1, **options: Any) -> TerrainModel:
    return build(TerrainOptions(**options), Brief(seed, BUDGET, 256))


def relief(name: str, seed: int = 1, **options: Any) -> Relief:
    return make_relief(TerrainOptions(landform=name, **options), seed, 64)  # type: ignore[arg-type]


def positions(model: TerrainModel, budget: int = BUDGET) -> np.ndarray:
    return next(iter(model.scene(budget, "").primitives)).positions


@pytest.mark.parametrize("name", LANDFORMS)
def test_relief_spans_what_was_asked_for(name: str) -> None:
    height = relief(name).height
    assert (height.min(), height.max()) == (0, 1)


@pytest.mark.parametrize("name", LANDFORMS)
def test_borders_are_the_same_for_every_seed(name: str) -> None:
    first, second = (relief(name, seed).height for seed in (1, 2))
    for side in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
        assert (first[side] == second[side]).all()
    assert (first[0] == first[-1]).all()
    assert (first[:, 0] == first[:, -1]).all()


@pytest.mark.parametrize("name", ["plains", "hills", "mountains", "dunes", "island"])
def test_land_as_high_as_half_its_width_is_climbable(name: str) -> None:
    height = relief(name, relief_m=128.0).height
    down, right = wrapped_gradients(height * np.float32(0.5), 1.0 / 64)
    assert np.percentile(np.hypot(down, right), 90) < 1.6


def test_a_river_runs_through_the_canyon_from_border_to_border() -> None:
    height = relief("canyon").height
    assert height.min(axis=1).max() < 0.12
    assert height[:, [0, -1]].min() > 0.6


def test_walls_of_a_deep_canyon_take_more_room() -> None:
    shallow, deep = (Border.of(landform("canyon", s), 64).common for s in (0.1, 0.5))
    assert (deep < 0.5).mean() > (shallow < 0.5).mean()


def test_draped_lines_are_closer_where_the_land_is_steep() -> None:
    ticks = axis(64)
    step = np.clip((ticks - np.float32(0.4)) * np.float32(5.0), 0, 1)
    height = np.repeat(step[None, :], 65, axis=0).astype(np.float32)
    _, columns = Drape.of(height, 0.5).over(32)
    widths = np.diff(columns[16])
    slope = (columns[16][:-1] > 0.42) & (columns[16][1:] < 0.58)
    assert widths[slope].mean() < 0.6 * widths[~slope].mean()
    assert (widths > 0).all()


def test_draped_borders_are_straight_and_the_same_for_every_seed() -> None:
    drapes = [Drape.of(relief("hills", seed).height, 0.25).over(20) for seed in (1, 2)]
    for rows, columns in drapes:
        assert (rows[0] == 0).all()
        assert (rows[-1] == 1).all()
        assert (columns[:, 0] == 0).all()
        assert (columns[:, -1] == 1).all()
    assert (drapes[0][1][0] == drapes[1][1][0]).all()
    assert (drapes[0][0][:, 0] == drapes[1][0][:, 0]).all()


def test_no_cell_of_a_draped_lattice_is_turned_over() -> None:
    rows, columns = Drape.of(relief("mountains", relief_m=128.0).height, 0.5).over(64)
    down = np.diff(rows, axis=0)[:, :-1], np.diff(columns, axis=0)[:, :-1]
    right = np.diff(rows, axis=1)[:-1], np.diff(columns, axis=1)[:-1]
    assert (down[0] * right[1] - down[1] * right[0] > 0).all()


def test_levels_of_detail_reach_summit_and_floor() -> None:
    model = terrain(relief_m=40.0, skirt_m=0.0)
    for budget in (BUDGET, 250):
        heights = positions(model, budget)[:, 1]
        assert heights.min() == 0
        assert heights.max() == pytest.approx(40.0)


def test_walls_have_the_texel_density_of_the_land() -> None:
    layout = Layout.of(100.0, 25.0)
    assert layout.margin / 25.0 == pytest.approx((1 - 2 * layout.margin) / 100.0)


def test_tiles_with_water_have_lattices_that_meet() -> None:
    counts = set()
    for seed in (1, 2, 3):
        points = positions(terrain(seed, landform="hills", sea_level=0.3), 500)
        counts.add(int((points[:, 0] == points[:, 0].min()).sum()))
    assert len(counts) == 1


def test_flat_land_is_flat() -> None:
    model = terrain(relief_m=0.0)
    land = positions(model)
    assert set(np.unique(land[:, 1])) <= {0.0, -2.0}
