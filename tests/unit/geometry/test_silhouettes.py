"""Levels of detail keep the outline that is seen."""

from __future__ import annotations

import numpy as np
import pytest

from meshmill.geometry.engine import build_model
from meshmill.geometry.levels import BUDGETS, level_budget
from meshmill.geometry.rasterise import EMPTY, rasterise
from meshmill.geometry.registry import GENERATORS
from meshmill.geometry.scene import Scene
from tests.unit.geometry.specs import asset_spec

VIEWS = 12
SIZE = 256
OVERLAPS = {1: 0.98, 2: 0.95, 3: 0.90}


def outline(scene: Scene, turn: float, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Which samples of a parallel view from the side, 20 degrees up, show the scene."""
    across = np.array([np.cos(turn), 0, -np.sin(turn)])
    tilt = np.radians(20)
    back = np.array([np.sin(turn) * np.cos(tilt), np.sin(tilt), np.cos(turn) * np.cos(tilt)])
    up = np.cross(back, across)
    centre, reach = (low + high) / 2, np.linalg.norm(high - low)
    shown = np.zeros(SIZE * SIZE, dtype=bool)
    for primitive in scene.primitives:
        points = (primitive.positions - centre) / reach
        screen = np.stack(
            (
                (points @ across + 0.5) * SIZE,
                (0.5 - points @ up) * SIZE,
                points @ back + 1,
            ),
            axis=1,
        )
        seen = rasterise(screen.astype(np.float32), primitive.triangles, SIZE)
        shown |= seen.triangle != EMPTY
    return shown


@pytest.mark.parametrize("generator", GENERATORS)
def test_outlines_of_levels_overlap_the_models_in_twelve_views(generator: str) -> None:
    model = build_model(asset_spec(generator, quality="medium"))
    full = model.scene(BUDGETS["medium"], "")
    points = np.concatenate([primitive.positions for primitive in full.primitives])
    low, high = points.min(axis=0), points.max(axis=0)
    turns = 2 * np.pi * np.arange(VIEWS) / VIEWS
    outlines = [outline(full, turn, low, high) for turn in turns]
    for level, least in OVERLAPS.items():
        scene = model.scene(level_budget(BUDGETS["medium"], level), "")
        for turn, whole in zip(turns, outlines, strict=True):
            part = outline(scene, turn, low, high)
            overlap = (part & whole).sum() / (part | whole).sum()
            assert overlap >= least, f"level {level}, {np.degrees(turn):.0f} degrees"
