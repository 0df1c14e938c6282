"""The message to a worker: exactly what we write, or none of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from meshmill.domain.work import UnreadableMessage, WorkItem

GOOD = {
    "asset_id": "5f0e5c2e-1111-5222-8333-444455556666",
    "run": "01ARYZ6S410000000000000000",
    "user_id": "u" + "a" * 32,
}


def test_a_message_reads_back_as_it_was_written() -> None:
    item = WorkItem.model_validate(GOOD)
    assert WorkItem.parse(item.model_dump_json()) == item


@pytest.mark.parametrize(
    "changes",
    [
        {"asset_id": "../../etc/passwd"},
        {"asset_id": GOOD["asset_id"] + "\n"},
        {"asset_id": None},
        {"run": "01aryz6s410000000000000000"},
        {"run": GOOD["run"] + "0"},
        {"run": 1},
        {"user_id": "ada"},
        {"user_id": ["u"]},
        {"status": "completed"},
    ],
    ids=repr,
)
def test_a_message_with_anything_else_in_it_is_unreadable(changes: dict[str, Any]) -> None:
    with pytest.raises(UnreadableMessage):
        WorkItem.parse(json.dumps(GOOD | changes))


@pytest.mark.parametrize("missing", list(GOOD))
def test_a_message_without_a_member_is_unreadable(missing: str) -> None:
    members = {name: value for name, value in GOOD.items() if name != missing}
    with pytest.raises(UnreadableMessage):
        WorkItem.parse(json.dumps(members))


@pytest.mark.parametrize(
    "body", ["", "{", "null", "[]", "\ud800", "\x00", "[" * 100_000], ids=range(7)
)
def test_a_body_that_is_no_object_is_unreadable(body: str) -> None:
    with pytest.raises(UnreadableMessage):
        WorkItem.parse(body)


def test_what_is_wrong_with_a_message_is_told_without_repeating_it() -> None:
    with pytest.raises(UnreadableMessage) as caught:
        WorkItem.parse(json.dumps(GOOD | {"run": "secret"}))
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
