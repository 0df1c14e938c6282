"""Generators as people and programs read them."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from typing import Any

from meshmill_cli.requests.estimates import estimate_as_text
from meshmill_cli.terminal.output import say, say_table
from meshmill_cli.terminal.views import view_of
from meshmill_client import Generator

HEADINGS = ("generator", "what it makes")

_OPTION_HEADINGS = ("option", "takes", "default")
_INDENT = "  "
_WIDTH, _MOST_ABOUT = 80, 68


def view(generator: Generator) -> dict[str, Any]:
    """The service's own object; its ``options`` are a JSON Schema."""
    return view_of(generator)


def row(generator: Generator) -> list[str]:
    """What a list tells of a generator; as much about it as fits a row."""
    about = textwrap.shorten(generator.description, _MOST_ABOUT, placeholder=" …")
    return [generator.name, about]


def say_in_full(generator: Generator) -> None:
    """What it makes, a table of its options, what each of them means, and what it takes."""
    for paragraph in _paragraphs(generator.description):
        _say_wrapped(paragraph)
    say("")
    properties: Mapping[str, Mapping[str, Any]] = generator.options.get("properties", {})
    rows = [
        [name, _takes(schema), _value(schema.get("default"))] for name, schema in properties.items()
    ]
    say_table(_OPTION_HEADINGS, rows, empty=f"{generator.name} has no options")
    say("")
    for name, schema in properties.items():
        _say_wrapped(f"{name}: {schema.get('description', '-')}")
    say("")
    for quality, estimate in generator.estimates.items():
        _say_wrapped(f"{quality}: {estimate_as_text(estimate)}")


def _takes(schema: Mapping[str, Any]) -> str:
    """Which values an option takes, from its JSON Schema."""
    if "enum" in schema:
        return " | ".join(map(_value, schema["enum"]))
    kind = str(schema.get("type", "any value"))
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is None or most is None:
        return "true | false" if kind == "boolean" else kind
    return f"{kind}, {_value(least)} to {_value(most)}"


def _value(value: Any) -> str:
    """As ``--option name=value`` takes it."""
    return value if isinstance(value, str) else json.dumps(value)


def _paragraphs(text: str) -> list[str]:
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]


def _say_wrapped(text: str) -> None:
    say(textwrap.fill(text, _WIDTH, subsequent_indent=_INDENT))
