"""What there is to show of a file: its model, further levels of detail, and what was asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR
from typing import Any

from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit
from meshmill_cli.viewer.glb import Counts, NotShowable, read_glb, read_json

_MODEL, _PROVENANCE = "model.glb", "provenance.json"
_LEVELS = range(1, 4)
_SHOWABLE = ".glb"
#: What to do with models that the page has no reader for.
_ADVICE = {
    ".fbx": "open it in Blender, or ask for it again with --format gltf",
    ".obj": "open it in Blender, or ask for it again with --format gltf",
    ".zip": "unpack it and open model.obj in Blender, or ask for it again with --format gltf",
    ".gltf": "pack it and the files beside it into one .glb, as Blender exports it",
}


@dataclass(frozen=True, slots=True)
class Level:
    """A level of detail: 0 is the model itself."""

    number: int
    filename: str
    data: bytes
    counts: Counts


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A model in all levels that stand beside it, and what was asked for, as far as known."""

    name: str
    levels: tuple[Level, ...]
    asked: dict[str, Any]


def exhibit_at(path: Path) -> Exhibit:
    """Read the model at ``path``, a ``.glb`` or a folder that holds ``model.glb``, once and whole.

    Raises:
        CommandFailed: it can't be shown, or isn't whole.
        OSError: it can't be read.
    """
    file = _file_at(path)
    if file.suffix.lower() != _SHOWABLE:
        advice = _ADVICE.get(file.suffix.lower(), "give a .glb, or a folder that holds model.glb")
        raise CommandFailed(
            [f"{file}: only binary glTF (.glb) can be shown; {advice}"], Exit.REFUSED
        )
    levels = tuple(_levels_at(file))
    asked = _provenance_beside(file, levels[0].data) or read_glb(levels[0].data).made
    return Exhibit(file.name, levels, asked)


def _file_at(path: Path) -> Path:
    """The file that is meant; of a folder, its model in whatever format."""
    if not S_ISDIR(path.stat().st_mode):
        return path
    for name in (_MODEL, "model.fbx", "model.zip", "model.obj", "model.gltf"):
        if (path / name).is_file():
            return path / name
    raise CommandFailed([f"{path}: there is no {_MODEL} in this folder"], Exit.FILE)


def _levels_at(file: Path) -> Iterator[Level]:
    yield _level(0, file)
    for number in _LEVELS:
        further = file.with_name(f"{file.stem}_lod{number}{file.suffix}")
        if further.is_file():
            yield _level(number, further)


def _level(number: int, file: Path) -> Level:
    data = file.read_bytes()
    try:
        return Level(number, file.name, data, read_glb(data).counts)
    except NotShowable as refusal:
        raise CommandFailed([f"{file}: {refusal}"], Exit.FILE) from None


def _provenance_beside(file: Path, data: bytes) -> dict[str, Any] | None:
    """What ``provenance.json`` tells, if it is there and tells of exactly this model."""
    try:
        told = read_json((file.parent / _PROVENANCE).read_bytes())
        if hashlib.sha256(data).hexdigest() not in {each["sha256"] for each in told["files"]}:
            return None
        return {
            **{name: told[name] for name in ("spec_id", "engine_version")},
            **told["request"]["parameters"],
        }
    except (OSError, ValueError, LookupError, TypeError):
        return None
