"""What callers asked for, written down from the table's stream by the engine's own poller."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from meshmill.aws.dynamodb_audit import DynamoDbAuditTrail
from meshmill.domain.audit import AuditEntry
from meshmill_cli.app import main
from meshmill_local import LocalStack
from tests.support.embedded import Caller, eventually

SMALL: dict[str, Any] = {"generator": "crate", "quality": "low", "texture_size": 256}


@pytest.fixture
def caller(local_stack: LocalStack, request: pytest.FixtureRequest) -> Caller:
    """A user of this test's own, with a trail of its own."""
    return Caller(local_stack, request.node.name)


def record(stack: LocalStack, asset_id: str) -> dict[str, Any]:
    item: dict[str, Any] = stack.client("dynamodb").get_item(
        TableName=stack.outputs["AssetsTable"], Key={"asset_id": {"S": asset_id}}
    )["Item"]
    return item


def entries(stack: LocalStack, user_id: str, number: int) -> list[AuditEntry]:
    """A user's entries, once there are so many."""
    trail = DynamoDbAuditTrail(
        stack.client("dynamodb"), stack.outputs["AuditTable"], int(stack.outputs["AuditDays"])
    )

    def found() -> list[AuditEntry] | None:
        written = trail.of(user_id, None, 100)
        return written if len(written) >= number else None

    return eventually(found, f"{number} entries stand in the trail")


def test_a_request_and_its_deletion_are_written_down_once_each(caller: Caller) -> None:
    stack = caller.stack
    asked = caller.create(parameters=SMALL).json()
    user_id = record(stack, asked["asset_id"])["user_id"]["S"]
    assert caller.until_final(asked)["status"] == "completed"

    deleted = caller.delete(asked["asset_id"])

    assert (deleted.status_code, deleted.text) == (204, "")
    assert caller.get(asked["asset_id"]).status_code == 404
    assert caller.delete(asked["asset_id"]).status_code == 404
    requested, gone = entries(stack, user_id, 2)
    assert (requested.action, gone.action) == ("asset.created", "asset.deleted")
    assert requested.target == gone.target == f"asset:{asked['asset_id']}"
    assert gone.details["status"] == "completed"
    assert len(gone.request_id) > 0


def test_asked_for_again_after_its_deletion_it_is_made_anew_from_the_bytes_that_stand(
    caller: Caller,
) -> None:
    parameters = {**SMALL, "seed": 1}
    first = caller.until_final(caller.create(parameters=parameters).json())
    assert caller.delete(first["asset_id"]).status_code == 204

    again = caller.create(parameters=parameters)

    assert again.status_code == 202
    assert again.json()["asset_id"] == first["asset_id"]
    assert again.json()["created_at"] > first["created_at"]
    user_id = record(caller.stack, first["asset_id"])["user_id"]["S"]
    second = caller.until_final(again.json())
    assert [file["sha256"] for file in second["files"]] == [
        file["sha256"] for file in first["files"]
    ]
    written = entries(caller.stack, user_id, 3)
    assert sorted(entry.action for entry in written) == [
        "asset.created",
        "asset.created",
        "asset.deleted",
    ]


def test_moving_up_is_written_down_and_working_is_not(caller: Caller) -> None:
    parameters = {**SMALL, "quality": "high", "texture_size": 4096, "seed": 2}
    filler = [caller.create(parameters={**parameters, "seed": n}, priority=1) for n in range(3, 9)]
    asked = caller.create(parameters=parameters, priority=1).json()
    user_id = record(caller.stack, asked["asset_id"])["user_id"]["S"]
    moved = caller.create(parameters=parameters, priority=9).json()
    for one in (asked, *[each.json() for each in filler]):
        caller.until_final(one)

    written = entries(caller.stack, user_id, len(filler) + 1 + (moved["priority"] == 9))

    about = [entry.action for entry in written if entry.target == f"asset:{asked['asset_id']}"]
    assert about == ["asset.created"] + ["asset.promoted"] * (moved["priority"] == 9)
    assert len(written) == len(filler) + len(about)


def test_an_operator_reads_the_trail_on_the_command_line(
    caller: Caller,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    stack = caller.stack
    asked = caller.create(parameters={**SMALL, "seed": 9}).json()
    user_id = record(stack, asked["asset_id"])["user_id"]["S"]
    caller.until_final(asked)
    caller.delete(asked["asset_id"])
    entries(stack, user_id, 2)
    (tmp_path / ".meshmill").symlink_to(stack.state.root)
    monkeypatch.chdir(tmp_path)
    command = ["meshmill", "audit", "--stage", "local", "--user", user_id]
    monkeypatch.setattr(sys, "argv", command)

    with pytest.raises(SystemExit) as ended:
        main()

    assert not ended.value.code
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.startswith("at ")
    assert [line.split()[1] for line in lines] == ["asset.created", "asset.deleted"]
    assert all(f"asset:{asked['asset_id']}" in line for line in lines)
