"""From what Typer says of a command line to what a person is told: a line, and what to do next."""

from __future__ import annotations

import re

from typer import BadParameter
from typer.exceptions import TyperException

from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit

#: How pydantic, by which Typer reads values, puts a rule; after a comma it goes on about parsing.
_RULE = re.compile(r"Input should be ([^,]*)")


def is_help(error: TyperException) -> bool:
    """Whether it is no complaint but the help of a group that was given no command."""
    return "\n" in error.format_message()


def usage_failure(error: TyperException) -> CommandFailed:
    """The end of a command that is not there, or that was given what it does not take."""
    context = getattr(error, "ctx", None)
    lines = [_what(error)]
    if context is not None:
        lines.append(f"see {context.command_path} --help")
    return CommandFailed(lines, Exit.REFUSED)


def _what(error: TyperException) -> str:
    possibilities = getattr(error, "possibilities", None)
    if possibilities:
        return f"{_plain(error.message)}; did you mean {' or '.join(possibilities)}?"
    parameter = getattr(error, "param", None)
    rule = _RULE.match(error.message)
    if isinstance(error, BadParameter) and parameter is not None and rule is not None:
        name = parameter.get_error_hint().strip("'")
        return f"{name} must be {rule[1]}"
    return _plain(error.format_message())


def _plain(sentence: str) -> str:
    """Not a sentence of its own, as it follows the name of the program."""
    told = sentence[:1].lower() + sentence[1:]
    return told.replace(". Did you mean", "; did you mean").removesuffix(".")
