"""A token that outlives the process that fetched it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import httpx
import pytest

from meshmill_client import CachedToken, ClientCredentials
from meshmill_client.errors import ServiceUnavailable, TokenRefused
from tests.unit.client.service import (
    ASSET_ID,
    NO_RETRIES,
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


@dataclass
class Memory:
    """A cache that other processes may write to."""

    token: CachedToken | None = None
    stored: list[CachedToken] = field(default_factory=list)

    def load(self) -> CachedToken | None:
        return self.token

    def store(self, token: CachedToken) -> None:
        self.token = token
        self.stored.append(token)

    def forget(self) -> None:
        self.token = None


def _cached(service: Service, text: str, seconds_left: float) -> Memory:
    return Memory(CachedToken(text, service.clock.seconds + seconds_left))


def _caching(memory: Memory) -> ClientCredentials:
    return replace(client_credentials(), cache=memory)


def _bearers(service: Service) -> list[str]:
    return [request.headers["Authorization"].split()[1] for request in service.sent(ASSET)]


def test_a_token_is_kept_with_its_end_for_the_next_process(service: Service) -> None:
    service.on("POST", TOKEN_URL, granted("kept", expires_in=3600))
    service.on("GET", ASSET, shown(view()))
    memory = Memory()

    for _process in range(2):
        service.client(_caching(memory)).assets.get(ASSET_ID)

    now = service.clock.seconds
    assert memory.stored == [CachedToken("kept", now + 3600, now + 3300)]
    assert len(service.sent(TOKEN_PATH)) == 1
    assert _bearers(service) == ["kept", "kept"]


@pytest.mark.parametrize(("seconds_left", "used"), [(301, "kept"), (300, "new"), (-1, "new")])
def test_one_within_five_minutes_of_its_end_is_renewed(
    service: Service, seconds_left: float, used: str
) -> None:
    service.on("POST", TOKEN_URL, granted("new"))
    service.on("GET", ASSET, shown(view()))

    service.client(_caching(_cached(service, "kept", seconds_left))).assets.get(ASSET_ID)

    assert _bearers(service) == [used]


def test_a_short_one_serves_half_its_life_in_other_processes_too(service: Service) -> None:
    service.on("POST", TOKEN_URL, granted("short", expires_in=200), granted("new"))
    service.on("GET", ASSET, shown(view()))
    memory = Memory()

    for seconds in (0, 99, 2):
        service.clock.seconds += seconds
        service.client(_caching(memory)).assets.get(ASSET_ID)

    assert _bearers(service) == ["short", "short", "new"]


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(503), httpx.Response(500), httpx.Response(200, text="<h1>Maintenance</h1>")],
    ids=["503", "500", "a page"],
)
def test_while_it_can_not_be_renewed_it_goes_on_serving(
    service: Service, answer: httpx.Response
) -> None:
    service.on("POST", TOKEN_URL, answer)
    service.on("GET", ASSET, shown(view()))
    memory = _cached(service, "kept", 200)
    client = service.client(_caching(memory), retries=NO_RETRIES)

    client.assets.get(ASSET_ID)
    client.assets.get(ASSET_ID)

    assert _bearers(service) == ["kept", "kept"]
    assert len(service.sent(TOKEN_PATH)) == 1


def test_renewing_is_tried_again_after_half_a_minute(service: Service) -> None:
    service.on("POST", TOKEN_URL, httpx.Response(503), granted("new"))
    service.on("GET", ASSET, shown(view()))
    client = service.client(_caching(_cached(service, "kept", 200)), retries=NO_RETRIES)

    client.assets.get(ASSET_ID)
    service.clock.seconds += 30
    client.assets.get(ASSET_ID)

    assert _bearers(service) == ["kept", "new"]


def test_one_past_its_end_does_not_serve_while_the_endpoint_is_down(service: Service) -> None:
    service.on("POST", TOKEN_URL, httpx.Response(503))

    with pytest.raises(ServiceUnavailable):
        service.client(_caching(_cached(service, "kept", -1))).assets.get(ASSET_ID)

    assert service.sent(ASSET) == []


def test_a_client_that_is_not_known_any_more_is_told_although_a_token_is_left(
    service: Service,
) -> None:
    service.on("POST", TOKEN_URL, httpx.Response(401, json={"error": "invalid_client"}))

    with pytest.raises(TokenRefused):
        service.client(_caching(_cached(service, "kept", 200))).assets.get(ASSET_ID)


def test_one_that_is_refused_is_forgotten_and_fetched_anew(service: Service) -> None:
    service.on("POST", TOKEN_URL, granted("new"))
    service.on("GET", ASSET, refused(401, "UNAUTHORIZED"), shown(view()))
    memory = _cached(service, "revoked", 3000)

    service.client(_caching(memory)).assets.get(ASSET_ID)

    assert _bearers(service) == ["revoked", "new"]
    assert [token.text for token in memory.stored] == ["new"]


def test_one_that_another_process_has_fetched_meanwhile_is_taken(service: Service) -> None:
    memory = _cached(service, "revoked", 3000)

    def while_another_renews(_: httpx.Request) -> httpx.Response:
        memory.token = CachedToken("another", service.clock.seconds + 3600)
        return refused(401, "UNAUTHORIZED")

    service.on("GET", ASSET, while_another_renews, shown(view()))

    service.client(_caching(memory)).assets.get(ASSET_ID)

    assert _bearers(service) == ["revoked", "another"]
    assert service.sent(TOKEN_PATH) == []


def test_an_endpoint_that_is_down_does_not_lengthen_the_life_of_a_token(service: Service) -> None:
    service.on("POST", TOKEN_URL, httpx.Response(503), granted("new"))
    service.on("GET", ASSET, shown(view()))
    client = service.client(_caching(_cached(service, "kept", 10)), retries=NO_RETRIES)

    client.assets.get(ASSET_ID)
    service.clock.seconds += 11
    client.assets.get(ASSET_ID)

    assert _bearers(service) == ["kept", "new"]
