"""Options that several commands take."""

from __future__ import annotations

from typing import Annotated

import typer

Stage = Annotated[str, typer.Option("--stage", help="local, staging or production.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Show no progress; errors are shown all the same.")
]
Limit = Annotated[int, typer.Option("--limit", min=1, help="So many at most.")]
Every = Annotated[bool, typer.Option("--all", help="Without a limit.")]

FEW = 20
"""What a list shows unless it is asked for more."""
