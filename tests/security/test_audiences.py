"""Whose tokens are believed: any of our audiences, in the forms that issuers write them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults.emptied import forget
from tests.support import tokens
from tests.support.cloud import Cloud

#: Ids of two clients of one user pool, as infrastructure joins them.
CLIENTS = "1example23456789, 2example23456789"


@pytest.fixture(autouse=True)
def _two_clients(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESHMILL_TOKEN_AUDIENCE", CLIENTS)
    forget()


def cognito_token(client: str, **changes: Any) -> str:
    """An access token by client credentials, as Cognito's developer guide shows one."""
    shape: dict[str, Any] = {
        "sub": client,
        "token_use": "access",
        "scope": "assets/create assets/read",
        "client_id": client,
        "version": 2,
        "jti": "2f2c2b1a-7a51-4c3e-9c54-2b1f7f5d8a6e",
        "aud": None,
        "nbf": None,
        "permissions": None,
    }
    return tokens.token(**(shape | changes))


def status(cloud: Cloud, token: str) -> int:
    return cloud.request("GET", "/api/v1/assets", bearer=token).status


@pytest.mark.parametrize("client_id", ["1example23456789", "2example23456789"])
def test_each_of_our_clients_is_believed(cloud: Cloud, client_id: str) -> None:
    assert status(cloud, cognito_token(client_id)) == 200
    assert status(cloud, tokens.token(aud=client_id)) == 200
    assert status(cloud, tokens.token(aud=["another", client_id])) == 200


def test_scopes_with_a_slash_are_permissions(cloud: Cloud) -> None:
    reading = cognito_token("1example23456789", scope="assets/read")
    body = {"format": "gltf", "parameters": {"generator": "rock"}}
    assert cloud.create(body, bearer=reading).code == "FORBIDDEN"
    assert cloud.create(body, bearer=cognito_token("1example23456789")).status == 202


REFUSED: dict[str, dict[str, Any]] = {
    "another client of the same pool": {"client_id": "3example23456789"},
    "no client": {"client_id": None},
    "both clients in one text": {"client_id": CLIENTS},
    "an empty client": {"client_id": ""},
    "a client in a list of lists": {"aud": [["1example23456789"], {}, None]},
    "an ID token": {"token_use": "id", "aud": "1example23456789"},
    "a refresh token": {"token_use": "refresh"},
    "a use that is no text": {"token_use": ["access"]},
    "the audience from before": {"aud": tokens.AUDIENCE},
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_was_not_issued_to_us_is_refused(cloud: Cloud, case: str) -> None:
    assert status(cloud, cognito_token("1example23456789", **REFUSED[case])) == 401


def test_clients_of_one_pool_are_different_users(cloud: Cloud) -> None:
    body = {"format": "gltf", "parameters": {"generator": "rock"}}
    made = cloud.create(body, bearer=cognito_token("1example23456789")).json["asset_id"]
    path = f"/api/v1/assets/{made}"
    other = cognito_token("2example23456789")
    assert cloud.request("GET", path, bearer=other).status == 404


@pytest.mark.parametrize("nobody", ["", " , ,"])
def test_where_no_audience_is_configured_nobody_is_believed(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, nobody: str
) -> None:
    monkeypatch.setenv("MESHMILL_TOKEN_AUDIENCE", nobody)
    forget()
    for audience in ("", ",", tokens.AUDIENCE):
        assert status(cloud, tokens.token(aud=audience)) == 401
