"""The engine still makes what it made, or says so by its version."""

from __future__ import annotations

import pytest

from meshmill.geometry.version import ENGINE_VERSION
from tests.golden.record import VersionUnchanged, current_content, recorded, updated


def test_geometry_and_pixels_are_those_recorded_for_this_engine_version() -> None:
    record = recorded()
    assert record["engine_version"] == ENGINE_VERSION, "run python -m tests.golden.record"
    assert current_content() == record["content"], "change ENGINE_VERSION, then record again"


def test_changed_content_cannot_be_recorded_under_the_same_version() -> None:
    record = {"engine_version": "1.0.0", "content": {"rock": {"model": "a"}}}
    with pytest.raises(VersionUnchanged, match="rock"):
        updated(record, {"rock": {"model": "b"}}, "1.0.0")


def test_changed_content_is_recorded_under_a_new_version() -> None:
    record = {"engine_version": "1.0.0", "content": {"rock": {"model": "a"}}}
    renewed = updated(record, {"rock": {"model": "b"}}, "1.1.0")
    assert renewed == {"engine_version": "1.1.0", "content": {"rock": {"model": "b"}}}


def test_further_specs_are_recorded_without_a_new_version() -> None:
    record = {"engine_version": "1.0.0", "content": {"rock": {"model": "a"}}}
    content = {"rock": {"model": "a"}, "vase": {"model": "c"}}
    assert updated(record, content, "1.0.0")["content"] == content
