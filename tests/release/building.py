"""The distributions, built from a copy of what they are made of."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGES = ("layers/meshmill/python/meshmill", "client/meshmill_client", "cli/meshmill_cli")
_BESIDE = ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".gitignore")
_OF_THE_CLIENT = ("client/pyproject.toml", "client/README.md", "client/LICENSE")
_VIEWER = Path("node_modules/@google/model-viewer")


def sources(root: Path) -> Path:
    """A copy without the viewer, but with leftovers that no distribution may hold."""
    for name in PACKAGES:
        shutil.copytree(
            CHECKOUT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
        )
        (root / name / "__pycache__").mkdir()
        (root / name / "__pycache__" / "left.cpython-311.pyc").write_bytes(b"left")
        (root / name).parent.joinpath("left.py").write_text("")
    for name in (*_BESIDE, *_OF_THE_CLIENT):
        shutil.copy(CHECKOUT / name, root / name)
    return root


@dataclass(frozen=True, slots=True)
class Distributions:
    """Wheels, and what they were made of."""

    root: Path
    client: Path
    everything: Path


def distributions_of(root: Path) -> Distributions:
    """As ``make wheel`` builds them, with a stand-in for the viewer."""
    sources(root)
    (root / _VIEWER / "dist").mkdir(parents=True)
    (root / _VIEWER / "dist" / "model-viewer.min.js").write_text("// a viewer")
    (root / _VIEWER / "LICENSE").write_text("its licence")
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-index", "--no-deps"]
    build += ["--no-build-isolation", "-w", "dist", "./client", "."]
    subprocess.run(build, cwd=root, check=True)
    (client,) = root.glob("dist/meshmill_client-*.whl")
    (everything,) = root.glob("dist/meshmill-*.whl")
    return Distributions(root, client, everything)
