"""What is told of an asset before it is made holds once it is made.

Seconds and memory are compared by ``make bench``, which measures them in processes of their own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from meshmill.geometry.engine import generate
from meshmill.geometry.estimate import estimate, profile_of
from meshmill.geometry.estimates.measures import measures_of
from meshmill.geometry.registry import FORMATS, GENERATORS
from meshmill.geometry.spec import AssetSpec
from tests.unit.geometry.specs import OPTIONS, SAMPLES, asset_spec, random_specs

FACTOR = 1.5
TARGETS = [
    (target.name, texture_format)
    for target in FORMATS.values()
    for texture_format in target.texture_formats
]


def differently(spec: AssetSpec, **changes: Any) -> AssetSpec:
    """The same asset, but for its format or some parameters."""
    members = spec.canonical()
    members["format"] = changes.pop("format", members["format"])
    return AssetSpec.model_validate(members | {"parameters": members["parameters"] | changes})


def assert_as_estimated(spec: AssetSpec) -> None:
    told, artefact = estimate(spec), generate(spec)
    triangles = artefact.stats.triangles
    size = sum(len(file.data) for file in artefact.files)
    assert triangles / FACTOR <= told.triangles <= triangles * FACTOR
    assert size / FACTOR <= told.bytes <= size * FACTOR


@pytest.mark.parametrize("label", SAMPLES)
def test_triangles_and_bytes_of_every_sample(label: str) -> None:
    assert_as_estimated(SAMPLES[label])


@pytest.mark.parametrize("generator", GENERATORS)
@pytest.mark.parametrize(("output_format", "texture_format"), TARGETS)
def test_triangles_and_bytes_in_every_format_and_encoding(
    generator: str, output_format: str, texture_format: str
) -> None:
    sample = SAMPLES[list(OPTIONS[generator])[1]]
    changes = {"format": output_format, "texture_format": texture_format, "lods": 2}
    assert_as_estimated(differently(sample, **changes))


@pytest.mark.parametrize("generator", GENERATORS)
@pytest.mark.parametrize(
    ("quality", "size"), [("low", 1024), ("medium", 256), ("medium", 512), ("high", 256)]
)
def test_triangles_and_bytes_of_every_quality_and_size(
    generator: str, quality: str, size: int
) -> None:
    assert_as_estimated(asset_spec(generator, quality=quality, texture_size=size))


@settings(
    max_examples=25, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
@given(random_specs())
def test_triangles_and_bytes_of_any_options(spec: AssetSpec) -> None:
    assert_as_estimated(spec)


@pytest.mark.parametrize("generator", GENERATORS)
@pytest.mark.parametrize(
    ("less", "more"),
    [
        ({"quality": "low"}, {"quality": "high"}),
        ({"texture_size": 512}, {"texture_size": 4096}),
        ({"lods": 0}, {"lods": 3}),
    ],
    ids=["quality", "texture_size", "lods"],
)
def test_more_is_never_estimated_to_take_less(
    generator: str, less: dict[str, Any], more: dict[str, Any]
) -> None:
    small = estimate(asset_spec(generator, **less))
    large = estimate(asset_spec(generator, **more))
    assert small.triangles <= large.triangles
    assert small.bytes < large.bytes
    assert small.seconds <= large.seconds
    assert small.megabytes <= large.megabytes


@pytest.mark.parametrize("generator", GENERATORS)
def test_a_profile_names_measures_of_the_options_alone(generator: str) -> None:
    profile = profile_of(generator)
    measures = measures_of(generator, GENERATORS[generator].options())
    trends = [
        *profile.budget_share.values(), *profile.texel_bytes.values(),
        *profile.shape_seconds.values(), profile.preview_bytes, profile.texture_seconds,
    ]  # fmt: skip
    assert {name for trend in trends for name in trend.factors} <= set(measures)


def test_estimating_loads_no_numpy() -> None:
    program = (
        "import sys; from meshmill.geometry.estimate import estimate;"
        "from meshmill.geometry.registry import GENERATORS;"
        "from meshmill.geometry.spec import AssetSpec;"
        "[estimate(AssetSpec.model_validate({'format': 'gltf', 'parameters': {'generator': name}}))"
        " for name in GENERATORS]; sys.exit('numpy' in sys.modules)"
    )
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, "-c", program], env=environment, check=False)
    assert run.returncode == 0
