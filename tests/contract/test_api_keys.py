from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest

from meshmill.aws.dynamodb_keys import DynamoDbApiKeys, to_item
from meshmill.domain.api_keys import ApiKey
from meshmill.ports import ApiKeys
from tests.fakes.clock import FakeClock
from tests.fakes.credentials import InMemoryApiKeys
from tests.support.backend import Backend, api_keys_table
from tests.support.sdk_events import counted_calls

_KEY = ApiKey(
    key_id="mk_1",
    secret_sha256="ab" * 32,
    user_id="u" + "a" * 32,
    permissions=frozenset({"assets:read", "assets:create"}),
    name="for a test",
    created_at=1_800_000_000_000,
)
_FRESH_MS = 60_000


@dataclass(frozen=True)
class Keys:
    """Stored keys, and the store's other side."""

    keys: ApiKeys
    add: Callable[[ApiKey], None]
    revoke: Callable[[str], None]


@pytest.fixture
def keys(platform: Backend | None, clock: FakeClock) -> Iterator[Keys]:
    if platform is None:
        fake = InMemoryApiKeys()
        yield Keys(fake, fake.add, fake.revoke)
        return
    with _stored_keys(platform, clock) as found:
        yield found


@pytest.fixture
def stored(aws: Backend, clock: FakeClock) -> Iterator[Keys]:
    with _stored_keys(aws, clock) as found:
        yield found


def test_a_key_is_found_by_its_id(keys: Keys) -> None:
    keys.add(_KEY)

    assert keys.keys.find("mk_1") == _KEY


def test_a_key_may_have_a_limit_and_an_end_of_its_own(keys: Keys) -> None:
    limited = replace(_KEY, requests_per_minute=5_000, expires_at=1_900_000_000_000)
    keys.add(limited)

    assert keys.keys.find("mk_1") == limited


@pytest.mark.parametrize(
    "key_id", ["absent", "", " ", "x" * 5_000, "mk_1\n", "\x00", "ключ", "\ud800"]
)
def test_there_is_no_other_key(keys: Keys, key_id: str) -> None:
    keys.add(_KEY)

    assert keys.keys.find(key_id) is None


def test_a_key_is_asked_for_once_a_minute(aws: Backend, stored: Keys, clock: FakeClock) -> None:
    stored.add(_KEY)
    with counted_calls(aws.client("dynamodb")) as calls:
        for _ in range(3):
            stored.keys.find("mk_1")
            clock.advance(_FRESH_MS // 3 - 1)

    assert calls == {"GetItem": 1}


def test_a_revoked_key_opens_for_a_minute_at_most(stored: Keys, clock: FakeClock) -> None:
    stored.add(_KEY)
    stored.keys.find("mk_1")
    stored.revoke("mk_1")

    clock.advance(_FRESH_MS - 1)
    assert stored.keys.find("mk_1") == _KEY
    clock.advance(1)
    assert stored.keys.find("mk_1") is None


def test_a_miss_is_remembered_for_a_minute_at_most(
    aws: Backend, stored: Keys, clock: FakeClock
) -> None:
    with counted_calls(aws.client("dynamodb")) as calls:
        assert stored.keys.find("mk_1") is None
        stored.add(_KEY)
        assert stored.keys.find("mk_1") is None
    clock.advance(_FRESH_MS)

    assert stored.keys.find("mk_1") == _KEY
    assert calls["GetItem"] == 1


def test_an_id_that_can_be_none_of_ours_costs_no_call(aws: Backend, stored: Keys) -> None:
    with counted_calls(aws.client("dynamodb")) as calls:
        stored.keys.find("x" * 5_000)

    assert not calls


@contextmanager
def _stored_keys(aws: Backend, clock: FakeClock) -> Iterator[Keys]:
    client = aws.client("dynamodb")
    with api_keys_table(aws) as table:

        def add(key: ApiKey) -> None:
            client.put_item(TableName=table, Item=to_item(key))

        def revoke(key_id: str) -> None:
            client.delete_item(TableName=table, Key={"key_id": {"S": key_id}})

        yield Keys(DynamoDbApiKeys(client, table, clock), add, revoke)
