"""Limits that depend on other options are told so that the number told is accepted."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from meshmill.geometry.generators.gear.spec import GearOptions
from meshmill.geometry.generators.terrain.spec import TerrainOptions
from meshmill.geometry.generators.vase.spec import VaseOptions
from meshmill.geometry.options import Options, told_limit


def told(options: type[Options], values: dict[str, Any], member: str) -> float | None:
    """The limit that a refusal names for ``member``, or None where there is none."""
    try:
        options(**values)
    except ValidationError as refusal:
        reason = refusal.errors()[0]["ctx"]["members"].get(member, "")
        found = re.search(r"at most (?:half of size_m \()?([0-9.]*[0-9])", reason)
        return float(found[1]) if found else None
    return None


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.floats(0.05, 2), st.floats(0.3, 1.5), st.floats(0.1, 1))
def test_the_wall_that_a_vase_allows_is_allowed(height: float, belly: float, neck: float) -> None:
    values = {"height_m": height, "belly": belly, "neck": neck}
    limit = told(VaseOptions, {**values, "wall_mm": 20.0}, "wall_mm")
    if limit is not None and limit >= 2:
        VaseOptions(**values, wall_mm=limit)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(30, 200), st.floats(5, 20))
def test_the_bore_that_a_gear_allows_is_allowed(teeth: int, module: float) -> None:
    values = {"teeth": teeth, "module_mm": module}
    limit = told(GearOptions, {**values, "bore_mm": 4_900.0}, "bore_mm")
    assert limit is not None
    GearOptions(**values, bore_mm=limit)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.floats(16, 1_900))
def test_the_relief_that_a_tile_allows_is_allowed(size: float) -> None:
    limit = told(TerrainOptions, {"size_m": size, "relief_m": 1_000.0}, "relief_m")
    assert limit is not None
    TerrainOptions(size_m=size, relief_m=limit)


@pytest.mark.parametrize(("limit", "text"), [(617.2835, "617.2"), (8.0, "8"), (11.1499, "11.14")])
def test_limits_are_rounded_down(limit: float, text: str) -> None:
    assert told_limit(limit) == text


def test_weather_changes_every_landform() -> None:
    from meshmill.geometry.generators.terrain.relief import make_relief  # noqa: PLC0415

    for landform in ("plains", "hills", "mountains", "dunes", "canyon", "island"):
        mild, wild = (
            make_relief(TerrainOptions(landform=landform, erosion=share), 1, 64).height
            for share in (0.2, 1.0)
        )
        assert (mild != wild).any(), landform
