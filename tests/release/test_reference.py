"""The reference that ``make reference`` makes of docstrings."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

import meshmill_client
from meshmill_cli.app import app

CHECKOUT = Path(__file__).resolve().parents[2]
_PUBLIC = [getattr(meshmill_client, name) for name in meshmill_client.__all__]
_KINDS = [each for each in _PUBLIC if inspect.isclass(each)]
_TAGS = re.compile(r"<[^>]+>")


def members(kind: type) -> list[str]:
    """What a class itself offers: methods and properties."""
    return [
        name
        for name, member in vars(kind).items()
        if not name.startswith("_")
        and isinstance(member, classmethod | staticmethod | property | type(lambda: None))
    ]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reference")
    command = [sys.executable, "-W", "error", "-m", "meshmill_local.reference", str(folder)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()) == folder / "index.html"
    return folder


@pytest.fixture(scope="module")
def of_client(pages: Path) -> str:
    return (pages / "meshmill_client.html").read_text()


def text_of(page: str, name: str) -> str:
    """What is told of a class's member, without markup."""
    _, found, rest = page.partition(f'<div id="{name}"')
    assert found, f"{name} is not told of"
    told = rest.partition(">")[2].partition('<div id="')[0]
    return " ".join(unescape(_TAGS.sub("", told)).split())


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: kind.__name__)
def test_what_the_client_exports_is_explained(kind: type) -> None:
    assert (kind.__doc__ or "").strip()
    for name in members(kind):
        assert inspect.getdoc(inspect.getattr_static(kind, name)), f"{kind.__name__}.{name}"


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: kind.__name__)
def test_what_the_client_exports_is_in_the_reference(kind: type, of_client: str) -> None:
    assert f'<section id="{kind.__name__}">' in of_client
    for name in members(kind):
        assert f'id="{kind.__name__}.{name}"' in of_client


def test_blocking_methods_are_told_of_as_what_they_are(of_client: str) -> None:
    assert text_of(of_client, "Assets.create").startswith("def create(")
    assert ") -> Iterator[Asset]:" in text_of(of_client, "Assets.list")
    assert text_of(of_client, "AsyncAssets.create").startswith("async def create(")


def test_arguments_and_errors_are_lists(of_client: str) -> None:
    told = of_client.partition('<div id="Assets.create"')[2].partition('<div id="')[0]

    assert re.search(r"<h6[^>]*>Arguments:</h6>\s*<ul>\s*<li><strong>format:</strong>", told)
    assert re.search(r"<h6[^>]*>Raises:</h6>\s*<ul>\s*<li><strong>DuplicateRequest:</strong>", told)


def test_nothing_of_the_markup_is_left_over(pages: Path) -> None:
    for page in pages.rglob("*.html"):
        text = page.read_text()
        for leftover in ("PydanticUndefined", "<p>::</p>", "functools.wraps", ":class:", "\x08"):
            assert leftover not in text, page.name


def commands(group: TyperGroup, name: str) -> Iterator[str]:
    """The full names of a group's commands, with the group's own."""
    yield name
    for each, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, f"{name} {each}")
        elif not command.hidden:
            yield f"{name} {each}"


def test_each_command_has_a_section(pages: Path) -> None:
    told = (pages / "command_line.html").read_text()
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)

    titles = set(re.findall(r"<h[12][^>]*><code>([^<]+)</code></h[12]>", told))
    assert titles == set(commands(group, "meshmill"))


def test_the_first_page_leads_to_all_others(pages: Path) -> None:
    index = (pages / "index.html").read_text()
    for page in pages.rglob("*.html"):
        if page.name != "index.html":
            assert f'href="{page.relative_to(pages).as_posix()}"' in index
