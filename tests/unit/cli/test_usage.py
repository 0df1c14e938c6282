"""What is typed wrong: a line that says so, one that says where to look, and exit code 2."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer

from meshmill_cli.app import app
from meshmill_cli.frame.exits import Exit
from tests.unit.cli.typed import Meshmill

WRONG = [
    ("profile", "there is no command 'profile'; did you mean 'profiles'?", ""),
    ("assets gte", "there is no command 'gte'; did you mean 'get'?", " assets"),
    ("profiles usee", "there is no command 'usee'; did you mean 'use'?", " profiles"),
    ("generators lst", "there is no command 'lst'; did you mean 'list'?", " generators"),
    ("batches sbumit", "there is no command 'sbumit'; did you mean 'submit'?", " batches"),
    (
        "keys rotate",
        "there is no command 'rotate'; did you mean 'create' or 'rotate-signing'?",
        " keys",
    ),
    ("assets xyzzy", "there is no command 'xyzzy'", " assets"),
    ("assets get", "ID is missing", " assets get"),
    ("view", "FILE is missing", " view"),
    ("keys list", "--stage is missing", " keys list"),
    ("--nope", "there is no option --nope", ""),
    ("assets --nope", "there is no option --nope", " assets"),
    (
        "assets create --sede 4",
        "there is no option --sede; did you mean --seed or --spec?",
        " assets create",
    ),
    ("assets list --colour", "there is no option --colour", " assets list"),
    ("assets list -x", "there is no option -x", " assets list"),
    ("assets list --limit", "--limit needs a value", " assets list"),
    ("assets list --json=yes", "--json takes no value", " assets list"),
    ("profiles --json=yes", "--json takes no value", " profiles"),
    ("profiles use a b c", "too many arguments: b c", " profiles use"),
    ("assets list --limit 0", "--limit must be a whole number, 1 or more", " assets list"),
    ("generate --seed abc", "--seed must be a whole number", " generate"),
    ("assets wait a --timeout -1", "--timeout must be a number, 0 or more", " assets wait"),
    ("view x --port 65536", "--port must be a whole number from 0 to 65535", " view"),
    (
        "batches results x --outcome well",
        "--outcome must be one of accepted, duplicate, rejected",
        " batches results",
    ),
]


def leaves(command: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each command that is no group, and its path."""
    children = getattr(command, "commands", {})
    if not children:
        yield path, command
    for name, child in children.items():
        yield from leaves(child, *path, name)


LEAVES = list(leaves(typer.main.get_command(app)))


@pytest.mark.parametrize(("command", "told", "where"), WRONG, ids=[each[0] for each in WRONG])
def test_wrong_usage_is_a_line_and_where_to_look(
    meshmill: Meshmill, command: str, told: str, where: str
) -> None:
    ended = meshmill(*command.split())
    assert (ended.code, ended.out) == (Exit.REFUSED, "")
    assert ended.err.splitlines() == [f"meshmill: {told}", f"meshmill: see meshmill{where} --help"]


@pytest.mark.parametrize("wrong", ["a\nb", "\x1b[31m"], ids=["newline", "escape"])
@pytest.mark.parametrize("command", [(), ("assets",), ("profiles", "use", "a")], ids=" ".join)
def test_what_was_typed_neither_ends_a_line_nor_commands_the_terminal(
    meshmill: Meshmill, command: tuple[str, ...], wrong: str
) -> None:
    ended = meshmill(*command, wrong)
    assert ended.code == Exit.REFUSED
    assert len(ended.err.splitlines()) == 2
    assert "\x1b" not in ended.err


@pytest.mark.parametrize("group", [(), ("assets",), ("keys",)], ids=" ".join)
def test_a_group_without_a_command_shows_its_help(
    meshmill: Meshmill, group: tuple[str, ...]
) -> None:
    ended = meshmill(*group)
    assert (ended.code, ended.out) == (Exit.REFUSED, "")
    assert ended.err.startswith(" ".join(["Usage: meshmill", *group]))
    assert "Commands:" in ended.err


@pytest.mark.parametrize(
    ("command", "usage"),
    [
        ("assets get", "assets get [OPTIONS] ID..."),
        ("batches get", "batches get [OPTIONS] ID"),
        ("view", "view [OPTIONS] FILE"),
        ("login", "login [OPTIONS] [NAME]"),
        ("keys revoke", "keys revoke [OPTIONS] KEY_ID"),
        ("generate", "generate [OPTIONS]"),
    ],
)
def test_usage_names_arguments_as_they_are_typed(
    meshmill: Meshmill, command: str, usage: str
) -> None:
    shown = meshmill(*command.split(), "--help").out.splitlines()
    assert shown[0] == f"Usage: meshmill {usage}"


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=[" ".join(path) for path, _ in LEAVES])
def test_arguments_are_in_capitals_and_dotted_where_there_may_be_several(
    path: tuple[str, ...], command: Any, meshmill: Meshmill
) -> None:
    named = [each for each in command.params if each.param_type_name == "argument"]
    assert all(each.display_name_raw.isupper() for each in named)
    assert all(each.display_name_raw.endswith("...") == (each.nargs != 1) for each in named)
    usage = meshmill(*path, "--help").out.splitlines()[0]
    assert not set("{}<>") & set(usage)


@pytest.mark.parametrize("command", ["assets create", "assets list"])
def test_a_format_that_only_a_newer_service_may_know_is_not_refused_here(
    meshmill: Meshmill, command: str
) -> None:
    ended = meshmill(*command.split(), "--format", "usdz", "--generator", "cloud")
    assert ended.code == Exit.NOT_SIGNED_IN, "the service is to be asked"
