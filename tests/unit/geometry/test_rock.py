"""Rocks: what is special to them; what all assets must hold is in tests/acceptance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from meshmill.geometry.box import BoxLattice, counts_for, triangles_of
from meshmill.geometry.generators.rock.build import RockModel, build
from meshmill.geometry.generators.rock.fitting import Interpolation
from meshmill.geometry.generators.rock.group import draw
from meshmill.geometry.generators.rock.spacing import Spacing
from meshmill.geometry.generators.rock.spec import RockOptions
from meshmill.geometry.generators.rock.stone import Stone, shape_of
from meshmill.geometry.model import Brief

BUDGET = 2_000
FORMS = ("boulder", "slab", "spire", "cobble", "shard")


def rock(seed: int = 1, **options: Any) -> RockModel:
    return build(RockOptions(**options), Brief(seed, BUDGET, 256))


def stone_of(form: str) -> Stone:
    return draw(RockOptions(form=form), 4)[0].stone  # type: ignore[arg-type]


def cell_edges(stone: Stone, lattice: BoxLattice) -> np.ndarray:
    points = shape_of(stone, lattice.directions, 0.1).positions.astype(float)
    across = [points[f][:, 1:] - points[f][:, :-1] for f in lattice.faces]
    down = [points[f][1:] - points[f][:-1] for f in lattice.faces]
    return np.concatenate([np.linalg.norm(e, axis=-1).ravel() for e in (*across, *down)])


@pytest.mark.parametrize("form", FORMS)
def test_lattice_lines_run_more_evenly_than_angles(form: str) -> None:
    stone = stone_of(form)
    counts = counts_for(BUDGET, stone.proportions)
    even, settled = BoxLattice.of(counts), Spacing.of(stone).lattice(counts)
    before, after = (cell_edges(stone, lattice) for lattice in (even, settled))
    assert after.std() / after.mean() < 0.8 * before.std() / before.mean()


@pytest.mark.parametrize("form", FORMS)
def test_faces_still_share_their_edges_when_lines_have_moved(form: str) -> None:
    stone = stone_of(form)
    lattice = Spacing.of(stone).lattice((4, 5, 6))
    assert len(np.unique(lattice.directions, axis=0)) == len(lattice.directions)
    assert np.linalg.norm(lattice.directions, axis=1) == pytest.approx(1.0, abs=1e-6)


def test_a_lattice_is_interpolated_exactly_from_itself() -> None:
    lattice = BoxLattice.of((3, 4, 5))
    same = Interpolation.of(lattice, lattice)
    assert (same.weights.max(axis=1) == 1).all()
    points = lattice.directions * np.float32(2.0)
    assert same.fitted(points, points) == pytest.approx(points)


def test_fitting_brings_a_coarse_lattice_nearer_to_a_fine_one() -> None:
    coarse, fine = BoxLattice.of((3, 3, 3)), BoxLattice.of((12, 12, 12))
    between = Interpolation.of(coarse, fine)

    def error(points: np.ndarray) -> float:
        shown = (between.weights[:, :, None] * points[between.corners]).sum(axis=1)
        return float(np.linalg.norm(shown - fine.directions, axis=1).mean())

    fitted = between.fitted(coarse.directions, fine.directions)
    assert error(fitted) < 0.75 * error(coarse.directions)


@pytest.mark.parametrize("cluster", [1, 3, 7])
def test_stones_of_a_cluster_share_the_budget(cluster: int) -> None:
    model = rock(cluster=cluster)
    for level in (1, 2, 3):
        count = model.scene(BUDGET >> level, "").triangle_count
        assert count == pytest.approx(BUDGET >> level, rel=0.25)


def test_details_too_fine_for_a_lattice_are_left_to_the_normal_map() -> None:
    stone = stone_of("boulder")
    directions = BoxLattice.of((12, 12, 12)).directions
    coarse, fine = (shape_of(stone, directions, spacing) for spacing in (0.3, 0.02))
    ripple = np.linalg.norm(coarse.positions - fine.positions, axis=1)
    assert 0.0 < ripple.mean() < 0.1


def test_moss_turns_what_looks_up_green() -> None:
    bare, mossy = (
        rock(moss=moss, mineral="basalt").material.base_colour.pixels.astype(int)
        for moss in (0.0, 1.0)
    )
    green = [float((p[:, :, 1] > p[:, :, 2] + 20).mean()) for p in (bare, mossy)]
    assert green[0] < 0.02
    assert green[1] > 0.2


def test_levels_of_detail_keep_the_bounds() -> None:
    model = rock(form="spire")
    full, coarse = (
        next(iter(model.scene(budget, "").primitives)).positions for budget in (BUDGET, 250)
    )
    assert coarse.min(axis=0) == pytest.approx(full.min(axis=0), abs=1e-6)
    assert coarse.max(axis=0) == pytest.approx(full.max(axis=0), abs=1e-6)


def test_counts_follow_the_middle_of_a_tapered_stone() -> None:
    stone = stone_of("shard")
    assert stone.proportions[0] < stone.size[0]
    assert triangles_of(counts_for(BUDGET, stone.proportions)) == pytest.approx(BUDGET, rel=0.1)
