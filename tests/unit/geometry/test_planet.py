"""Planets: what is special to them; what all assets must hold is in tests/acceptance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from meshmill.geometry.generators.planet.build import PlanetModel, build
from meshmill.geometry.generators.planet.craters import draw_craters
from meshmill.geometry.generators.planet.spec import PlanetOptions
from meshmill.geometry.model import Brief
from meshmill.geometry.scene import Material

BUDGET = 2_000


def planet(seed: int = 1, **options: Any) -> PlanetModel:
    return build(PlanetOptions(**options), Brief(seed, BUDGET, 256))


def materials(model: PlanetModel) -> dict[str, Material]:
    return {material.name: material for material in model.scene(BUDGET, "").materials}


def surface_radii(model: PlanetModel) -> np.ndarray:
    surface = next(iter(model.scene(BUDGET, "").primitives))
    return np.linalg.norm(surface.positions.astype(float), axis=1)


def charted(model: PlanetModel, pixels: np.ndarray) -> np.ndarray:
    return np.concatenate([pixels[chart.area].reshape(-1, 3) for chart in model.atlas.charts])


def blue_share(model: PlanetModel) -> float:
    red, _, blue = charted(model, model.material.base_colour.pixels).astype(int).T
    return float((blue > red + 25).mean())


def test_ground_rises_from_the_datum_by_the_relief_asked_for() -> None:
    radii = surface_radii(planet(radius_m=10.0, relief=0.1, ocean=0.3))
    assert radii.min() == pytest.approx(10, rel=0.005)
    assert 10.3 < radii.max() < 11.05


def test_a_globe_without_relief_and_a_giant_are_round() -> None:
    for model in (planet(relief=0.0), planet(kind="gas")):
        assert surface_radii(model) == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize("share", [0.2, 0.55, 0.9])
def test_the_share_of_the_ocean_is_the_one_asked_for(share: float) -> None:
    assert blue_share(planet(ocean=share, ice_caps=0.0)) == pytest.approx(share, abs=0.13)


def test_ice_caps_lie_at_the_poles() -> None:
    model = planet(ocean=1.0, ice_caps=0.4)
    pixels = model.material.base_colour.pixels
    top, equator = model.atlas.charts[4], model.atlas.charts[0]
    centre = pixels[top.top + top.height // 2, top.left + top.width // 2]
    assert centre.min() > 200
    middle = pixels[equator.top + equator.height // 2, equator.left + equator.width // 2]
    assert middle[0] < 100


def test_more_craters_leave_rougher_ground() -> None:
    smooth, battered = (
        charted(model, model.material.normal.pixels).astype(float).std()
        for model in (planet(kind="moon", craters=0.0), planet(kind="moon", craters=1.0))
    )
    assert battered > smooth


def test_craters_follow_the_inverse_square_law() -> None:
    radii = np.array([crater.radius for crater in draw_craters(1.0, 5)])
    above, twice = (int((radii > limit).sum()) for limit in (0.02, 0.04))
    assert above / twice == pytest.approx(4, rel=0.35)


def test_lava_glows_and_nothing_else_does() -> None:
    lava = planet(kind="lava").material
    assert lava.emissive is not None
    assert lava.emissive_strength > 1
    assert lava.emissive.pixels.max() > 150
    for kind in ("terran", "arid", "ice", "gas", "moon"):
        assert planet(kind=kind).material.emissive is None


def test_shells_are_translucent_and_clear_of_the_ground() -> None:
    model = planet(relief=0.05, clouds=0.6, atmosphere=True)
    names = list(materials(model))
    assert names == ["M_Planet_Surface", "M_Planet_Clouds", "M_Planet_Atmosphere"]
    ground, clouds, air = (
        np.linalg.norm(primitive.positions.astype(float), axis=1)
        for primitive in model.scene(BUDGET, "").primitives
    )
    assert ground.max() < clouds.min() < clouds.max() < air.min()
    shells = [materials(model)[name] for name in names[1:]]
    assert [shell.alpha for shell in shells] == ["BLEND", "BLEND"]
    cover = shells[0].base_colour.pixels[..., 3]
    assert cover.min() == 0
    assert cover.max() > 150


def test_more_clouds_cover_more() -> None:
    thin, thick = (
        materials(planet(clouds=cover))["M_Planet_Clouds"].base_colour.pixels[..., 3].mean()
        for cover in (0.2, 0.9)
    )
    assert thick > 1.5 * thin


def test_giants_differ_by_their_seed() -> None:
    first, second = (
        charted(model, model.material.base_colour.pixels).mean(axis=0)
        for model in (planet(1, kind="gas"), planet(7, kind="gas"))
    )
    assert np.abs(first - second).max() > 10


@pytest.mark.parametrize(
    ("options", "member"),
    [
        ({"kind": "moon", "ocean": 0.3}, "ocean"),
        ({"kind": "moon", "clouds": 0.3}, "clouds"),
        ({"kind": "gas", "craters": 0.3}, "craters"),
        ({"kind": "gas", "relief": 0.03}, "relief"),
        ({"kind": "lava", "ice_caps": 0.3}, "ice_caps"),
        ({"ocean": 1.0, "relief": 0.03}, "relief"),
    ],
)
def test_an_option_without_effect_is_refused(options: dict[str, Any], member: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        PlanetOptions(**options)
    assert member in str(refusal.value.errors()[0]["ctx"]["members"])
