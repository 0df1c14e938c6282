"""Tokens from a function of one's own, and the other ways to say who is calling."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from typing import Any, cast

import pytest

from meshmill_client import AccessToken, ApiKey, Client, TokenProvider
from meshmill_client.errors import TokenRefused, Unauthorized
from tests.unit.client.faces import Asyncio
from tests.unit.client.service import ASSET_ID, BASE_URL, Service, refused, shown, view

ASSET = f"/api/v1/assets/{ASSET_ID}"


def jwt(**claims: Any) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"e30.{payload}.c2ln"


def counted(*tokens: str | AccessToken) -> Callable[[], str | AccessToken]:
    """Each call gives the next token; the last one is given once."""
    left = list(tokens)
    return lambda: left.pop(0)


def _bearers(service: Service) -> list[str]:
    return [request.headers["Authorization"].split()[1] for request in service.sent(ASSET)]


def test_a_text_that_names_no_end_serves_until_it_is_refused(service: Service) -> None:
    service.on("GET", ASSET, shown(view()))
    client = service.client(TokenProvider(counted("first", "second")))

    client.assets.get(ASSET_ID)
    service.clock.seconds += 10 * 365 * 86_400
    client.assets.get(ASSET_ID)
    service.on("GET", ASSET, refused(401, "UNAUTHORIZED"), shown(view()))
    client.assets.get(ASSET_ID)

    assert _bearers(service) == ["first", "first", "first", "second"]


@pytest.mark.parametrize(
    "claims",
    [{}, {"exp": None}, {"exp": "soon"}, {"exp": [1]}, {"exp": 10**400}],
    ids=["none", "null", "a word", "a list", "beyond all numbers"],
)
def test_a_jwt_without_an_end_that_can_be_read_is_as_a_plain_text(
    service: Service, claims: dict[str, Any]
) -> None:
    service.on("GET", ASSET, shown(view()))
    token = jwt(**claims)

    service.client(TokenProvider(counted(token))).assets.get(ASSET_ID)

    assert _bearers(service) == [token]


@pytest.mark.parametrize("named", ["by the JWT", "beside the text"])
def test_a_token_is_renewed_five_minutes_before_its_end(service: Service, named: str) -> None:
    lives = 3600.0
    end = service.clock.seconds + lives
    first: str | AccessToken = jwt(exp=end) if named == "by the JWT" else AccessToken("t", lives)
    service.on("GET", ASSET, shown(view()))
    client = service.client(TokenProvider(counted(first, "second")))

    for passing in (lives - 301, 1):
        client.assets.get(ASSET_ID)
        service.clock.seconds += passing
    client.assets.get(ASSET_ID)

    assert [token == "second" for token in _bearers(service)] == [False, False, True]


def test_a_plain_function_will_do_in_place_of_a_provider(service: Service) -> None:
    service.on("GET", ASSET, shown(view()))

    function: Any = counted("plain")
    service.client(function).assets.get(ASSET_ID)

    assert _bearers(service) == ["plain"]


async def _awaited() -> str:
    await asyncio.sleep(0.001)
    return "awaited"


def test_a_coroutine_function_serves_the_asynchronous_client() -> None:
    face = Asyncio()
    service = Service(face)
    service.on("GET", ASSET, shown(view()))

    service.client(TokenProvider(_awaited)).assets.get(ASSET_ID)
    face.close()

    assert _bearers(service) == ["awaited"]


def test_a_coroutine_function_is_told_that_it_needs_the_other_client(
    blocking_service: Service,
) -> None:
    client = blocking_service.client(TokenProvider(_awaited))

    with pytest.raises(RuntimeError, match="AsyncClient"):
        client.assets.get(ASSET_ID)

    assert blocking_service.requests == []


def test_what_the_function_raises_is_raised(service: Service) -> None:
    def fails() -> str:
        raise PermissionError("no ticket")

    with pytest.raises(PermissionError, match="no ticket"):
        service.client(TokenProvider(fails)).assets.get(ASSET_ID)


def _failing_with(error: Exception) -> Callable[[], AccessToken]:
    """Gives a token of an hour, then fails, then gives another one."""
    given: list[AccessToken | Exception] = [AccessToken("a", 3600), error, AccessToken("b", 3600)]

    def next_one() -> AccessToken:
        one = given.pop(0)
        if isinstance(one, Exception):
            raise one
        return one

    return next_one


def test_while_the_function_fails_a_good_token_goes_on_serving(service: Service) -> None:
    service.on("GET", ASSET, shown(view()))
    client = service.client(TokenProvider(_failing_with(OSError("the vault is sealed"))))

    for seconds in (0, 3400, 29, 2):
        service.clock.seconds += seconds
        client.assets.get(ASSET_ID)

    assert _bearers(service) == ["a", "a", "a", "b"]


def test_what_the_function_raises_is_raised_once_no_token_is_good(service: Service) -> None:
    service.on("GET", ASSET, shown(view()))
    client = service.client(TokenProvider(_failing_with(OSError("the vault is sealed"))))
    client.assets.get(ASSET_ID)
    service.clock.seconds += 3600

    with pytest.raises(OSError, match="sealed"):
        client.assets.get(ASSET_ID)


def test_a_function_that_refuses_is_heard_although_a_token_is_left(service: Service) -> None:
    service.on("GET", ASSET, shown(view()))
    refusal = TokenRefused("dismissed", code="access_denied")
    client = service.client(TokenProvider(_failing_with(refusal)))
    client.assets.get(ASSET_ID)
    service.clock.seconds += 3400

    with pytest.raises(TokenRefused, match="dismissed"):
        client.assets.get(ASSET_ID)


def test_what_is_no_token_is_told_by_its_type(service: Service) -> None:
    nothing = cast("Callable[[], str]", lambda: None)

    with pytest.raises(TypeError, match="the function gave NoneType"):
        service.client(TokenProvider(nothing)).assets.get(ASSET_ID)


def test_a_second_token_that_is_refused_is_the_last(service: Service) -> None:
    service.on("GET", ASSET, refused(401, "UNAUTHORIZED"))

    with pytest.raises(Unauthorized):
        service.client(TokenProvider(counted("a", "b"))).assets.get(ASSET_ID)

    assert _bearers(service) == ["a", "b"]


def test_an_api_key_may_be_given_as_a_text(service: Service) -> None:
    service.on("GET", ASSET, shown(view()))

    service.anonymous(api_key="mm_text").assets.get(ASSET_ID)

    assert service.requests[0].headers["X-API-Key"] == "mm_text"


def test_two_credentials_are_one_too_many(service: Service) -> None:
    with pytest.raises(ValueError, match="not both"):
        service.client(ApiKey("mm_a"), api_key="mm_b")


@pytest.mark.parametrize("text", ["", "secret\n", "secrét", "se\0cret"])
def test_what_can_not_be_in_a_header_is_refused_without_being_told(text: str) -> None:
    with pytest.raises(ValueError, match="header") as of_key:
        Client(BASE_URL, api_key=text)
    with pytest.raises(ValueError, match="header") as of_token:
        AccessToken(text)

    assert "secr" not in str(of_key.value) + str(of_token.value)
