"""The static types of what is asked for are what the service's document promises."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

import pytest

from meshmill.http.openapi.schemas import schemas
from meshmill_client import (
    Format,
    GeneratorName,
    Parameters,
    Quality,
    TextureFormat,
    TextureSize,
)

SCHEMAS = schemas()
ASKED = SCHEMAS["AssetRequest"]["properties"]
GENERATED: dict[str, Any] = SCHEMAS["TerrainParameters"]["properties"]


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (Format, ASKED["format"]),
        (Quality, GENERATED["quality"]),
        (TextureFormat, GENERATED["texture_format"]),
        (TextureSize, GENERATED["texture_size"]),
    ],
)
def test_a_choice_has_the_values_of_the_service(kind: Any, schema: dict[str, Any]) -> None:
    assert list(get_args(kind)) == schema["enum"]


def test_every_generator_has_its_name() -> None:
    promised = {option["$ref"].rpartition("/")[2] for option in ASKED["parameters"]["oneOf"]}
    assert {f"{name.title()}Parameters" for name in get_args(GeneratorName)} == promised


def test_parameters_have_the_members_of_the_service() -> None:
    assert {*Parameters.__annotations__} == {*GENERATED}
    levels = GENERATED["lods"]
    assert list(get_args(get_type_hints(Parameters)["lods"])) == [
        *range(levels["minimum"], levels["maximum"] + 1)
    ]
