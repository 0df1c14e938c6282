"""Issuing and revoking API keys, on the fakes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from meshmill.domain.attribution import Attribution
from meshmill.domain.errors import InvalidRequest, NotFound
from meshmill.domain.permissions import Permission
from meshmill.usecases.issue_api_key import IssueApiKey, KeyRequest
from meshmill.usecases.revoke_api_key import RevokeApiKey
from tests.fakes.clock import START_MS, CountingEntropy, FakeClock
from tests.fakes.credentials import InMemoryApiKeyStore

OPERATOR = Attribution("operator:test", "request-1")
ADA = "u" + "a" * 32
ASKED = KeyRequest(user_id=ADA, name="ci", permissions=["assets:read", "assets:create"])


@pytest.fixture
def store() -> InMemoryApiKeyStore:
    return InMemoryApiKeyStore()


@pytest.fixture
def issue(store: InMemoryApiKeyStore) -> IssueApiKey:
    return IssueApiKey(store, FakeClock(), CountingEntropy())


def test_a_key_is_stored_as_a_hash_and_told_once(
    issue: IssueApiKey, store: InMemoryApiKeyStore
) -> None:
    issued = issue(ASKED, OPERATOR)

    stored = store.get(issued.key.key_id)
    assert stored == issued.key
    assert stored.opens_to(issued.credential, START_MS)
    assert issued.credential.secret not in str(stored)
    assert (stored.user_id, stored.name, stored.created_at) == (ADA, "ci", START_MS)
    assert stored.permissions == {"assets:read", "assets:create"}
    assert (stored.expires_at, stored.requests_per_minute) == (None, None)


def test_an_end_and_a_limit_are_taken_over(issue: IssueApiKey) -> None:
    key = issue(replace(ASKED, lifetime_ms=1_000, requests_per_minute=60_000), OPERATOR).key
    assert (key.expires_at, key.requests_per_minute) == (START_MS + 1_000, 60_000)


def test_issuing_is_recorded_for_the_user_whose_key_it_is(
    issue: IssueApiKey, store: InMemoryApiKeyStore
) -> None:
    issued = issue(ASKED, OPERATOR)

    (entry,) = store.entries
    assert (entry.subject, entry.action, entry.at) == (ADA, "api_key.created", START_MS)
    assert (entry.actor, entry.request_id) == ("operator:test", "request-1")
    assert entry.target == f"api_key:{issued.key.key_id}"
    assert entry.details["permissions"] == ["assets:create", "assets:read"]
    assert issued.key.secret_sha256 not in str(entry)


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"permissions": []}, "permissions", "at least one"),
        ({"permissions": ["assets:reed"]}, "permissions", "did you mean 'assets:read'?"),
        ({"permissions": ["assets/read"]}, "permissions", "did you mean 'assets:read'?"),
        ({"permissions": ["*"]}, "permissions", "is not a permission"),
        ({"name": ""}, "name", "1 to 64"),
        ({"name": "x" * 65}, "name", "1 to 64"),
        ({"name": "ci\x1b[2J"}, "name", "printed"),
        ({"requests_per_minute": 0}, "requests_per_minute", "between 1 and 60,000"),
        ({"requests_per_minute": 60_001}, "requests_per_minute", "between 1 and 60,000"),
        ({"lifetime_ms": 0}, "expires_in", "ahead"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_nothing_is_stored(
    issue: IssueApiKey,
    store: InMemoryApiKeyStore,
    changes: dict[str, Any],
    field: str,
    told: str,
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        issue(replace(ASKED, **changes), OPERATOR)

    (violation,) = caught.value.violations
    assert violation.field == field
    assert told in f"{violation.message}; {violation.hint}"
    assert not list(store.every())
    assert not store.entries


def test_all_that_is_wrong_is_told_at_once(issue: IssueApiKey) -> None:
    wrong = replace(ASKED, name="", permissions=["x", "y"], requests_per_minute=0)
    with pytest.raises(InvalidRequest) as caught:
        issue(wrong, OPERATOR)
    assert len(caught.value.violations) == 4


def test_every_known_permission_can_be_given(issue: IssueApiKey) -> None:
    assert issue(replace(ASKED, permissions=list(Permission)), OPERATOR).key.permissions == set(
        Permission
    )


def test_a_revoked_key_is_gone_and_its_end_is_recorded(
    issue: IssueApiKey, store: InMemoryApiKeyStore
) -> None:
    key = issue(ASKED, OPERATOR).key

    gone = RevokeApiKey(store, FakeClock())(key.key_id, Attribution("operator:eve", "request-2"))

    assert gone == key
    assert store.get(key.key_id) is None
    entry = store.entries[-1]
    assert (entry.subject, entry.action) == (ADA, "api_key.revoked")
    assert (entry.actor, entry.target) == ("operator:eve", f"api_key:{key.key_id}")


def test_a_key_that_is_not_there_cannot_be_revoked(store: InMemoryApiKeyStore) -> None:
    with pytest.raises(NotFound, match="absent"):
        RevokeApiKey(store, FakeClock())("absent", OPERATOR)
    assert not store.entries


def test_of_two_who_revoke_one_key_the_second_is_told(
    issue: IssueApiKey, store: InMemoryApiKeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = issue(ASKED, OPERATOR).key
    revoke = RevokeApiKey(store, FakeClock())
    revoke(key.key_id, OPERATOR)
    monkeypatch.setattr(store, "get", lambda _: key)  # read before the first one wrote

    with pytest.raises(NotFound):
        revoke(key.key_id, OPERATOR)
    assert len(store.entries) == 2
