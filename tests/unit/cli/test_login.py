"""``meshmill login`` and ``meshmill logout`` as somebody types them."""

from __future__ import annotations

import base64

import pytest

from meshmill_cli.frame.connection import connected
from meshmill_cli.frame.exits import Exit
from tests.support.home import Home
from tests.unit.cli.processes import COMMAND, on_terminal
from tests.unit.cli.served import Served
from tests.unit.cli.typed import Meshmill

EMPTY: dict[str, object] = {"data": [], "next_cursor": None}
ASSETS = "/api/v1/assets"


@pytest.fixture
def signed_in(service: Served, meshmill: Meshmill) -> Served:
    service.on("GET", ASSETS, 200, EMPTY)
    assert meshmill(
        "login", "--base-url", service.url, "--api-key-stdin", stdin="mm_first\n"
    ).code == 0  # fmt: skip
    return service


def test_a_key_is_tried_and_then_stored_as_the_current_profile(
    signed_in: Served, home: Home
) -> None:
    (tried,) = signed_in.requests
    assert tried.headers["X-API-Key"] == "mm_first"
    assert home.stored() == {
        "version": 1,
        "current": "default",
        "profiles": {"default": {"base_url": signed_in.url, "api_key": "mm_first"}},
    }


def test_a_key_that_is_refused_is_not_stored(
    service: Served, meshmill: Meshmill, home: Home
) -> None:
    service.refuse("GET", ASSETS, 401, "UNAUTHORIZED")
    ended = meshmill("login", "--base-url", service.url, "--api-key-stdin", stdin="mm_bad")
    assert ended.code == Exit.NOT_SIGNED_IN
    assert "nothing is stored" in ended.err
    assert "mm_bad" not in ended.err + ended.out
    assert not home.profiles.exists()


def test_a_key_that_may_not_list_assets_is_known_all_the_same(
    service: Served, meshmill: Meshmill, home: Home
) -> None:
    service.refuse("GET", ASSETS, 403, "FORBIDDEN")
    ended = meshmill("login", "ci", "--base-url", service.url, "--api-key-stdin", stdin="mm_1")
    assert ended.code == Exit.OK
    assert home.stored()["current"] == "ci"


def test_what_is_no_meshmill_service_is_not_stored(
    service: Served, meshmill: Meshmill, home: Home
) -> None:
    service.on("GET", ASSETS, 200, b"<html>hello</html>")
    ended = meshmill("login", "--base-url", service.url, "--api-key-stdin", stdin="mm_1")
    assert ended.code == Exit.UNREACHABLE
    assert not home.profiles.exists()


def test_client_credentials_are_tried_by_a_token_and_stored(
    service: Served, meshmill: Meshmill, home: Home
) -> None:
    service.on("GET", ASSETS, 200, EMPTY)
    service.on("POST", "/token", 200, {"access_token": "t-1", "expires_in": 3600})
    ended = meshmill("login", "ci", "--base-url", service.url, "--client-id", "studio",
                     "--token-url", f"{service.url}/token", "--client-secret-stdin",
                     stdin="s3cret\n")  # fmt: skip
    assert ended.code == Exit.OK
    grant, listing = service.requests
    pair = base64.b64decode(grant.headers["Authorization"].removeprefix("Basic "))
    assert (pair, listing.headers["Authorization"]) == (b"studio:s3cret", "Bearer t-1")
    assert home.stored()["profiles"]["ci"] == {
        "base_url": service.url,
        "token_url": f"{service.url}/token",
        "client_id": "studio",
        "client_secret": "s3cret",
    }


