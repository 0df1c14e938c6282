"""The engine still makes what it made, or says so by its version; and the same on other CPUs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from meshmill.geometry.artefact import Artefact, ArtefactFile, Stats
from meshmill.geometry.version import ENGINE_VERSION
from tests.golden.assets import ASSETS
from tests.golden.check import differing
from tests.golden.record import VersionUnchanged, recorded, updated
from tests.golden.simd import without_simd
from tests.golden.twice import compared

ROOT = Path(__file__).resolve().parents[3]


def digests(content: str, data: str = "d") -> dict[str, dict[str, str]]:
    return {"content": {"model": content}, "bytes": {"model": data}}


def test_the_record_is_of_this_engine_version_and_of_every_asset() -> None:
    record = recorded()
    assert record["engine_version"] == ENGINE_VERSION, "run python -m tests.golden.record"
    assert set(record["assets"]) == set(ASSETS), "run python -m tests.golden.record"


@pytest.mark.parametrize("label", ASSETS)
def test_geometry_pixels_and_bytes_are_those_recorded(label: str) -> None:
    found = differing([label])
    assert not found, "change ENGINE_VERSION, then run python -m tests.golden.record"


def test_bytes_that_come_and_go_are_told_from_those_that_stay() -> None:
    once = Artefact((ArtefactFile("model", "model.glb", "", b"0123456789"),), Stats(1, 1, 1, 1))
    anew = Artefact((ArtefactFile("model", "model.glb", "", b"012x45678"),), Stats(1, 1, 1, 1))
    assert compared(once, once, "model") == "made twice here, it is the same both times"
    told = compared(once, anew, "model")
    assert "10 and 9 bytes, of which 2 differ, first at 3: 33 34" in told


def test_assets_are_the_same_without_simd() -> None:
    environment = without_simd()
    assert environment["NPY_DISABLE_CPU_FEATURES"] or not sys.platform.startswith("linux")
    command = [sys.executable, "-m", "tests.golden.check", "--quality", "low"]
    run = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "0 differences" in run.stdout


def test_changed_content_cannot_be_recorded_under_the_same_version() -> None:
    record = {"engine_version": "1.0.0", "assets": {"rock": digests("a")}}
    with pytest.raises(VersionUnchanged, match="rock"):
        updated(record, {"rock": digests("b")}, "1.0.0")


def test_changed_bytes_cannot_be_recorded_under_the_same_version() -> None:
    record = {"engine_version": "1.0.0", "assets": {"rock": digests("a")}}
    with pytest.raises(VersionUnchanged, match="rock"):
        updated(record, {"rock": digests("a", "other")}, "1.0.0")


def test_changed_content_is_recorded_under_a_new_version() -> None:
    record = {"engine_version": "1.0.0", "assets": {"rock": digests("a")}}
    renewed = updated(record, {"rock": digests("b")}, "1.1.0")
    assert renewed == {"engine_version": "1.1.0", "assets": {"rock": digests("b")}}


def test_further_assets_are_recorded_without_a_new_version() -> None:
    record = {"engine_version": "1.0.0", "assets": {"rock": digests("a")}}
    assets = {"rock": digests("a"), "vase": digests("c")}
    assert updated(record, assets, "1.0.0")["assets"] == assets
