from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from meshmill.aws.signing_secret import MalformedSecret, SecretsManagerSigningSecret
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.signing import SigningKeys
from meshmill.ports import SigningSecret
from tests.fakes.clock import FakeClock
from tests.fakes.credentials import RotatingSecret
from tests.support.backend import Backend
from tests.support.sdk_events import Faults, counted_calls, faults_on, refused

_FRESH_MS, _RETRY_MS = 300_000, 10_000
_MALFORMED = {
    "no JSON": "a key, bare",
    "no object": "[]",
    "no current key": "{}",
    "empty current key": '{"current": "", "previous": "b"}',
    "a time that is none": '{"current": "a", "previous": "b", "previous_until": "soon"}',
}


@dataclass(frozen=True)
class Vault:
    """A secret as it is read, and how an operator rotates it."""

    secret: SigningSecret
    rotate: Callable[[str], None]


@dataclass(frozen=True)
class StoredSecret:
    """A secret of Secrets Manager."""

    client: Any
    name: str

    def store(self, text: str) -> None:
        self.client.put_secret_value(SecretId=self.name, SecretString=text)

    def store_keys(self, current: str, previous: str = "") -> None:
        self.store(json.dumps({"current": current, "previous": previous}))

    def reader(self, clock: FakeClock) -> SecretsManagerSigningSecret:
        return SecretsManagerSigningSecret(self.client, self.name, clock)


def _stored(aws: Backend) -> StoredSecret:
    client, name = aws.client("secretsmanager"), f"signing-{uuid.uuid4().hex}"
    stored = StoredSecret(client, name)
    client.create_secret(Name=name, SecretString='{"current": "first", "previous": ""}')
    return stored


@pytest.fixture
def stored(aws: Backend) -> StoredSecret:
    return _stored(aws)


@pytest.fixture
def vault(platform: Backend | None, clock: FakeClock) -> Vault:
    if platform is None:
        fake = RotatingSecret(b"first")
        return Vault(fake, lambda current: fake.rotate(current.encode()))
    stored = _stored(platform)

    def rotate(current: str) -> None:
        stored.store_keys(current, "first")
        clock.advance(_FRESH_MS)

    return Vault(stored.reader(clock), rotate)


def test_a_new_secret_has_no_previous_key(vault: Vault) -> None:
    assert vault.secret.keys() == SigningKeys(b"first")


def test_after_a_rotation_the_previous_key_still_verifies(vault: Vault) -> None:
    signature = vault.secret.keys().sign("status", "it")

    vault.rotate("second")

    keys = vault.secret.keys()
    keys.verify(signature, "status", "it")
    assert keys == SigningKeys(b"second", b"first")


def test_keys_are_at_most_five_minutes_old(stored: StoredSecret, clock: FakeClock) -> None:
    secret = stored.reader(clock)
    secret.keys()
    stored.store_keys("second", "first")

    clock.advance(_FRESH_MS - 1)
    assert secret.keys().current == b"first"
    clock.advance(1)
    assert secret.keys().current == b"second"


def test_keys_are_asked_for_once_in_five_minutes(stored: StoredSecret, clock: FakeClock) -> None:
    secret = stored.reader(clock)
    with counted_calls(stored.client) as calls:
        for _ in range(5):
            secret.keys()
            clock.advance(_FRESH_MS // 5)
        assert calls == {"GetSecretValue": 1}
        secret.keys()
        assert calls == {"GetSecretValue": 2}


def test_a_reread_finds_a_rotation_at_once(vault: Vault) -> None:
    before = vault.secret.keys()
    vault.rotate("second")
    assert vault.secret.reread() == SigningKeys(b"second", before.current)
    assert vault.secret.keys() == SigningKeys(b"second", before.current)


def test_rereads_ask_at_most_once_in_thirty_seconds(stored: StoredSecret, clock: FakeClock) -> None:
    secret = stored.reader(clock)
    secret.keys()
    with counted_calls(stored.client) as calls:
        for _ in range(100):
            secret.reread()
    assert sum(calls.values()) == 1
    clock.advance(30_000)
    stored.store_keys("second", "first")
    assert secret.reread() == SigningKeys(b"second", b"first")


@pytest.mark.parametrize("text", _MALFORMED.values(), ids=_MALFORMED)
def test_a_malformed_secret_is_an_error_that_does_not_repeat_it(
    stored: StoredSecret, clock: FakeClock, text: str
) -> None:
    stored.store(text)

    with pytest.raises(MalformedSecret) as caught:
        stored.reader(clock).keys()

    assert caught.value.__cause__ is None
    assert text not in str(caught.value)


@pytest.mark.parametrize("text", _MALFORMED.values(), ids=_MALFORMED)
def test_a_botched_rotation_leaves_the_keys_at_hand(
    stored: StoredSecret, clock: FakeClock, text: str
) -> None:
    secret = stored.reader(clock)
    before = secret.keys()
    stored.store(text)
    clock.advance(_FRESH_MS)

    assert secret.keys() == before


def test_the_previous_key_passes_until_its_time_whatever_is_cached(
    stored: StoredSecret, clock: FakeClock
) -> None:
    keys = {"current": "second", "previous": "first", "previous_until": clock.now_ms() + 1_000}
    stored.store(json.dumps(keys))
    secret = stored.reader(clock)

    clock.advance(999)
    assert secret.keys() == SigningKeys(b"second", b"first")
    clock.advance(1)
    assert secret.keys() == SigningKeys(b"second")
    assert secret.reread() == SigningKeys(b"second")


class TestOutages:
    @pytest.fixture
    def stored(self, moto: Backend) -> StoredSecret:
        return _stored(moto)

    @pytest.fixture
    def faults(self, stored: StoredSecret) -> Iterator[Faults]:
        with faults_on(stored.client) as faults:
            yield faults

    @pytest.mark.parametrize(
        "fault", [refused(500, "InternalServiceError"), refused(400, "AccessDeniedException")]
    )
    def test_keys_at_hand_outlive_an_outage_that_is_not_asked_about_at_every_call(
        self, stored: StoredSecret, clock: FakeClock, faults: Faults, fault: Any
    ) -> None:
        secret = stored.reader(clock)
        secret.keys()
        stored.store_keys("second", "first")
        clock.advance(_FRESH_MS)
        faults.plan(*[fault] * 3)

        assert secret.keys().current == b"first"
        faults.planned.clear()

        clock.advance(_RETRY_MS - 1)
        assert secret.keys().current == b"first"
        clock.advance(1)
        assert secret.keys().current == b"second"

    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            (refused(500, "InternalServiceError"), DependencyUnavailable),
            (refused(400, "AccessDeniedException"), ClientError),
        ],
    )
    def test_without_keys_at_hand_it_is_an_error(
        self,
        stored: StoredSecret,
        clock: FakeClock,
        faults: Faults,
        fault: Any,
        error: type[Exception],
    ) -> None:
        faults.plan(*[fault] * 3)

        with pytest.raises(error):
            stored.reader(clock).keys()

        faults.planned.clear()
        assert stored.reader(clock).keys().current == b"first"
