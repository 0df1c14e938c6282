"""A program that uses the client, as a strict type checker sees it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
GOOD = """
from collections.abc import Mapping
from types import MappingProxyType
from typing import assert_type

from meshmill_client import Asset, AsyncClient, Client, DryRun, Format, Parameters, Quality

ROCK = {"generator": "rock", "quality": "low", "seed": 61}


def asked(client: Client, format: str, found: Mapping[str, object], quality: Quality) -> None:
    typed: Parameters = {"generator": "rock", "options": {"moss": 0.5}, "texture_size": 256}
    assert_type(client.assets.create(format="gltf", parameters=typed), Asset)
    assert_type(client.assets.estimate(format="fbx", parameters={"quality": quality}), DryRun)
    client.assets.create(format="gltf")
    client.assets.create(format=format, parameters=found)
    client.assets.create(format="gltf", parameters=ROCK | {"seed": 62})
    client.assets.create(format="gltf", parameters=MappingProxyType(ROCK))
    client.assets.create(format="usdz", parameters={"generator": "cloud", "of_a_newer": "service"})
    wanted: Format = "obj"
    for asset in client.assets.list(format=wanted, generator="rock"):
        assert_type(asset, Asset)


async def awaited(client: AsyncClient) -> None:
    asset = await client.assets.create(format="gltf", parameters=Parameters(quality="high"))
    assert_type(asset, Asset)
"""
BAD = """
from meshmill_client import Format, Parameters

format: Format = "glb"
misspelt: Parameters = {"qualty": "low"}
unknown: Parameters = {"quality": "hi"}
"""


@pytest.mark.parametrize(("program", "wrong_lines"), [(GOOD, []), (BAD, [4, 5, 6])])
def test_good_calls_are_accepted_and_slips_are_found(
    program: str, wrong_lines: list[int], tmp_path: Path
) -> None:
    (tmp_path / "program.py").write_text(program)
    checker = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir=cache"]
    checked = subprocess.run(
        [*checker, "--no-error-summary", "program.py"],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(CHECKOUT / "client")},
        capture_output=True,
        text=True,
        check=False,
    )

    told = [line.split(":")[1] for line in checked.stdout.splitlines()]
    assert (list(map(int, told)), checked.stderr) == (wrong_lines, ""), checked.stdout
