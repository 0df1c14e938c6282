"""``meshmill generate``: the engine alone, from a description to files."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from meshmill.geometry.artefact import Artefact
from meshmill.geometry.estimate import Estimate, estimate
from meshmill.geometry.registry import FORMATS, GENERATORS
from meshmill_cli.errors import UNUSABLE_FILE, CommandFailed
from meshmill_cli.requests import read_request

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
    output_format: Annotated[
        str | None,
        typer.Option("--format", help=f"One of {', '.join(FORMATS)}; gltf unless given."),
    ] = None,
    generator: Annotated[
        str | None, typer.Option(help=f"One of {', '.join(GENERATORS)}; terrain unless given.")
    ] = None,
    quality: Annotated[str | None, typer.Option(help="low, medium (default) or high.")] = None,
    texture_size: Annotated[
        int | None, typer.Option(help="256, 512, 1024 (default), 2048 or 4096 texels.")
    ] = None,
    texture_format: Annotated[
        str | None, typer.Option(help="png (default), jpeg, or webp (gltf only).")
    ] = None,
    lods: Annotated[int | None, typer.Option(help="0 (default) to 3 further levels.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed is another individual.")] = None,
    option: Annotated[
        list[str] | None, typer.Option(help="name=value of the generator; may be repeated.")
    ] = None,
    spec: Annotated[
        Path | None, typer.Option(help="A request as JSON, as the API takes it; - reads stdin.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the files; made if needed.")] = Path(),
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what was made as one JSON object.")
    ] = False,
    only_estimate: Annotated[
        bool, typer.Option("--estimate", help="Tell what it would take, and make nothing.")
    ] = False,
) -> None:
    """Make an asset here, without AWS: the model, its levels of detail, a preview, provenance."""
    parameters: dict[str, Any] = {
        "generator": generator,
        "quality": quality,
        "texture_size": texture_size,
        "texture_format": texture_format,
        "lods": lods,
        "seed": seed,
    }
    request = read_request(spec, output_format, parameters, option or [])
    if only_estimate:
        told = estimate(request.spec)
        typer.echo(json.dumps(asdict(told)) if as_json else _estimate_as_text(told))
        return
    # The engine loads numpy: a command that is refused, or asks for help, need not wait for it.
    from meshmill.geometry.engine import generate as make  # noqa: PLC0415

    artefact = make(request.spec)
    written = _write(artefact, out)
    typer.echo(_as_json(artefact, written) if as_json else _as_text(artefact, written))


generate.__doc__ = f"{generate.__doc__}\n{_EXAMPLES}"


def _write(artefact: Artefact, folder: Path) -> list[Path]:
    paths = [folder / file.filename for file in artefact.files]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        parts = [path.with_name(f"{path.name}.part") for path in paths]
        for part, file in zip(parts, artefact.files, strict=True):
            part.write_bytes(file.data)
        for part, path in zip(parts, paths, strict=True):
            part.replace(path)  # whole files only, provenance last
    except OSError as error:
        place = error.filename or folder
        raise CommandFailed([f"{place}: {error.strerror}"], UNUSABLE_FILE) from None
    return paths


def _as_text(artefact: Artefact, paths: list[Path]) -> str:
    stats = artefact.stats
    lines = [
        f"{path}  {len(file.data):,} bytes"
        for path, file in zip(paths, artefact.files, strict=True)
    ]
    lines.append(
        f"{stats.triangles:,} triangles, {stats.vertices:,} vertices, "
        f"{stats.materials} materials, {stats.textures} textures"
    )
    return "\n".join(lines)


def _estimate_as_text(told: Estimate) -> str:
    return (
        f"about {told.triangles:,} triangles, {told.bytes:,} bytes, "
        f"{told.seconds:g} s of CPU, {told.megabytes:,} MB of memory"
    )


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
