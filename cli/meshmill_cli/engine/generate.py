"""``meshmill generate``: the engine alone, from a description to files."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit
from meshmill_cli.requests.estimates import estimate_as_text
from meshmill_cli.requests.members import read_members
from meshmill_cli.requests.options import (
    Generator,
    Lods,
    OnlyEstimate,
    Options,
    OutputFormat,
    Quality,
    Seed,
    Spec,
    TextureFormat,
    TextureSize,
)
from meshmill_cli.terminal.counts import counted
from meshmill_cli.terminal.whole_files import write_whole

if TYPE_CHECKING:
    from meshmill.geometry.artefact import Artefact

_EXAMPLES = """
\b
Examples:
  meshmill generate --format fbx --generator tree --quality high --seed 7 --out oak
  meshmill generate --generator rock --option mineral=basalt --option moss=0.6
  meshmill generate --spec request.json --out out
  meshmill generate --generator gear --option teeth=40 --json | jq .stats
  meshmill generate --generator planet --quality high --texture-size 4096 --estimate
"""


def generate(
    output_format: OutputFormat = None,
    generator: Generator = None,
    quality: Quality = None,
    texture_size: TextureSize = None,
    texture_format: TextureFormat = None,
    lods: Lods = None,
    seed: Seed = None,
    option: Options = None,
    spec: Spec = None,
    out: Annotated[Path, typer.Option(help="Folder for the files; made if needed.")] = Path(),
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what was made as one JSON object.")
    ] = False,
    only_estimate: OnlyEstimate = False,
) -> None:
    """Make an asset here, without AWS: the model, its levels of detail, a preview, provenance."""
    members = read_members(
        spec,
        output_format,
        option or [],
        generator=generator,
        quality=quality,
        texture_size=texture_size,
        texture_format=texture_format,
        lods=lods,
        seed=seed,
    )
    # Rules load pydantic, and the engine numpy: help, and a command that is refused, need not wait.
    from meshmill_cli.engine.requests import checked_request  # noqa: PLC0415

    request = checked_request(members)
    if only_estimate:
        from meshmill.geometry.estimate import estimate  # noqa: PLC0415

        told = estimate(request.spec)
        typer.echo(json.dumps(asdict(told)) if as_json else estimate_as_text(told))
        return
    from meshmill.geometry.engine import generate as make  # noqa: PLC0415

    artefact = make(request.spec)
    written = _write(artefact, out)
    typer.echo(_as_json(artefact, written) if as_json else _as_text(artefact, written))


generate.__doc__ = f"{generate.__doc__}\n{_EXAMPLES}"


def _write(artefact: Artefact, folder: Path) -> list[Path]:
    files = {folder / file.filename: file.data for file in artefact.files}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(files)  # provenance last, as the engine gives them
    except OSError as error:
        place = error.filename or folder
        raise CommandFailed([f"{place}: {error.strerror}"], Exit.FILE) from None
    return list(files)


def _as_text(artefact: Artefact, paths: list[Path]) -> str:
    stats = artefact.stats
    lines = [
        f"{path}  {counted(len(file.data), 'byte')}"
        for path, file in zip(paths, artefact.files, strict=True)
    ]
    made = [
        counted(stats.triangles, "triangle"),
        f"{stats.vertices:,} vertices",
        counted(stats.materials, "material"),
        counted(stats.textures, "texture"),
    ]
    lines.append(", ".join(made))
    return "\n".join(lines)


def _as_json(artefact: Artefact, paths: list[Path]) -> str:
    return json.dumps(
        {
            "files": [
                {"name": file.name, "path": str(path), "bytes": len(file.data)}
                for path, file in zip(paths, artefact.files, strict=True)
            ],
            "stats": asdict(artefact.stats),
        }
    )
