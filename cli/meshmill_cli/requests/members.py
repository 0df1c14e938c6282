"""The members of a request, from a file and from options of the command line.

Whether they make a good request, whoever makes the asset says: the engine here, or the service.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from meshmill.domain.errors import RequestError
from meshmill.domain.json_text import parse_object
from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit

_STANDARD_INPUT = Path("-")
_DEFAULT_FORMAT = "gltf"
MOST_BYTES = 64 * 1024
"""Of a request, in the contract."""


def read_members(
    source: Path | None,
    output_format: str | None,
    options: Iterable[str],
    **parameters: str | int | None,
) -> dict[str, Any]:
    """The request in ``source``, if there is one, overridden by what the command line names.

    Args:
        source: a file, ``-`` for standard input, or None.
        output_format: None unless named.
        options: of the generator, ``name=value`` each, the value JSON or plain text.
        parameters: None unless named.

    Raises:
        CommandFailed: the source is no JSON object, or an option no pair.
        OSError: the source can't be read.
    """
    try:
        members = {} if source is None else parse_object(_read(source), MOST_BYTES)
    except RequestError as refusal:
        raise CommandFailed([str(refusal)], Exit.REFUSED) from None
    named = {name: value for name, value in parameters.items() if value is not None}
    _override(members, output_format, named, dict(map(_option, options)))
    return members


def pair(flag: str, text: str) -> tuple[str, str]:
    """The two sides of ``name=value``.

    Raises:
        CommandFailed: it is no such pair; ``flag`` names the option in the complaint.
    """
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise CommandFailed([f"{flag} {text!r}: must be name=value"], Exit.REFUSED)
    return name, value


def _read(source: Path) -> bytes:
    return sys.stdin.buffer.read() if source == _STANDARD_INPUT else source.read_bytes()


def _override(
    members: dict[str, Any],
    output_format: str | None,
    parameters: dict[str, Any],
    options: dict[str, Any],
) -> None:
    """Lay what the command line names over the members of a request, in place."""
    members.setdefault("format", _DEFAULT_FORMAT)
    if output_format is not None:
        members["format"] = output_format
    asked = members.setdefault("parameters", {})
    if isinstance(asked, dict):
        asked |= parameters
        standing = asked.setdefault("options", {}) if options else None
        if isinstance(standing, dict):
            standing |= options


def _option(text: str) -> tuple[str, Any]:
    name, value = pair("--option", text)
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError):
        return name, value
