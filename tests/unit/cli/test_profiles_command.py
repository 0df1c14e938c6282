"""``meshmill profiles``: what is known here, and what is used."""

from __future__ import annotations

import json

import pytest

from meshmill_cli.frame.exits import Exit
from tests.support.home import Home
from tests.unit.cli.typed import Meshmill

STORED = json.dumps(
    {
        "current": "first",
        "profiles": {
            "first": {"base_url": "https://first.example", "api_key": "mm_hidden"},
            "second": {
                "base_url": "https://second.example",
                "token_url": "https://issuer.example/token",
                "client_id": "studio",
                "client_secret": "hidden",
            },
        },
    }
)


def test_the_one_in_use_is_marked_and_no_secret_is_shown(meshmill: Meshmill, home: Home) -> None:
    home.store(STORED)
    ended = meshmill("profiles")
    lines = ended.out.splitlines()
    assert [line[0] for line in lines[1:]] == ["*", " "]
    assert "first is used: it is the current one" in ended.err
    assert "hidden" not in ended.out + ended.err


def test_as_json_it_is_one_value_with_the_reason(
    meshmill: Meshmill, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.store(STORED)
    home.run_locally()
    monkeypatch.setenv("MESHMILL_PROFILE", "second")
    ended = meshmill("profiles", "--json")
    listed = json.loads(ended.out)
    assert [(each["name"], each["in_use"]) for each in listed] == [
        ("local", False), ("first", False), ("second", True),
    ]  # fmt: skip
    assert listed[2]["reason"] == "MESHMILL_PROFILE names it"
    assert listed[2]["signs_in_by"] == "client credentials"
    assert "hidden" not in ended.out


def test_another_profile_can_be_made_the_current_one(meshmill: Meshmill, home: Home) -> None:
    home.store(STORED)
    assert meshmill("profiles", "use", "second").code == Exit.OK
    assert home.stored()["current"] == "second"
    ended = meshmill("profiles", "use", "third")
    assert (ended.code, "there are first, second" in ended.err) == (Exit.NOT_SIGNED_IN, True)


def test_nobody_signed_in_is_told_what_to_do_on_standard_error(meshmill: Meshmill) -> None:
    ended = meshmill("profiles")
    assert (ended.code, ended.out) == (Exit.OK, "")
    assert "meshmill login" in ended.err
    assert meshmill("profiles", "--json").out == "[]\n"


def test_a_damaged_file_is_named_in_a_line_without_a_traceback(
    meshmill: Meshmill, home: Home
) -> None:
    home.store("{")
    ended = meshmill("profiles")
    assert ended.code == Exit.FILE
    assert ended.err.startswith(f"meshmill: {home.profiles}: ")
    assert ended.err.count("\n") == 1
