"""Each stage is synthesised once a session, in a process of its own, with stand-ins for layers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.config import stage_config
from infra.sources import CHECKOUT
from infra.synth import LAYERS
from tests.infra.templates import BOUNDARY, STAGES, Synthesised

_OPTIONS = {"staging": ["--permissions-boundary", BOUNDARY]}


def stand_in_layers(root: Path, target: str) -> Path:
    """Layers that need neither the network nor a hundred megabytes."""
    for name in LAYERS:
        (root / name / "python").mkdir(parents=True)
        (root / name / "python" / "stand_in.py").write_text(f'"""{name} for {target}"""\n')
        (root / f"{name}.digest").write_text(f"{target}-{name}")
    return root


def _synthesise(root: Path, stage: str) -> Synthesised:
    target = stage_config(stage).layers
    layers = stand_in_layers(root / f"{stage}-layers", target)
    command = [sys.executable, "-m", "infra.synth", "--stage", stage]
    command += ["--layers", str(layers), "--out", str(root / stage), *_OPTIONS.get(stage, [])]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return Synthesised(stage, root / stage)


@pytest.fixture(scope="session")
def synthesised(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Synthesised]:
    """Any stage by name."""
    root = tmp_path_factory.mktemp("synthesised")
    made: dict[str, Synthesised] = {}

    def by_name(stage: str) -> Synthesised:
        if stage not in made:
            made[stage] = _synthesise(root, stage)
        return made[stage]

    return by_name


@pytest.fixture(params=STAGES)
def stage(request: pytest.FixtureRequest, synthesised: Callable[[str], Synthesised]) -> Synthesised:
    """Each stage in turn."""
    return synthesised(request.param)


@pytest.fixture
def production(synthesised: Callable[[str], Synthesised]) -> Synthesised:
    return synthesised("production")


@pytest.fixture
def local(synthesised: Callable[[str], Synthesised]) -> Synthesised:
    return synthesised("local")


@pytest.fixture
def staging(synthesised: Callable[[str], Synthesised]) -> Synthesised:
    return synthesised("staging")
