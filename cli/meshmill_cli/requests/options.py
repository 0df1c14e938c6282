"""Options that say what to make, of every command that asks for an asset.

Names of formats and generators are shown and completed, and not checked: whoever makes the asset
knows best, and a service may know more of them than this command line, which may be older.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from meshmill_cli.frame import completion
from meshmill_cli.frame.names import FORMATS, GENERATORS

OutputFormat = Annotated[
    str | None,
    typer.Option(
        "--format",
        help=f"One of {', '.join(FORMATS)}; gltf unless given.",
        autocompletion=completion.formats,
    ),
]
Generator = Annotated[
    str | None,
    typer.Option(
        help=f"One of {', '.join(GENERATORS)}; terrain unless given.",
        autocompletion=completion.generators,
    ),
]
Quality = Annotated[
    str | None,
    typer.Option(help="low, medium (default) or high.", autocompletion=completion.qualities),
]
TextureSize = Annotated[
    int | None, typer.Option(help="256, 512, 1024 (default), 2048 or 4096 texels.")
]
TextureFormat = Annotated[
    str | None, typer.Option(help="png (default), jpeg, or webp (gltf only).")
]
Lods = Annotated[int | None, typer.Option(help="0 (default) to 3 further levels.")]
Seed = Annotated[int | None, typer.Option(help="Another seed is another individual.")]
Options = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        metavar="NAME=VALUE",
        help="Of the generator; may be repeated.",
        autocompletion=completion.options,
    ),
]
Spec = Annotated[
    Path | None, typer.Option(help="A request as JSON, as the API takes it; - reads stdin.")
]
Priority = Annotated[
    int | None, typer.Option(help="1 to 10, 5 unless given; from 8 on it is made first.")
]
Labels = Annotated[
    list[str] | None,
    typer.Option("--label", metavar="NAME=VALUE", help="Stored with it; may be repeated."),
]
CustomId = Annotated[str | None, typer.Option(help="Your own name of it.")]
RejectDuplicate = Annotated[
    bool, typer.Option("--reject-duplicate", help="Refuse what stands there already.")
]
OnlyEstimate = Annotated[
    bool, typer.Option("--estimate", help="Tell what it would take, and make nothing.")
]
