"""The client that a command gets: the profile's, which is named where it may be the fault."""

from __future__ import annotations

import pytest

from meshmill_cli.frame.connection import connected
from meshmill_cli.frame.exits import Exit
from meshmill_cli.frame.failures import failure_of
from meshmill_client.errors import MeshmillError, NotFound
from meshmill_client.profiles import ProfileMissing
from tests.support.home import Home
from tests.unit.cli.served import Served


def test_it_has_the_address_and_the_credentials_of_the_profile(service: Served, home: Home) -> None:
    home.run_locally(base_url=service.url)
    service.on("GET", "/api/v1/assets", 200, {"data": [], "next_cursor": None})
    with connected(None) as client:
        assert list(client.assets.list()) == []
    (request,) = service.requests
    assert request.headers["X-API-Key"] == "mm_local"


def test_commands_in_a_row_fetch_one_token_between_them(
    service: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MESHMILL_BASE_URL", service.url)
    monkeypatch.setenv("MESHMILL_TOKEN_URL", f"{service.url}/token")
    monkeypatch.setenv("MESHMILL_CLIENT_ID", "studio")
    monkeypatch.setenv("MESHMILL_CLIENT_SECRET", "secret")
    service.on("POST", "/token", 200, {"access_token": "t-1", "expires_in": 3600})
    service.on("GET", "/api/v1/assets", 200, {"data": [], "next_cursor": None})
    for _ in range(3):
        with connected(None) as client:
            assert list(client.assets.list()) == []
    assert [request.method for request in service.requests] == ["POST", "GET", "GET", "GET"]


def test_the_service_and_the_profile_are_told_with_what_went_wrong(
    service: Served, home: Home
) -> None:
    path = home.run_locally(base_url=service.url)
    with pytest.raises(NotFound) as raised, connected("local") as client:
        client.assets.get("a-1")
    failure = failure_of(raised.value)
    assert failure.exit_code is Exit.NOT_FOUND
    assert f"{service.url} was asked, by profile local of {path}" in failure.lines[-1]


def test_an_unknown_profile_is_no_reason_to_ask_anybody(service: Served, home: Home) -> None:
    home.run_locally(base_url=service.url)
    with pytest.raises(ProfileMissing), connected("other"):
        pass
    assert issubclass(ProfileMissing, MeshmillError)
    assert service.requests == []