def test_signing_in_again_needs_only_the_secret_and_tries_the_new_one(
    service: Served, meshmill: Meshmill, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    test_client_credentials_are_tried_by_a_token_and_stored(service, meshmill, home)
    with connected("ci") as client:
        assert list(client.assets.list()) == []  # a token of the old secret is kept
    service.refuse("POST", "/token", 401, "invalid_client")
    monkeypatch.setenv("MESHMILL_CLIENT_SECRET", "wrong")
    ended = meshmill("login", "ci")
    assert ended.code == Exit.NOT_SIGNED_IN
    assert home.stored()["profiles"]["ci"]["client_secret"] == "s3cret"
    service.on("POST", "/token", 200, {"access_token": "t-2", "expires_in": 3600})
    assert meshmill("login", "ci").code == Exit.OK
    assert home.stored()["profiles"]["ci"]["client_secret"] == "wrong"


def test_without_a_terminal_it_says_what_is_missing_and_does_not_wait(
    service: Served, meshmill: Meshmill
) -> None:
    ended = meshmill("login", "--base-url", service.url)
    assert ended.code == Exit.REFUSED
    assert "--api-key-stdin" in ended.err
    assert "MESHMILL_API_KEY" in ended.err
    assert service.requests == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "--base-url is missing"),
        (["--base-url", "meshmill.example", "--api-key-stdin"], "base_url must be an address"),
        (["--base-url", "https://a.example", "--client-id", "x"], "--token-url is missing"),
        (["--token-url", "https://a.example"], "--base-url and --client-id is missing"),
        (["--api-key-stdin", "--client-id", "x"], "leave out what is for client credentials"),
        (["local", "--base-url", "https://a.example"], "stands for what is found here"),
    ],
)
def test_what_makes_no_profile_is_refused_by_name(
    arguments: list[str], told: str, meshmill: Meshmill, home: Home
) -> None:
    ended = meshmill("login", *arguments, stdin="mm_1")
    assert ended.code == Exit.REFUSED
    assert told in ended.err
    assert not home.profiles.exists()


def test_an_empty_standard_input_is_no_key(meshmill: Meshmill) -> None:
    ended = meshmill("login", "--base-url", "https://a.example", "--api-key-stdin")
    assert (ended.code, "standard input is empty" in ended.err) == (Exit.REFUSED, True)


def test_who_is_overruled_by_the_environment_is_told(
    service: Served, meshmill: Meshmill, home: Home
) -> None:
    home.run_locally()
    service.on("GET", ASSETS, 200, EMPTY)
    ended = meshmill("login", "--base-url", service.url, "--api-key-stdin", stdin="mm_1")
    assert "but profile local" in ended.err
    assert "a pipeline runs here" in ended.err


def test_signing_out_forgets_the_secret(signed_in: Served, meshmill: Meshmill, home: Home) -> None:
    assert meshmill("logout").code == Exit.OK
    assert "mm_first" not in home.profiles.read_text()
    assert meshmill("logout").code == Exit.NOT_SIGNED_IN
    ended = meshmill("logout", "default")
    assert (ended.code, "there is no profile default" in ended.err) == (Exit.NOT_SIGNED_IN, True)


def test_signing_out_tells_of_what_is_stored_still(
    signed_in: Served, meshmill: Meshmill, home: Home
) -> None:
    signed_in.on("GET", ASSETS, 200, EMPTY)
    meshmill("login", "ci", "--base-url", signed_in.url, "--api-key-stdin", stdin="mm_2")
    assert meshmill("logout").err == "profile ci is forgotten\nstill stored: default\n"
    assert meshmill("logout").err.splitlines() == [
        "meshmill: no profile is the current one",
        "meshmill: name the one to forget: meshmill logout default",
    ]


def test_on_a_terminal_the_key_is_asked_for_and_not_shown(service: Served, home: Home) -> None:
    service.on("GET", ASSETS, 200, EMPTY)
    code, shown = on_terminal(
        *COMMAND, "login", "--base-url", service.url, answers=[("API key: ", "mm_typed\n")]
    )
    assert (code, "mm_typed" in shown) == (Exit.OK, False)
    assert home.stored()["profiles"]["default"]["api_key"] == "mm_typed"


def test_a_prompt_that_is_interrupted_ends_in_a_line(service: Served, home: Home) -> None:
    code, shown = on_terminal(
        *COMMAND, "login", "--base-url", service.url, answers=[("API key: ", "\x03")]
    )
    assert code == Exit.INTERRUPTED
    assert "meshmill: interrupted" in shown.replace("\x1b[1;31m", "").replace("\x1b[0m", "")
    assert "Traceback" not in shown
    assert not home.profiles.exists()
