"""Every sample of every generator is accepted at every point of the list."""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest

from meshmill.geometry.registry import GENERATORS
from tests.acceptance.domain.registry import check_domain
from tests.acceptance.quality import scene_checks
from tests.acceptance.report import Check
from tests.acceptance.samples import sample
from tests.acceptance.subject import Asset
from tests.unit.geometry.specs import SAMPLES, asset_spec

NIGHTLY = os.environ.get("MESHMILL_NIGHTLY") == "1"


def all_pass(checks: Iterable[Check]) -> None:
    failed = [check.line for check in checks if check.passed is False]
    assert not failed, "\n" + "\n".join(failed)


@pytest.mark.parametrize("label", SAMPLES)
def test_a_sample_is_accepted_at_low_quality(label: str) -> None:
    all_pass(scene_checks(sample(label)))


@pytest.mark.parametrize("generator", GENERATORS)
def test_a_generators_default_is_accepted_at_medium_quality(generator: str) -> None:
    spec = asset_spec(generator, quality="medium", texture_size=512, seed=1)
    all_pass(scene_checks(Asset.of(spec)))


def test_a_gear_of_high_quality_has_involute_flanks() -> None:
    all_pass(check_domain(Asset.of(asset_spec("gear", quality="high"))))


@pytest.mark.skipif(not NIGHTLY, reason="some minutes; MESHMILL_NIGHTLY=1")
@pytest.mark.parametrize("quality", ["medium", "high"])
@pytest.mark.parametrize("label", SAMPLES)
def test_a_sample_is_accepted_at_finer_qualities_too(label: str, quality: str) -> None:
    asked = SAMPLES[label].parameters
    options = asked.options.model_dump(exclude_unset=True)
    spec = asset_spec(asked.generator, options, quality=quality, texture_size=512)
    all_pass(scene_checks(Asset.of(spec)))
