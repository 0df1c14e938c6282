"""``python -m infra.build --target local|lambda``: the layers, ready to be zipped.

``build/<target>/layers/<layer>/python`` is what the layer unpacks to, and ``<layer>.digest``
beside it says what it was made from; nothing is made again while that stays the same.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra import bytecode, digest, distributions
from infra.choices import LayerTarget
from infra.locking import one_writer
from infra.sources import CHECKOUT, layers_folder

LAMBDA_PYTHON: Final = "3.13"
"""The version of Lambda's runtime, which its wheels and its bytecode are for."""

GEOMETRY_LIMIT_BYTES: Final = 75_000_000
"""Unpacked; Lambda allows 250 MB for a function with all its layers, and loads what it is given."""


class BuildError(Exception):
    """A layer could not be made as it must be."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How one layer is made: ``fill`` puts files into an empty folder, made from ``inputs``."""

    name: str
    inputs: Path
    fill: Callable[[Path], None]
    limit_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Platform:
    """What layers are built for; ``interpreter`` compiles, where a fitting one is at hand."""

    target: LayerTarget
    tag: str
    python_version: str
    interpreter: Path | None

    @classmethod
    def of(cls, target: LayerTarget) -> Platform:
        """The platform of ``target`` as this machine can build for it."""
        match target:
            case LayerTarget.LAMBDA:
                version, tag = LAMBDA_PYTHON, "linux-aarch64"
            case LayerTarget.LOCAL:
                version, tag = bytecode.running_version(), sysconfig.get_platform()
        return cls(
            target=target,
            tag=tag,
            python_version=version,
            interpreter=bytecode.interpreter_of(version),
        )


def build(platform: Platform, root: Path) -> list[str]:
    """Bring all layers below ``root`` up to date and return the names of those made anew.

    Raises:
        BuildError: when a layer exceeds its limit.
        distributions.PinError: when the environment differs from the lock.
        subprocess.CalledProcessError: when pip or the compiler fails.
    """
    with one_writer(root):
        return [recipe.name for recipe in recipes(platform) if make(recipe, platform, root)]


def recipes(platform: Platform) -> list[Recipe]:
    """The three layers."""
    layers = CHECKOUT / "layers"
    own = layers / "meshmill" / "python"
    return [
        Recipe(name="meshmill", inputs=own, fill=lambda folder: _copy_own(own, folder)),
        _locked("runtime", layers / "runtime" / "requirements.lock", platform),
        _locked(
            "geometry",
            layers / "geometry" / "requirements.lock",
            platform,
            limit_bytes=GEOMETRY_LIMIT_BYTES if platform.target is LayerTarget.LAMBDA else None,
        ),
    ]


def unpacked_bytes(folder: Path) -> int:
    """Size of all files below ``folder``."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _locked(name: str, lock: Path, platform: Platform, *, limit_bytes: int | None = None) -> Recipe:
    def fill(folder: Path) -> None:
        match platform.target:
            case LayerTarget.LAMBDA:
                distributions.install_for_lambda(
                    lock, folder, python_version=platform.python_version
                )
            case LayerTarget.LOCAL:
                distributions.copy_from_environment(lock, folder)
        distributions.prune(folder)

    return Recipe(name=name, inputs=lock, fill=fill, limit_bytes=limit_bytes)


def _copy_own(source: Path, folder: Path) -> None:
    for path in digest.files_below(source):
        target = folder / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def make(recipe: Recipe, platform: Platform, root: Path) -> bool:
    """Make one layer unless it stands there; a half-made one never does."""
    wanted = _recipe_digest(recipe, platform)
    stamp, folder = root / f"{recipe.name}.digest", root / recipe.name
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return False
    stamp.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    content = folder / "python"
    content.mkdir(parents=True)
    recipe.fill(content)
    if platform.interpreter is not None:
        bytecode.compile_below(content, platform.interpreter)
    size = unpacked_bytes(folder)
    if recipe.limit_bytes is not None and size > recipe.limit_bytes:
        raise BuildError(f"layer {recipe.name}: {size} bytes, over {recipe.limit_bytes}")
    stamp.write_text(wanted, encoding="ascii")
    return True


def _recipe_digest(recipe: Recipe, platform: Platform) -> str:
    """What the layer is made from, the modules that make it included."""
    modules = [Path(module.__file__ or "") for module in (bytecode, distributions)]
    return digest.content_digest(
        [recipe.inputs, Path(__file__), *modules],
        recipe.name,
        platform.tag,
        platform.python_version,
        "compiled" if platform.interpreter is not None else "sources alone",
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line; exits with 1 and a message when a layer can't be made."""
    parser = argparse.ArgumentParser(prog="python -m infra.build", description=__doc__)
    parser.add_argument("--target", required=True, type=LayerTarget, choices=list(LayerTarget))
    target = parser.parse_args(arguments).target
    platform, root = Platform.of(target), layers_folder(target)
    try:
        made = build(platform, root)
    except (BuildError, distributions.PinError, subprocess.CalledProcessError) as error:
        sys.exit(str(error))
    sys.stdout.writelines(_report(platform, root, made))


def _report(platform: Platform, root: Path, made: Sequence[str]) -> Iterator[str]:
    if platform.interpreter is None:
        yield f"no Python {platform.python_version} here: layers without bytecode start slower\n"
    for recipe in recipes(platform):
        size = unpacked_bytes(root / recipe.name) / 1e6
        state = "made" if recipe.name in made else "up to date"
        yield f"{recipe.name:9} {size:6.1f} MB  {state}\n"


if __name__ == "__main__":
    main()
