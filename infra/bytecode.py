"""Bytecode that a function can use as it is.

The zips of assets carry dates of 1980, so bytecode that is checked against its source's date is
never valid in Lambda, and compiling at every cold start costs more than everything else in it.
Unchecked bytecode is believed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path


def interpreter_of(version: str) -> Path | None:
    """A Python of ``version`` (``3.13``) on this machine: this one, one on the path, or pyenv's.

    A name on the path may be a shim that refuses to run, so each is tried.
    """
    if version == running_version():
        return Path(sys.executable)
    return next(filter(_runs, _candidates(f"python{version}", version)), None)


def _candidates(name: str, version: str) -> Iterator[Path]:
    found = shutil.which(name)
    if found is not None:
        yield Path(found)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(pyenv.glob(f"versions/{version}.*/bin/{name}"), reverse=True)


def _runs(interpreter: Path) -> bool:
    trial = subprocess.run(  # noqa: S603  # a name of ours, as found on this machine
        [str(interpreter), "-c", ""], check=False, capture_output=True
    )
    return trial.returncode == 0


def running_version() -> str:
    """The running interpreter's version, as ``3.13``."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def compile_below(root: Path, interpreter: Path) -> None:
    """Compile every module below ``root`` (a layer's ``python`` folder) beside its source.

    Raises:
        subprocess.CalledProcessError: when a module doesn't compile.
    """
    command = [str(interpreter), "-m", "compileall", "-q", "-j", "0"]
    command += ["--invalidation-mode", "unchecked-hash"]
    # As paths are in Lambda, not as they are on this machine.
    command += ["-s", str(root), "-p", "/opt/python", str(root)]
    subprocess.run(command, check=True)  # noqa: S603  # no part of it comes from outside
