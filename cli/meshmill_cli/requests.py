"""A request for the engine, from a file and from options of the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from meshmill.domain.errors import InvalidRequest, RequestError
from meshmill.domain.json_text import parse_object
from meshmill.domain.request import MAX_BODY_BYTES, AssetRequest, validate_request
from meshmill_cli.errors import REFUSED, UNUSABLE_FILE, CommandFailed, told

STANDARD_INPUT = Path("-")
_DEFAULT_FORMAT = "gltf"


def read_request(
    source: Path | None, output_format: str | None, parameters: dict[str, Any], options: list[str]
) -> AssetRequest:
    """The request in ``source``, if there is one, overridden by what the command line names.

    ``parameters`` that are None are not named; ``options`` are ``name=value`` each, the value JSON
    or plain text.

    Raises:
        CommandFailed: Each violation of the request, a line each.
    """
    try:
        members = {} if source is None else parse_object(_read(source), MAX_BODY_BYTES)
        _override(members, output_format, parameters, dict(map(_option, options)))
        return validate_request(members)
    except InvalidRequest as refusal:
        raise CommandFailed([told(each) for each in refusal.violations], REFUSED) from None
    except RequestError as refusal:
        raise CommandFailed([str(refusal)], REFUSED) from None


def _read(source: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if source == STANDARD_INPUT else source.read_bytes()
    except OSError as error:
        raise CommandFailed([f"{source}: {error.strerror}"], UNUSABLE_FILE) from None


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
        asked |= {name: value for name, value in parameters.items() if value is not None}
        standing = asked.setdefault("options", {}) if options else None
        if isinstance(standing, dict):
            standing |= options


def _option(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise CommandFailed([f"--option {text!r}: must be name=value"], REFUSED)
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError):
        return name, value
