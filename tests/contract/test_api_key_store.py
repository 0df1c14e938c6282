"""Issuing and revoking API keys: a change and its audit entry are one."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from meshmill.aws.audit_items import to_entry
from meshmill.aws.dynamodb_key_store import DynamoDbApiKeyStore
from meshmill.domain.api_keys import ApiKey
from meshmill.domain.audit import Action, AuditEntry
from meshmill.domain.errors import DependencyUnavailable, InvalidState
from meshmill.ports import ApiKeyStore
from tests.fakes.clock import START_MS
from tests.fakes.credentials import InMemoryApiKeyStore
from tests.support.backend import Backend, api_keys_table, audit_table
from tests.support.sdk_events import (
    FAILED_AFTER_EFFECT,
    LOST_RESPONSE,
    THROTTLED,
    UNREACHABLE,
    Fault,
    Faults,
    faults_on,
    recorded_parameters,
    refused,
)

_KEY = ApiKey(
    key_id="a" * 16,
    secret_sha256="ab" * 32,
    user_id="u" + "a" * 32,
    permissions=frozenset({"assets:read"}),
    name="ci",
    created_at=START_MS,
    requests_per_minute=7,
    expires_at=START_MS + 1,
)
_ids = itertools.count(1)


def entry(action: Action = Action.API_KEY_CREATED) -> AuditEntry:
    return AuditEntry(
        subject=_KEY.user_id,
        at=START_MS,
        entry_id=f"request-{next(_ids)}",
        action=action,
        actor="operator:test",
        request_id="request",
        target=f"api_key:{_KEY.key_id}",
        details={"permissions": ["assets:read"]},
    )


@dataclass(frozen=True)
class Keys:
    """A store of keys, and what the audit trail holds."""

    store: ApiKeyStore
    entries: Callable[[], list[AuditEntry]]


@pytest.fixture
def keys(platform: Backend | None) -> Iterator[Keys]:
    if platform is None:
        fake = InMemoryApiKeyStore()
        yield Keys(fake, lambda: fake.entries)
        return
    with api_keys_table(platform) as table, audit_table(platform) as audit:
        yield _stored(platform.client("dynamodb"), table, audit)


def _stored(client: Any, table: str, audit: str) -> Keys:
    store = DynamoDbApiKeyStore(client=client, keys_table=table, audit_table=audit, audit_days=30)

    def entries() -> list[AuditEntry]:
        return [to_entry(item) for item in client.scan(TableName=audit)["Items"]]

    return Keys(store, entries)


def test_a_new_key_and_its_entry_are_stored_together(keys: Keys) -> None:
    recorded = entry()
    keys.store.create(_KEY, recorded)

    assert keys.store.get(_KEY.key_id) == _KEY
    assert list(keys.store.every()) == [_KEY]
    assert keys.entries() == [recorded]


def test_a_key_without_limit_and_end_is_read_as_one(keys: Keys) -> None:
    plain = replace(_KEY, requests_per_minute=None, expires_at=None)
    keys.store.create(plain, entry())

    assert keys.store.get(_KEY.key_id) == plain


def test_an_id_that_is_taken_is_refused_and_leaves_no_entry(keys: Keys) -> None:
    keys.store.create(_KEY, entry())

    with pytest.raises(InvalidState):
        keys.store.create(replace(_KEY, secret_sha256="cd" * 32), entry())

    assert keys.store.get(_KEY.key_id) == _KEY
    assert len(keys.entries()) == 1


def test_a_deleted_key_is_gone_and_its_entry_stays(keys: Keys) -> None:
    keys.store.create(_KEY, entry())
    recorded = entry(Action.API_KEY_REVOKED)

    assert keys.store.delete(_KEY.key_id, recorded)

    assert keys.store.get(_KEY.key_id) is None
    assert list(keys.store.every()) == []
    assert recorded in keys.entries()


def test_what_is_not_there_is_not_deleted_and_leaves_no_entry(keys: Keys) -> None:
    assert not keys.store.delete("absent", entry(Action.API_KEY_REVOKED))

    assert keys.entries() == []


def test_every_key_is_told_over_many_pages(aws: Backend) -> None:
    client = aws.client("dynamodb")
    made = {f"{number:016d}": replace(_KEY, key_id=f"{number:016d}") for number in range(9)}
    with api_keys_table(aws) as table, audit_table(aws) as audit:
        store = _stored(client, table, audit).store
        for key in made.values():
            store.create(key, entry())
        with _two_a_page(client), recorded_parameters(client, "Scan") as pages:
            found = list(store.every())

    assert {key.key_id: key for key in found} == made
    assert len(found) == len(made)
    assert len(pages) >= 5


@contextmanager
def _two_a_page(client: Any) -> Iterator[None]:
    """Pages as short as a large table's are long."""

    def shorten(params: dict[str, Any], **_: Any) -> None:
        params["Limit"] = 2

    client.meta.events.register("provide-client-params.dynamodb.Scan", shorten)
    yield
    client.meta.events.unregister("provide-client-params.dynamodb.Scan", shorten)


class TestFaults:
    """After whatever happens on the way, a change that is told of has happened, once."""

    @pytest.fixture(autouse=True)
    def _at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            "botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0
        )

    @pytest.fixture
    def keys(self, moto: Backend) -> Iterator[Keys]:
        with api_keys_table(moto) as table, audit_table(moto) as audit:
            yield _stored(moto.client("dynamodb"), table, audit)

    @pytest.fixture
    def faults(self, moto: Backend) -> Iterator[Faults]:
        with faults_on(moto.client("dynamodb")) as faults:
            yield faults

    @pytest.mark.parametrize("fault", [LOST_RESPONSE, FAILED_AFTER_EFFECT, THROTTLED, UNREACHABLE])
    def test_a_key_is_made_and_revoked_once_whatever_became_of_the_first_try(
        self, keys: Keys, faults: Faults, fault: Fault
    ) -> None:
        faults.plan(fault)
        keys.store.create(_KEY, entry())
        assert keys.store.get(_KEY.key_id) == _KEY
        assert len(keys.entries()) == 1

        faults.plan(fault)
        assert keys.store.delete(_KEY.key_id, entry(Action.API_KEY_REVOKED))
        assert keys.store.get(_KEY.key_id) is None
        assert len(keys.entries()) == 2

    @pytest.mark.parametrize("fault", [THROTTLED, UNREACHABLE, refused(500, "InternalServerError")])
    def test_when_no_attempt_gets_through_nothing_has_changed(
        self, keys: Keys, faults: Faults, fault: Fault
    ) -> None:
        for change in (
            lambda: keys.store.create(_KEY, entry()),
            lambda: keys.store.delete(_KEY.key_id, entry()),
            lambda: keys.store.get(_KEY.key_id),
            lambda: list(keys.store.every()),
        ):
            faults.plan(*[fault] * 3)
            with pytest.raises(DependencyUnavailable):
                change()

        assert keys.store.get(_KEY.key_id) is None
        assert keys.entries() == []
