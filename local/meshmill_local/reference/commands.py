"""The commands, as Typer tells of them in Markdown."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap

_COMMAND = (
    sys.executable,
    "-m",
    "typer",
    "meshmill_cli.app",
    "utils",
    "docs",
    "--name",
    "meshmill",
)
#: Click keeps the lines of a paragraph that begins so, as Markdown does between fences.
_VERBATIM = re.compile(r"^\x08\n(?:(?P<title>\w+:)\n)?(?P<lines>(?:.+\n)+)", re.MULTILINE)
#: Each group's commands, cut to 45 characters; their own sections follow.
_SUMMARIES = re.compile(r"^\*\*Commands\*\*:\n\n(?:\* .+\n)+\n", re.MULTILINE)
#: All on one level, so that the table of contents has all of them.
_HEADINGS = re.compile(r"^##+ ", re.MULTILINE)


def commands() -> str:
    """A section for each command, in Markdown."""
    told = subprocess.run(_COMMAND, check=True, capture_output=True, text=True).stdout
    return _HEADINGS.sub("## ", _SUMMARIES.sub("", _VERBATIM.sub(_fenced, told)))


def _fenced(paragraph: re.Match[str]) -> str:
    lines = textwrap.dedent(paragraph["lines"])
    return f"{paragraph['title'] or ''}\n\n```sh\n{lines}```\n"
