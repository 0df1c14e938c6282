"""docs/security.md names tests that exist, a test for each attack, and every file of attacks."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
PAGE = (TESTS.parent / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([\w/]+\.py(?:::\w+)+)`", PAGE)))
_HEADING = "| attack | answer | shown by |"


@cache
def declared_in(path: Path) -> frozenset[str]:
    """Tests of a file as pytest names them, without parameters."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    classes = [node for node in body if isinstance(node, ast.ClassDef)]
    methods = {f"{each.name}::{name}" for each in classes for name in _tests(each.body)}
    return frozenset(methods | set(_tests(body)))


def _tests(body: list[ast.stmt]) -> list[str]:
    functions = (node for node in body if isinstance(node, ast.FunctionDef))
    return [each.name for each in functions if each.name.startswith("test_")]


def rows() -> list[tuple[str, str]]:
    """Attack and test of each row of the tables of attacks."""
    found, within = [], False
    for line in PAGE.splitlines():
        within = line == _HEADING or (within and line.startswith("|"))
        if within and line != _HEADING and not line.startswith("|---"):
            attack, _, shown = re.split(r"\s*\|\s*", line.strip("| "))
            found.append((attack, shown))
    return found


@pytest.mark.parametrize("named", NAMED)
def test_a_test_that_the_page_names_exists(named: str) -> None:
    path, _, name = named.partition("::")
    assert (TESTS / path).is_file()
    assert name in declared_in(TESTS / path)


def test_every_attack_on_the_page_has_a_test() -> None:
    assert len(rows()) > 70
    for attack, shown in rows():
        assert re.search(r"`[\w/]+\.py::test_|`[\w/]+\.py::\w+::test_", shown), attack


def test_every_file_of_attacks_is_on_the_page() -> None:
    files = {f"security/{path.name}" for path in Path(__file__).parent.glob("test_*.py")}
    mentioned = {named.partition("::")[0] for named in NAMED}
    assert files - mentioned == {f"security/{Path(__file__).name}"}
