"""Tokens: fetched late, renewed early, once for everybody."""

from __future__ import annotations

import base64

import httpx
import pytest

from meshmill_client import ApiKey, RetryPolicy
from meshmill_client.errors import ConnectionFailed, TokenRefused, Unauthorized, UnexpectedAnswer
from tests.unit.client.service import (
    ASSET_ID,
    TOKEN_URL,
    Service,
    client_credentials,
    granted,
    refused,
    shown,
    view,
)

ASSET = f"/api/v1/assets/{ASSET_ID}"
TOKEN_PATH = "/oauth2/token"


def _bearers(service: Service) -> list[str]:
    return [request.headers["Authorization"] for request in service.sent(ASSET)]


def test_no_token_is_fetched_before_the_first_call(service: Service) -> None:
    service.client(client_credentials())

    assert service.requests == []


def test_one_token_serves_many_calls(service: Service) -> None:
    service.on("POST", TOKEN_URL, granted())
    service.on("GET", ASSET, shown(view()))
    client = service.client(client_credentials())

    for _ in range(3):
        client.assets.get(ASSET_ID)

    assert len(service.sent(TOKEN_PATH)) == 1
    assert _bearers(service) == ["Bearer token-1"] * 3


def test_id_and_secret_are_form_encoded_in_the_basic_header(service: Service) -> None:
    service.on("POST", TOKEN_URL, granted())
    service.on("GET", ASSET, shown(view()))

    service.client(client_credentials()).assets.get(ASSET_ID)

    request = service.sent(TOKEN_PATH)[0]
    pair = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
    assert pair == "studio:p%25ss%3Aword"
    assert request.content == b"grant_type=client_credentials"


@pytest.mark.parametrize(("age", "renewed"), [(3299.0, False), (3300.0, True)])
def test_a_token_is_renewed_five_minutes_before_it_expires(
    service: Service, age: float, renewed: bool
) -> None:
    service.on("POST", TOKEN_URL, granted("old"), granted("new"))
    service.on("GET", ASSET, shown(view()))
    client = service.client(client_credentials())
    client.assets.get(ASSET_ID)

    service.clock.seconds += age
    client.assets.get(ASSET_ID)

    assert _bearers(service)[-1] == ("Bearer new" if renewed else "Bearer old")


def test_a_token_that_lives_for_less_than_ten_minutes_serves_half_its_life(
    service: Service,
) -> None:
    service.on("POST", TOKEN_URL, granted("a", expires_in=60), granted("b", expires_in=60))
    service.on("GET", ASSET, shown(view()))
    client = service.client(client_credentials())

    for _ in range(4):
        client.assets.get(ASSET_ID)
        service.clock.seconds += 15

    assert _bearers(service) == ["Bearer a"] * 2 + ["Bearer b"] * 2


def test_a_good_token_goes_on_serving_while_the_token_endpoint_is_down(service: Service) -> None:
    service.on("POST", TOKEN_URL, granted("old"), httpx.Response(503))
    service.on("GET", ASSET, shown(view()))
    client = service.client(client_credentials())
    client.assets.get(ASSET_ID)

    service.clock.seconds += 3400
    client.assets.get(ASSET_ID)
    tried = len(service.sent(TOKEN_PATH))
    client.assets.get(ASSET_ID)

    assert _bearers(service) == ["Bearer old"] * 3
    assert len(service.sent(TOKEN_PATH)) == tried


def test_a_token_refused_before_its_time_is_fetched_anew_once(service: Service) -> None:
    service.on("POST", TOKEN_URL, granted("revoked"), granted("good"))
    service.on("GET", ASSET, refused(401, "UNAUTHORIZED"), shown(view()))

    asset = service.client(client_credentials()).assets.get(ASSET_ID)

    assert asset.asset_id == ASSET_ID
    assert _bearers(service) == ["Bearer revoked", "Bearer good"]


def test_a_refusal_of_the_second_token_too_is_told(service: Service) -> None:
    service.on("POST", TOKEN_URL, granted())
    service.on("GET", ASSET, refused(401, "UNAUTHORIZED"))

    with pytest.raises(Unauthorized):
        service.client(client_credentials()).assets.get(ASSET_ID)

    assert len(service.sent(ASSET)) == 2


def test_a_wrong_secret_is_told_in_the_words_of_the_token_endpoint(service: Service) -> None:
    told = {"error": "invalid_client", "error_description": "unknown client or wrong secret"}
    service.on("POST", TOKEN_URL, httpx.Response(401, json=told))

    with pytest.raises(TokenRefused, match="invalid_client: unknown client") as raised:
        service.client(client_credentials()).assets.get(ASSET_ID)

    assert raised.value.code == "invalid_client"
    assert len(service.requests) == 1


def test_a_token_endpoint_that_stays_down_is_tried_as_often_as_anything_else(
    service: Service,
) -> None:
    service.on("POST", TOKEN_URL, httpx.ConnectError("nobody listens"))

    with pytest.raises(ConnectionFailed):
        service.client(client_credentials(), retries=RetryPolicy(attempts=3)).assets.get(ASSET_ID)

    assert len(service.requests) == 3


def test_an_answer_without_a_token_is_no_token(service: Service) -> None:
    service.on("POST", TOKEN_URL, httpx.Response(200, text="<html>"))

    with pytest.raises(UnexpectedAnswer):
        service.client(client_credentials()).assets.get(ASSET_ID)


def test_an_api_key_goes_into_its_own_header_and_a_refused_one_is_not_tried_again(
    service: Service,
) -> None:
    service.on("GET", ASSET, refused(401, "UNAUTHORIZED"))

    with pytest.raises(Unauthorized):
        service.client(ApiKey("mm_secret")).assets.get(ASSET_ID)

    assert [request.headers["X-API-Key"] for request in service.requests] == ["mm_secret"]
    assert "Authorization" not in service.requests[0].headers


def test_without_credentials_nothing_that_authenticates_is_sent(service: Service) -> None:
    service.on("GET", "/api/v1/health", httpx.Response(200, json={"status": "ok"}))

    with service.anonymous() as anonymous:
        anonymous.request("GET", "/api/v1/health")

    assert not {"authorization", "x-api-key"} & set(service.requests[0].headers)


def test_secrets_are_not_in_what_is_printed() -> None:
    assert "mm_secret" not in repr(ApiKey("mm_secret"))
    assert "p%ss" not in repr(client_credentials())
