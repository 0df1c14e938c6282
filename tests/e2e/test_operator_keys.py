"""``meshmill keys`` against the laptop stage: what it makes opens, what it revokes is gone."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from meshmill.domain.identity import user_id
from meshmill_cli.app import main
from meshmill_local import LocalStack

Keys = Callable[..., Any]
ROCK = {"format": "gltf", "parameters": {"generator": "rock", "quality": "low", "seed": 4_711}}


@pytest.fixture
def keys(
    local_stack: LocalStack,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Keys:
    """Runs a command where the stack has left its ``local.json``, and reads its answer."""
    (tmp_path / ".meshmill").symlink_to(local_stack.state.root)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Any:
        command = ["meshmill", "keys", *arguments, "--stage", "local", "--json"]
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        assert not ended.value.code, told.err
        return json.loads(told.out)

    return run


def test_a_key_opens_for_the_user_of_its_subject_and_within_its_permissions(
    local_stack: LocalStack, keys: Keys
) -> None:
    made = keys("create", "--subject", "ada", "--name", "ci", "--permission", "assets:read")
    headers = {"X-API-Key": made["api_key"]}
    assets = f"{local_stack.base_url}/api/v1/assets"

    answer = httpx.get(assets, headers=headers)

    assert answer.status_code == 200
    assert answer.headers["x-ratelimit-limit"] == "1000"
    assert httpx.post(assets, json=ROCK, headers=headers).status_code == 403
    assert made["user_id"] == user_id("urn:meshmill:local", "ada")
    assert made["key_id"] in {key["key_id"] for key in keys("list")}

    keys("revoke", made["key_id"])

    assert made["key_id"] not in {key["key_id"] for key in keys("list")}


def test_links_outlive_a_rotation_of_the_key_that_signed_them(
    local_stack: LocalStack, keys: Keys
) -> None:
    bearer = {"Authorization": f"Bearer {local_stack.mint_token('ada')}"}
    created = httpx.post(f"{local_stack.base_url}/api/v1/assets", json=ROCK, headers=bearer)

    told = keys("rotate-signing")

    assert told["previous_until"] > told["rotated_at"]
    assert httpx.get(created.json()["status_url"]).status_code == 200


def test_what_operators_do_is_in_the_audit_trail(local_stack: LocalStack, keys: Keys) -> None:
    made = keys("create", "--subject", "grace", "--name", "ci", "--permission", "assets:read")
    keys("revoke", made["key_id"])

    entries = local_stack.client("dynamodb").query(
        TableName=local_stack.outputs["AuditTable"],
        KeyConditionExpression="subject = :user",
        ExpressionAttributeValues={":user": {"S": made["user_id"]}},
    )["Items"]

    assert [entry["action"]["S"] for entry in entries] == ["api_key.created", "api_key.revoked"]
    assert {entry["actor"]["S"] for entry in entries} == {"operator:local"}
