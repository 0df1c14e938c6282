"""The SDK against the running pipeline, with faults on every connection: nothing lost or doubled.

``MESHMILL_NIGHTLY=1`` tries many more schedules, from another seed where ``MESHMILL_SEED`` names
one. What fails prints its schedule, which can be replayed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from meshmill.domain import identity
from meshmill_client import Client, ClientCredentials, RetryPolicy, TokenProvider
from meshmill_client.errors import NotFound
from meshmill_local import LocalStack
from tests.e2e.client_users import User, rock
from tests.support.fault_proxy.proxy import FaultProxy
from tests.support.fault_proxy.schedules import IN_A_ROW_ON_CONNECTIONS, Recorded, Seeded
from tests.unit.client.faces import Asyncio, Blocking

_FIRST = int(os.environ.get("MESHMILL_SEED", "1"))
_SEEDS = range(_FIRST, _FIRST + (60 if os.environ.get("MESHMILL_NIGHTLY") == "1" else 6))
_RETRIES = RetryPolicy(first_pause=0.1, longest_pause=0.5)


class Rough:
    """A stack behind a proxy, and what a schedule has done there."""

    def __init__(self, stack: LocalStack, seed: int) -> None:
        limited = Seeded(seed, share=0.4, in_a_row=IN_A_ROW_ON_CONNECTIONS)
        self.schedule = Recorded(limited, f"seed {seed}")
        self.stack = stack
        self._proxy = FaultProxy([stack.base_url, stack.s3_endpoint], self.schedule)

    def __enter__(self) -> str:
        self._proxy.__enter__()
        return self._proxy.address_of(self.stack.base_url)

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is not None:
            error.add_note(str(self.schedule))
        self._proxy.__exit__()


@pytest.fixture(params=_SEEDS)
def user(local_stack: LocalStack, request: pytest.FixtureRequest) -> Iterator[User]:
    """A user of this test's own, with either client in turns."""
    face = Asyncio() if request.param % 2 else Blocking()
    yield User(local_stack, face, request.node.name)
    face.close()


def _rough_client(user: User, address: str) -> Client:
    token = TokenProvider(lambda: user.stack.mint_token(user.subject))
    return user.client(token, address, retries=_RETRIES)


def _recorded(user: User) -> set[str]:
    """The ids of all assets that stand in the table for the user."""
    stack = user.stack
    found = (
        stack.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=stack.outputs["AssetsTable"],
            FilterExpression="user_id = :user",
            ExpressionAttributeValues={
                ":user": {"S": identity.user_id(stack.outputs["Issuer"], user.subject)}
            },
        )
    )
    return {item["asset_id"]["S"] for page in found for item in page["Items"]}


def test_assets_are_made_once_and_come_whole(
    user: User, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    seed = request.node.callspec.params["user"]
    rough = Rough(user.stack, seed)
    with rough as address, _rough_client(user, address) as client:
        asked = [client.assets.create(**rock(seed)) for seed in (60, 61, 60)]
        assert asked[0].asset_id == asked[2].asset_id
        done = [client.assets.wait(asset) for asset in asked[:2]]
        for number, asset in enumerate(done):
            files = client.assets.download(asset, tmp_path / str(number))
            assert {name: _sha256(path) for name, path in files.items()} == {
                file.name: file.sha256 for file in asset.files
            }
            assert sorted((tmp_path / str(number)).iterdir()) == sorted(files.values())
        listed = [each.asset_id for each in client.assets.list(page_size=1)]
        assert listed == [done[1].asset_id, done[0].asset_id]
        assert _recorded(user) == set(listed)
        client.assets.delete(done[0])
        with pytest.raises(NotFound):
            client.assets.get(done[0].asset_id)

    assert _recorded(user) == {done[1].asset_id}
    with user.client() as calm:
        assert [each.attempts for each in calm.assets.list()] == [1]


def test_a_manifest_is_one_batch_and_each_line_counts_once(
    user: User, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    seed = request.node.callspec.params["user"]
    manifest = tmp_path / "lines.jsonl"
    lines = [*(rock(number) for number in (70, 71, 70)), {"format": "stl", "parameters": {}}]
    manifest.write_text("".join(json.dumps(line) + "\n" for line in lines))

    with Rough(user.stack, seed) as address, _rough_client(user, address) as client:
        batch = client.batches.wait(client.batches.submit(manifest))
        results = list(client.batches.results(batch))
        errors = list(client.batches.errors(batch))
        files = client.batches.download(batch, tmp_path / "reports")

    assert [each.outcome for each in results] == ["accepted", "accepted", "duplicate", "rejected"]
    assert [each.line for each in errors] == [4]
    assert sorted((tmp_path / "reports").iterdir()) == sorted(files.values())
    assert _recorded(user) == {each.asset_id for each in results if each.asset_id}
    with user.client() as calm:
        [only] = calm.batches.list()
    assert (only.batch_id, only.counts.lines, only.counts.accepted) == (batch.batch_id, 4, 2)


def test_a_token_comes_through_as_well(local_stack: LocalStack) -> None:
    for seed in range(_FIRST, _FIRST + 5):
        rough = Rough(local_stack, seed)
        with rough as address:
            credentials = ClientCredentials(
                f"{address}/oauth2/token", local_stack.client_id, local_stack.client_secret
            )
            with Client(address, credentials, retries=_RETRIES) as client:
                assert client.authentication()["Authorization"].startswith("Bearer ")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
