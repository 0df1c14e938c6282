"""Help, version and completion: quick, and of the command line alone."""

from __future__ import annotations

import json
import sys
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import typer

from meshmill.domain.request import MAX_BODY_BYTES
from meshmill.geometry.registry import FORMATS, GENERATORS
from meshmill.geometry.spec import Quality
from meshmill_cli.app import app
from meshmill_cli.frame import completion, names
from meshmill_cli.requests import members
from meshmill_client import AssetStatus
from tests.support.home import Home
from tests.unit.cli.processes import COMMAND, piped
from tests.unit.cli.typed import Meshmill


@dataclass(frozen=True)
class Parsed:
    """What a line has named before the cursor."""

    params: Mapping[str, str] = field(default_factory=dict)


HEAVY = {"httpx", "pydantic", "boto3", "botocore", "numpy", "rich", "asyncio"}

LOADED = """
import json, sys
from meshmill_cli.app import main
sys.argv = ["meshmill", *sys.argv[1:]]
try:
    main()
finally:
    print(json.dumps(list(sys.modules)), file=sys.stderr)
"""


def loaded(*arguments: str) -> set[str]:
    ended = piped(sys.executable, "-c", LOADED, *arguments)
    assert ended.returncode == 0, ended.stderr
    return set(json.loads(ended.stderr))


@pytest.mark.parametrize(
    "command",
    [
        "",
        "generate",
        "view",
        "login",
        "logout",
        "profiles",
        "profiles use",
        "assets",
        "assets create",
        "batches",
        "batches submit",
        "generators",
        "keys create",
        "audit",
    ],
)
def test_help_loads_neither_the_client_nor_the_engine(command: str) -> None:
    modules = loaded(*command.split(), "--help")
    assert HEAVY & modules == set()
    assert not [name for name in modules if name.startswith(("meshmill.geometry", "meshmill.aws"))]


def test_names_that_help_shows_are_those_of_the_engine_and_of_the_contract() -> None:
    assert tuple(FORMATS) == names.FORMATS
    assert tuple(GENERATORS) == names.GENERATORS
    assert typing.get_args(Quality) == names.QUALITIES
    assert tuple(AssetStatus) == names.STATUSES


def test_a_request_in_a_file_may_be_as_long_as_one_over_the_api() -> None:
    assert members.MOST_BYTES == MAX_BODY_BYTES


def commands(command: Any, *path: str) -> Iterator[tuple[str, ...]]:
    """The path of each command, the groups and the whole included."""
    yield path
    for name, child in getattr(command, "commands", {}).items():
        yield from commands(child, *path, name)


@pytest.mark.parametrize("path", list(commands(typer.main.get_command(app))), ids=" ".join)
def test_every_command_has_examples_of_itself_in_its_help(
    path: tuple[str, ...], meshmill: Meshmill
) -> None:
    ended = meshmill(*path, "-h")
    _, heading, told = ended.out.partition("Examples:\n")
    assert heading
    assert " ".join(["meshmill", *path]) in told


def test_the_version_is_told(meshmill: Meshmill) -> None:
    ended = meshmill("--version")
    assert (ended.code, ended.out.split()[0]) == (0, "meshmill")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_are_given_a_script(shell: str) -> None:
    ended = piped(*COMMAND, _MESHMILL_COMPLETE=f"source_{shell}")
    assert (ended.returncode, "_MESHMILL_COMPLETE" in ended.stdout) == (0, True)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("meshmill pro", ["profiles"]),
        ("meshmill generate --format f", ["fbx"]),
        ("meshmill generate --generator te", ["terrain"]),
        ("meshmill generate --quality ", ["low", "medium", "high"]),
        ("meshmill generate --generator rock --option m", ["mineral=", "moss="]),
        ("meshmill assets create --option te", ["teeth="]),
        ("meshmill generate --generator rock --option te", []),
        ("meshmill generate --generator cloud --option ", []),
        ("meshmill generate --generator rock --option moss=0.5 --option mi", ["mineral="]),
        ("meshmill logout pro", ["production"]),
        ("meshmill profiles use ", ["production", "staging"]),
    ],
)
def test_words_are_completed(typed: str, offered: list[str], home: Home) -> None:
    profile = {"base_url": "https://a.example"}
    home.store(json.dumps({"profiles": {"production": profile, "staging": profile}}))
    words = typed.split(" ")
    ended = piped(
        *COMMAND,
        _MESHMILL_COMPLETE="complete_bash",
        COMP_WORDS=typed,
        COMP_CWORD=str(len(words) - 1),
    )
    assert (ended.stdout.split(), ended.stderr) == (offered, "")


def test_of_all_generators_each_option_is_offered_once() -> None:
    offered = completion.options(Parsed(), "")
    every = {name for entry in GENERATORS.values() for name in entry.options.model_fields}
    assert sorted(offered) == sorted(f"{name}=" for name in every)


def test_without_an_engine_no_option_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "meshmill.geometry.registry", None)
    assert completion.options(Parsed(), "") == []


def test_completing_over_a_damaged_file_offers_nothing_and_complains_of_nothing(
    home: Home,
) -> None:
    home.store("{")
    ended = piped(
        *COMMAND,
        _MESHMILL_COMPLETE="complete_bash",
        COMP_WORDS="meshmill logout ",
        COMP_CWORD="2",
    )
    assert (ended.stdout.strip(), ended.stderr) == ("", "")
