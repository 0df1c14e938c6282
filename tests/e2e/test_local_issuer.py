"""The local token issuer: grants, claims, and errors as RFC 6749 registers them."""

from __future__ import annotations

import hashlib
import json

import httpx
import jwt
import pytest

from meshmill.domain.identity import user_id
from meshmill_local import LocalStack


def _grant(stack: LocalStack, **form: str) -> httpx.Response:
    return httpx.post(stack.token_url, data=form, auth=(stack.client_id, stack.client_secret))


class TestIssuer:
    def test_a_token_carries_the_claims_that_the_api_checks(self, echo: LocalStack) -> None:
        answer = _grant(echo, grant_type="client_credentials").json()
        keys = jwt.PyJWKClient(f"{echo.base_url}/.well-known/jwks.json")
        key = keys.get_signing_key_from_jwt(answer["access_token"])

        claims = jwt.decode(
            answer["access_token"],
            key,
            algorithms=["RS256"],
            audience="meshmill",
            issuer="urn:meshmill:local",
        )

        assert claims["sub"] == claims["client_id"] == echo.client_id
        assert claims["exp"] - claims["iat"] == answer["expires_in"] == 3600
        assert claims["scope"].split() == claims["permissions"]
        assert "assets:create" in claims["permissions"]

    def test_credentials_may_stand_in_the_form(self, echo: LocalStack) -> None:
        answer = httpx.post(
            echo.token_url,
            data={
                "grant_type": "client_credentials",
                "client_id": echo.client_id,
                "client_secret": echo.client_secret,
                "scope": "assets:read",
            },
        )

        assert answer.json()["scope"] == "assets:read"
        assert answer.headers["cache-control"] == "no-store"

    def test_a_refresh_token_is_good_once_and_never_widens_its_scope(
        self, echo: LocalStack
    ) -> None:
        first = _grant(echo, grant_type="client_credentials", scope="assets:read").json()
        spend = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}

        wider = _grant(echo, **spend, scope="assets:delete")
        again = _grant(echo, **spend)
        twice = _grant(echo, **spend)

        assert wider.json()["error"] == "invalid_scope"
        assert again.json()["scope"] == "assets:read"
        assert again.json()["refresh_token"] != first["refresh_token"]
        assert (twice.status_code, twice.json()["error"]) == (400, "invalid_grant")

    @pytest.mark.parametrize(
        ("form", "error"),
        [
            ({}, "invalid_request"),
            ({"grant_type": "password"}, "unsupported_grant_type"),
            ({"grant_type": "refresh_token"}, "invalid_request"),
            ({"grant_type": "client_credentials", "scope": "root"}, "invalid_scope"),
            ({"grant_type": "client_credentials", "client_secret": "x"}, "invalid_request"),
        ],
    )
    def test_what_is_wrong_with_a_request_has_its_registered_code(
        self, echo: LocalStack, form: dict[str, str], error: str
    ) -> None:
        answer = _grant(echo, **form)

        assert (answer.status_code, answer.json()["error"]) == (400, error)

    def test_a_repeated_parameter_is_refused(self, echo: LocalStack) -> None:
        answer = httpx.post(
            echo.token_url,
            content="grant_type=client_credentials&grant_type=client_credentials",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            auth=(echo.client_id, echo.client_secret),
        )

        assert answer.json()["error"] == "invalid_request"

    def test_a_wrong_secret_is_401_and_says_how_to_authenticate(self, echo: LocalStack) -> None:
        answer = httpx.post(
            echo.token_url, data={"grant_type": "client_credentials"}, auth=(echo.client_id, "x")
        )

        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert answer.headers["www-authenticate"].startswith("Basic")

    def test_the_token_endpoint_takes_nothing_but_post(self, echo: LocalStack) -> None:
        answer = httpx.get(echo.token_url)

        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")

    def test_the_api_key_belongs_to_the_tokens_user_and_is_stored_hashed(
        self, echo: LocalStack
    ) -> None:
        _, key_id, secret = echo.api_key.split("_", 2)

        item = echo.client("dynamodb").get_item(
            TableName=echo.outputs["ApiKeysTable"], Key={"key_id": {"S": key_id}}
        )["Item"]

        assert (len(key_id), len(secret)) == (16, 43)
        assert item["user_id"]["S"] == user_id("urn:meshmill:local", echo.client_id)
        assert item["secret_sha256"]["S"] == hashlib.sha256(secret.encode()).hexdigest()
        assert secret not in json.dumps(item)
