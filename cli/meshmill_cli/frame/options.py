"""Options that several commands take."""

from __future__ import annotations

from typing import Annotated

import typer

Stage = Annotated[str, typer.Option("--stage", help="local, staging or production.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Show no progress; errors are shown all the same.")
]
