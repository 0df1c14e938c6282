"""An account on the embedded engine: exported, downloaded line by line, erased, begun anew."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from meshmill.domain import identity
from meshmill.domain.api_keys import KeyCredential
from meshmill_local import LocalStack
from tests.support.embedded import Caller, eventually, function_configured, run_function

SMALL = {"generator": "crate", "quality": "low", "texture_size": 256}
SETTLE_MS = 2_000
CREDENTIAL = KeyCredential("e" * 16, "s" * 43)


class Account(Caller):
    """A caller that manages its account."""

    def __init__(self, stack: LocalStack, subject: str) -> None:
        super().__init__(stack, subject)
        issuer = stack.outputs["Issuer"]
        self.user_id = identity.user_id(issuer, subject)
        self._users = f"{stack.base_url}/api/v1/users/me"

    def export(self) -> httpx.Response:
        return httpx.get(f"{self._users}/export", headers=self._headers, timeout=60)

    def erase(self) -> httpx.Response:
        return httpx.delete(self._users, headers=self._headers, timeout=60)

    def give_key(self) -> None:
        item = {
            "key_id": {"S": CREDENTIAL.key_id},
            "secret_sha256": {"S": CREDENTIAL.secret_sha256},
            "user_id": {"S": self.user_id},
            "permissions": {"L": [{"S": "assets:read"}]},
            "name": {"S": "for a test"},
            "created_at": {"N": "1"},
        }
        table = self.stack.outputs["ApiKeysTable"]
        self.stack.client("dynamodb").put_item(TableName=table, Item=item)

    def upload(self) -> None:
        self.stack.client("s3").put_object(
            Bucket=self.stack.outputs["UploadsBucket"],
            Key=f"uploads/{self.user_id}/batch/manifest.jsonl",
            Body=b"{}",
        )

    def get_by_key(self, asset_id: str) -> httpx.Response:
        headers = {"X-API-Key": str(CREDENTIAL)}
        url = f"{self.stack.base_url}/api/v1/assets/{asset_id}"
        return httpx.get(url, headers=headers, timeout=60)


@pytest.fixture
def account(local_stack: LocalStack) -> Account:
    return Account(local_stack, "account holder")


@contextmanager
def soon_settled(stack: LocalStack) -> Iterator[None]:
    """Erasures that wait for seconds instead of minutes."""
    with function_configured(stack, "AccountFunction", MESHMILL_SETTLE_MS=str(SETTLE_MS)):
        yield


def finished(account: Account, status_url: str) -> dict[str, Any]:
    """Carry jobs on, again and again, until this one is completed."""

    def completed() -> dict[str, Any] | None:
        run_function(account.stack, "AccountFunction")
        seen: dict[str, Any] = account.poll(status_url).json()
        return seen if seen["status"] == "completed" else None

    return eventually(completed, "the job is completed")


def test_an_account_is_exported_erased_and_begun_anew(account: Account) -> None:
    stack = account.stack
    assets = [account.create(parameters={**SMALL, "seed": seed}).json() for seed in range(3)]
    for asset in assets:
        assert account.until_final(asset)["status"] == "completed"
    account.give_key()
    account.upload()
    assert account.get_by_key(assets[0]["asset_id"]).status_code == 200

    export = finished(account, account.export().json()["status_url"])

    _check_export(account, export, {asset["asset_id"] for asset in assets})
    with soon_settled(stack):
        asked = account.erase()
        assert asked.status_code == 202
        for refused in (account.create(parameters=SMALL), account.get(assets[0]["asset_id"])):
            assert refused.status_code == 409
            assert refused.json()["error"]["code"] == "INVALID_STATE"
        receipt = finished(account, asked.json()["status_url"])
    deleted = receipt["deleted"]
    assert (deleted["assets"], deleted["batches"], deleted["api_keys"]) == (3, 1, 1)
    # The manifest, the export, and what was reported of the manifest.
    assert deleted["files"] >= 2
    _check_nothing_is_left(account)
    again = account.create(parameters={**SMALL, "seed": 0})
    assert again.status_code == 202
    assert account.until_final(again.json())["status"] == "completed"
    assert account.poll(asked.json()["status_url"]).json() == receipt


def _check_export(account: Account, export: dict[str, Any], ids: set[str]) -> None:
    assert account.export().status_code == 200
    download = httpx.get(export["url"], timeout=60)
    assert "meshmill-export-" in download.headers["content-disposition"]
    assert len(download.content) == export["bytes"]
    sha256 = hashlib.sha256(download.content).hexdigest()
    assert export["parts"] == [{"bytes": export["bytes"], "sha256": sha256}]
    lines = [json.loads(line) for line in download.content.splitlines()]
    assert len(lines) == export["records"]
    kinds = Counter(line["object"] for line in lines)
    assert (kinds["account"], kinds["asset"], kinds["api_key"]) == (1, 3, 1)
    assert {line["asset_id"] for line in lines if line["object"] == "asset"} == ids


def _check_nothing_is_left(account: Account) -> None:
    stack, user_id = account.stack, account.user_id
    dynamodb, s3 = stack.client("dynamodb"), stack.client("s3")
    assets = dynamodb.scan(TableName=stack.outputs["AssetsTable"])["Items"]
    assert not [item for item in assets if item["user_id"]["S"] == user_id]
    keys = dynamodb.scan(TableName=stack.outputs["ApiKeysTable"])["Items"]
    assert not [item for item in keys if item["user_id"]["S"] == user_id]
    for bucket, prefix in (
        ("UploadsBucket", "uploads"),
        ("ArtefactsBucket", "exports"),
        ("ArtefactsBucket", "batches"),
        ("ArtefactsBucket", "parts"),
    ):
        listed = s3.list_object_versions(
            Bucket=stack.outputs[bucket], Prefix=f"{prefix}/{user_id}/"
        )
        assert not listed.get("Versions")
        assert not listed.get("DeleteMarkers")
