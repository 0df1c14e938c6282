"""Options that all of an operator's commands take."""

from __future__ import annotations

from typing import Annotated

import typer

Stage = Annotated[str, typer.Option("--stage", help="local, staging or production.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
