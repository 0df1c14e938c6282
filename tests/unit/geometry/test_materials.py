"""Texture maps show what the shape and the options say."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.engine import build_model
from meshmill.geometry.generators.terrain.build import TerrainModel
from meshmill.geometry.rasters import gathered
from tests.unit.geometry.specs import asset_spec


def test_normals_lean_away_from_slopes_that_the_mesh_is_too_coarse_to_follow() -> None:
    model = build_model(asset_spec("terrain", {"relief_m": 120, "skirt_m": 0}, seed=1))
    assert isinstance(model, TerrainModel)
    cells = model.relief.cells
    rows, columns = model.drape.over(cells)  # where the map's texels lie on the relief
    scale = np.float32(cells)
    relief = model.relief.height[:, :, None]
    height = gathered(relief, rows * scale, columns * scale)[:, :, 0].astype(float)
    east, south = np.diff(height, axis=1)[:-1], np.diff(height, axis=0)[:, :-1]
    step = 256 // cells
    normals = model.ground.normal.pixels.astype(float) / 127.5 - 1
    mean = normals.reshape(cells, step, cells, step, 3).mean(axis=(1, 3))
    # Steps that neighbouring mesh cells average away show in the map alone.
    rough_east = east - (np.roll(east, 2, axis=1) + np.roll(east, -2, axis=1)) / 2
    rough_south = south - (np.roll(south, 2, axis=0) + np.roll(south, -2, axis=0)) / 2
    assert np.corrcoef(rough_east.ravel(), mean[:, :, 0].ravel())[0, 1] < -0.3
    assert np.corrcoef(rough_south.ravel(), mean[:, :, 1].ravel())[0, 1] > 0.3


def test_on_a_terrain_u_runs_east_and_the_image_points_north() -> None:
    model = build_model(asset_spec("terrain", {"skirt_m": 0}, seed=1))
    ground = next(model.scene(2_000, "").primitives)
    assert (ground.tangents[:, 0] > 0).all()
    assert (ground.tangents[:, 3] == 1).all()
    assert (np.cross(ground.normals, ground.tangents[:, :3])[:, 2] < 0).all()


def test_moss_grows_on_top_and_none_where_none_is_asked() -> None:
    bare, mossy = (
        build_model(asset_spec("rock", {"moss": share})).scene(2_000, "").materials[0]
        for share in (0, 0.8)
    )
    greens = [
        ((m.base_colour.pixels[:, :, 1].astype(int) - m.base_colour.pixels[:, :, 2]) > 25).mean()
        for m in (bare, mossy)
    ]
    assert greens[0] < 0.001
    assert greens[1] > 0.1
