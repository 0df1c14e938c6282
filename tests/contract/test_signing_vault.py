"""Replacing the signing keys: only what was read is replaced, and once."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from meshmill.aws.signing_secret import MalformedSecret, SecretsManagerSigningSecret
from meshmill.aws.signing_vault import SecretsManagerSigningVault
from meshmill.domain.errors import DependencyUnavailable, InvalidState
from meshmill.domain.signing import KeySuccession, SigningKeys
from meshmill.ports import SigningVault
from tests.fakes.clock import START_MS, FakeClock
from tests.fakes.credentials import InMemorySigningVault
from tests.support.backend import Backend
from tests.support.sdk_events import (
    FAILED_AFTER_EFFECT,
    LOST_RESPONSE,
    THROTTLED,
    UNREACHABLE,
    Fault,
    Faults,
    faults_on,
    refused,
)

_FIRST = KeySuccession(current="first")
_SECOND = _FIRST.followed_by("second", START_MS, 86_400_000)


def _created(backend: Backend) -> tuple[Any, str]:
    client, name = backend.client("secretsmanager"), f"signing-{uuid.uuid4().hex}"
    client.create_secret(Name=name, SecretString='{"current": "first", "previous": ""}')
    return client, name


@pytest.fixture
def vault(platform: Backend | None) -> SigningVault:
    if platform is None:
        return InMemorySigningVault(_FIRST)
    return SecretsManagerSigningVault(*_created(platform))


def test_what_replaces_the_keys_is_read_back(vault: SigningVault) -> None:
    seen = vault.read()
    assert seen.keys == _FIRST

    vault.replace(seen, _SECOND)

    assert vault.read().keys == _SECOND
    assert vault.read().version != seen.version


def test_keys_can_be_replaced_again_and_again(vault: SigningVault) -> None:
    for number in range(4):
        seen = vault.read()
        vault.replace(seen, seen.keys.followed_by(f"key {number}", START_MS, 1))

    assert vault.read().keys.current == "key 3"


@pytest.mark.parametrize("rival", ["fake", "moto"])
def test_of_two_who_read_the_same_keys_the_first_alone_replaces_them(
    rival: str, request: pytest.FixtureRequest
) -> None:
    """The embedded engine overwrites a version, which Secrets Manager refuses."""
    vault: SigningVault
    if rival == "fake":
        vault = InMemorySigningVault(_FIRST)
    else:
        vault = SecretsManagerSigningVault(*_created(request.getfixturevalue("moto")))
    seen, seen_by_another = vault.read(), vault.read()
    vault.replace(seen, _SECOND)

    with pytest.raises(InvalidState):
        vault.replace(seen_by_another, _FIRST.followed_by("third", START_MS, 1))

    assert vault.read().keys == _SECOND


def test_a_reader_of_the_secret_takes_both_keys(aws: Backend, clock: FakeClock) -> None:
    client, name = _created(aws)
    vault = SecretsManagerSigningVault(client, name)
    vault.replace(vault.read(), _SECOND)

    assert SecretsManagerSigningSecret(client, name, clock).keys() == SigningKeys(
        b"second", b"first"
    )


def test_a_secret_of_another_form_is_an_error(moto: Backend) -> None:
    client, name = _created(moto)
    client.put_secret_value(SecretId=name, SecretString=json.dumps({"key": "x"}))

    with pytest.raises(MalformedSecret):
        SecretsManagerSigningVault(client, name).read()


class TestFaults:
    @pytest.fixture(autouse=True)
    def _at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            "botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0
        )

    @pytest.fixture
    def vault(self, moto: Backend) -> SecretsManagerSigningVault:
        return SecretsManagerSigningVault(*_created(moto))

    @pytest.fixture
    def faults(self, moto: Backend) -> Iterator[Faults]:
        with faults_on(moto.client("secretsmanager")) as faults:
            yield faults

    @pytest.mark.parametrize("fault", [LOST_RESPONSE, FAILED_AFTER_EFFECT, THROTTLED, UNREACHABLE])
    def test_keys_are_replaced_once_whatever_became_of_the_first_try(
        self, vault: SecretsManagerSigningVault, faults: Faults, fault: Fault
    ) -> None:
        seen = vault.read()
        faults.plan(fault)

        vault.replace(seen, _SECOND)

        assert vault.read().keys == _SECOND

    @pytest.mark.parametrize(
        "fault", [THROTTLED, UNREACHABLE, refused(500, "InternalServiceError")]
    )
    def test_when_no_attempt_gets_through_the_keys_stand(
        self, vault: SecretsManagerSigningVault, faults: Faults, fault: Fault
    ) -> None:
        seen = vault.read()
        for call in (vault.read, lambda: vault.replace(seen, _SECOND)):
            faults.plan(*[fault] * 3)
            with pytest.raises(DependencyUnavailable):
                call()

        assert vault.read() == seen
