"""From what Typer says of a command line to what a person is told: a line, and what to do next."""

from __future__ import annotations

import re
from typing import Any

from typer import BadParameter
from typer.exceptions import TyperException

from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit

#: Typer's sentences, of which it keeps no parts, and ours.
_SENTENCES = (
    (re.compile(r"No such command (.*?)\.?"), "there is no command {}"),
    (re.compile(r"No such option: (.*)"), "there is no option {}"),
    (re.compile(r"Got unexpected extra argument\(s\) \((.*)\)"), "too many arguments: {}"),
    (re.compile(r"Option '(.*)' requires an argument\."), "{} needs a value"),
    (re.compile(r"Option '(.*)' does not take a value\."), "{} takes no value"),
)
_KINDS = {int: "a whole number", float: "a number"}


def is_help(error: TyperException) -> bool:
    """Whether it is no complaint but the help of a group that was given no command."""
    context = getattr(error, "ctx", None)
    return context is not None and error.message == context.get_help()


def usage_failure(error: TyperException) -> CommandFailed:
    """The end of a command that is not there, or that was given what it does not take."""
    context = getattr(error, "ctx", None)
    lines = [_what(error)]
    if context is not None:
        lines.append(f"see {context.command_path} --help")
    return CommandFailed(lines, Exit.REFUSED)


def _what(error: TyperException) -> str:
    if isinstance(error, BadParameter) and error.param is not None:
        return _of_value(error, error.param)
    sentence, _, meant = error.message.partition(". Did you mean ")
    near = getattr(error, "possibilities", None) or meant.removesuffix("?").split(", ")
    hint = f"; did you mean {' or '.join(near)}?" if any(near) else ""
    return f"{_in_our_words(sentence)}{hint}"


def _of_value(error: BadParameter, parameter: Any) -> str:
    """What is wrong with the value of an option or an argument."""
    name = _name(parameter)
    if not error.message:  # all that Typer would add is the kind of it
        return f"{name} is missing"
    allowed = _allowed(parameter)
    return f"{name} must be {allowed}" if allowed else f"{name}: {_begun_small(error.message)}"


def _name(parameter: Any) -> str:
    """As it is typed or, of an argument, as help calls it."""
    if parameter.param_type_name == "argument":
        return str(parameter.display_name_raw).removesuffix("...")
    return max(parameter.opts, key=len, default=str(parameter.name))


def _allowed(parameter: Any) -> str:
    """The values that it takes, where Typer can tell without asking us."""
    declared = parameter.type_descriptor
    if declared.choices:
        return f"one of {', '.join(map(str, declared.choices))}"
    kind = _KINDS.get(declared.annotation)
    return f"{kind}{_bounds(declared.parameter_info)}" if kind else ""


def _bounds(declared: Any) -> str:
    match declared.min, declared.max:
        case None, None:
            return ""
        case least, None:
            return f", {least} or more"
        case None, most:
            return f", {most} or less"
        case least, most:
            return f" from {least} to {most}"


def _in_our_words(sentence: str) -> str:
    for theirs, ours in _SENTENCES:
        if match := theirs.fullmatch(sentence):
            return ours.format(match[1])
    return _begun_small(sentence)


def _begun_small(sentence: str) -> str:
    """Not a sentence of its own, as it follows the name of the program."""
    return f"{sentence[:1].lower()}{sentence[1:]}".removesuffix(".")
