"""Every asset that may be asked for fits the function that makes it.

Hence the API refuses no request for its size: there is none too large to be built.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from infra.config import stage_config
from meshmill.geometry.estimate import Estimate, estimate
from meshmill.geometry.registry import FORMATS, GENERATORS
from meshmill.geometry.spec import AssetSpec
from tests.infra.templates import STAGES
from tests.unit.geometry.specs import OPTIONS, extremes, fitting

#: Estimates are right to half as much again; memory, which ends a process, is given its margin.
MEMORY_MARGIN, TIME_MARGIN = 1.25, 1.5
#: From this many MB on a function has a core of its own: *Configure Lambda function memory*.
WHOLE_CORE = 1769


def largest(generator: str, output_format: str, texture_format: str) -> list[Estimate]:
    """Estimates of the largest assets at every corner of the options."""
    options = GENERATORS[generator].options
    corners = [*OPTIONS[generator].values(), *extremes(options).values()]
    parameters = {
        "generator": generator, "quality": "high", "texture_size": 4096, "lods": 3,
        "texture_format": texture_format,
    }  # fmt: skip
    requests: list[dict[str, Any]] = [
        {"format": output_format, "parameters": parameters | {"options": fitted}}
        for corner in corners
        if (fitted := fitting(options, corner)) is not None
    ]
    return [estimate(AssetSpec.model_validate(request)) for request in requests]


@pytest.fixture(scope="module")
def every_largest() -> list[Estimate]:
    return [
        each
        for generator, target in product(GENERATORS, FORMATS.values())
        for texture_format in target.texture_formats
        for each in largest(generator, target.name, texture_format)
    ]


@pytest.mark.parametrize("name", STAGES)
def test_memory_holds_the_largest_asset(name: str, every_largest: list[Estimate]) -> None:
    memory = stage_config(name).functions["generate"].memory_mb
    assert max(each.megabytes for each in every_largest) * MEMORY_MARGIN <= memory


@pytest.mark.parametrize("name", STAGES)
def test_the_largest_asset_is_done_before_an_unclaimed_one_is_handed_back(
    name: str, every_largest: list[Estimate]
) -> None:
    """An attempt begins while at least the reserve is left of the invocation."""
    stage = stage_config(name)
    assert stage.functions["generate"].memory_mb >= WHOLE_CORE
    assert max(each.seconds for each in every_largest) * TIME_MARGIN <= stage.attempts.reserve
