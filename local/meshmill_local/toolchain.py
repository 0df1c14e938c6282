"""Runs the project's own build and synthesis, which cache by content."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from meshmill_local.errors import BuildError
from meshmill_local.processes import Children

_LAYERS = ("infra.build", "--target", "local")
_SYNTHESIS = ("infra.synth", "--stage", "local", "--out")


def synthesise(children: Children, checkout: Path, output: Path, log: Path) -> None:
    """Build the layers for this machine and synthesise the local stage into ``output``.

    Args:
        children: where the processes are recorded.
        checkout: the project's root, from which ``infra`` is importable.
        output: the cloud assembly's directory.
        log: receives what the tools print.

    Raises:
        BuildError: with the tool's last lines.
    """
    log.write_bytes(b"")
    for module, *arguments in (_LAYERS, (*_SYNTHESIS, str(output))):
        _run(children, [sys.executable, "-m", module, *arguments], checkout, log)


def _run(children: Children, command: list[str], checkout: Path, log: Path) -> None:
    first_party = (checkout, checkout / "layers" / "meshmill" / "python")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, first_party))}
    with log.open("ab") as file:
        process = children.spawn(command, environment=environment, directory=checkout, output=file)
        code = process.wait()
    if code != 0:
        lines = log.read_text(errors="replace").strip().splitlines()
        module = command[2]
        raise BuildError(
            f"{module} ended with code {code}: {lines[-1].strip() if lines else 'no output'}",
            where=str(log),
            next_step=f"run it alone: python -m {' '.join(command[2:])}",
        )
