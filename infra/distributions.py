"""Fills a folder with the distributions that a lock file pins.

Two sources, one for each kind of target: wheels from the package index for Lambda, and what this
interpreter's environment has installed from the same pins for a laptop, which needs no network.
"""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from packaging.requirements import Requirement

_LAMBDA_PLATFORMS: Final = (
    *(f"manylinux_2_{minor}_aarch64" for minor in range(28, 16, -1)),
    "manylinux2014_aarch64",
)
"""What Amazon Linux 2023 (glibc 2.34) runs. pip takes each tag literally, so all are named."""

_METADATA_NOISE: Final = frozenset({"RECORD", "INSTALLER", "REQUESTED", "WHEEL", "direct_url.json"})
"""What an installer notes about the installation, and differs from one machine to the next."""

_TYPING_AND_LINKING: Final = frozenset({".a", ".c", ".h", ".pxd", ".pyi", ".pyx"})
"""Read by compilers and type checkers, never by a running function."""

_NEVER_IMPORTED: Final = ("bin", "numpy/f2py")
"""Commands, and numpy's compiler of Fortran, which numpy itself imports on demand alone."""


class PinError(Exception):
    """The environment doesn't hold what a lock file pins; the message names the distribution."""


def install_for_lambda(lock: Path, destination: Path, *, python_version: str) -> None:
    """Install the arm64 wheels of ``lock`` for Lambda's ``python_version``, hashes checked.

    Raises:
        subprocess.CalledProcessError: when pip fails, after it has said why.
    """
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(destination)]
    command += ["--requirement", str(lock), "--require-hashes", "--no-deps", "--no-compile"]
    command += ["--only-binary", ":all:", "--python-version", python_version]
    command += ["--implementation", "cp", "--disable-pip-version-check"]
    for platform in _LAMBDA_PLATFORMS:
        command += ["--platform", platform]
    subprocess.run(command, check=True)  # noqa: S603  # no part of it comes from outside


def copy_from_environment(lock: Path, destination: Path) -> None:
    """Copy what ``lock`` pins out of the environment of the running interpreter.

    Raises:
        PinError: when a distribution is missing there, or of another version.
    """
    for requirement in pins(lock):
        if requirement.marker is None or requirement.marker.evaluate():
            _copy_distribution(requirement, destination)


def pins(lock: Path) -> Iterator[Requirement]:
    """The requirements of a lock file, without their hashes."""
    for line in lock.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith((" ", "#")):
            yield Requirement(line.rstrip("\\ "))


def prune(root: Path) -> None:
    """Remove what no function reads, so that layers stay small and digests stable."""
    for folder in _NEVER_IMPORTED:
        shutil.rmtree(root / folder, ignore_errors=True)
    for path in sorted(root.rglob("*"), reverse=True):
        if path.is_dir() and path.name in {"__pycache__", "tests"}:
            shutil.rmtree(path)
        elif path.suffix in _TYPING_AND_LINKING or _is_noise(path):
            path.unlink()


def _copy_distribution(requirement: Requirement, destination: Path) -> None:
    try:
        found = importlib.metadata.distribution(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        raise PinError(f"{requirement} is not installed here") from None
    if not requirement.specifier.contains(found.version, prereleases=True):
        raise PinError(f"{requirement} is pinned, {found.version} is installed here")
    for file in found.files or ():
        if _belongs_in_a_layer(file):
            target = destination / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.locate(), target)


def _belongs_in_a_layer(file: PurePosixPath) -> bool:
    """Scripts lie outside site-packages, and bytecode is compiled anew."""
    return ".." not in file.parts and "__pycache__" not in file.parts


def _is_noise(path: Path) -> bool:
    return path.parent.suffix == ".dist-info" and path.name in _METADATA_NOISE
