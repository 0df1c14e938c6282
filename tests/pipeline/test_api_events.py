"""The recorded events are answered as their names say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.api import handler as api_function
from tests.faults.emptied import empty, lasting_cloud
from tests.support import tokens
from tests.support.cloud import Cloud, Context

EVENTS = Path(__file__).parents[2] / "events" / "api"
REFUSED = sorted((EVENTS / "refused").glob("*.json"))
ANSWERED = sorted(EVENTS.glob("*.json"))


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with lasting_cloud(tmp_path_factory.mktemp("cloud")) as running:
        yield running


@pytest.fixture
def cloud(standing: Cloud) -> Cloud:
    empty()
    return standing


def answer(path: Path) -> dict[str, Any]:
    """What the handler says to an event, sent with a good token where it carries any."""
    event = json.loads(path.read_text())
    if event["headers"].get("authorization"):
        event["headers"]["authorization"] = f"Bearer {tokens.token()}"
    context: Any = Context()
    return api_function.handler(event, context)


def test_there_are_events() -> None:
    assert ANSWERED
    assert REFUSED


@pytest.mark.parametrize("path", ANSWERED, ids=lambda path: path.stem)
def test_an_event_is_answered(cloud: Cloud, path: Path) -> None:
    status = answer(path)["statusCode"]
    # What it asks for may not stand in a cloud that is empty.
    assert status in ({200, 202} if "get_asset" not in path.stem else {200, 404})


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_a_refused_event_is_answered_with_the_code_of_its_name(cloud: Cloud, path: Path) -> None:
    replies = [answer(path), answer(path)]
    codes = [json.loads(reply["body"]).get("error", {}).get("code") for reply in replies]
    # A duplicate is one from its second time on.
    assert codes[-1] == path.stem.upper()
