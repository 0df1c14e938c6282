"""Every way to say who is calling, against the running pipeline."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from meshmill_client import (
    AccessToken,
    ApiKey,
    AsyncClient,
    CachedToken,
    Client,
    ClientCredentials,
    Credentials,
    TokenProvider,
)
from meshmill_client.errors import Forbidden, TokenRefused, Unauthorized
from meshmill_local import LocalStack
from tests.e2e.client_users import User
from tests.unit.client.faces import Asyncio


class Kept:
    """A token cache that remembers how often it was written."""

    def __init__(self) -> None:
        self.stored: list[CachedToken] = []

    def load(self) -> CachedToken | None:
        return self.stored[-1] if self.stored else None

    def store(self, token: CachedToken) -> None:
        self.stored.append(token)

    def forget(self) -> None:
        self.stored.clear()


def _asks(user: User, credentials: Credentials) -> None:
    with user.client(credentials) as client:
        assert list(client.batches.list()) == []


def test_an_api_key_and_a_function_that_gives_tokens_say_who_is_calling(user: User) -> None:
    stack, subject = user.stack, user.subject

    _asks(user, ApiKey(stack.mint_api_key(subject)))
    _asks(user, TokenProvider(lambda: stack.mint_token(subject)))


def test_tokens_may_come_from_a_coroutine(local_stack: LocalStack) -> None:
    async def fetched() -> str:
        return local_stack.mint_token("of a coroutine")

    face = Asyncio()
    _asks(User(local_stack, face, "of a coroutine"), TokenProvider(fetched))
    face.close()


def test_client_credentials_fetch_one_token_for_many_clients(user: User) -> None:
    stack, cache = user.stack, Kept()
    credentials = ClientCredentials(
        stack.token_url, stack.client_id, stack.client_secret, cache=cache
    )

    for _ in range(2):
        with user.client(credentials) as client:
            next(iter(client.assets.list(page_size=1)), None)

    assert len(cache.stored) == 1


def test_fewer_permissions_are_asked_for_by_scope(user: User) -> None:
    stack = user.stack
    reader = ClientCredentials(
        stack.token_url, stack.client_id, stack.client_secret, scope="assets:read"
    )

    with user.client(reader) as client:
        next(iter(client.assets.list(page_size=1)), None)
        with pytest.raises(Forbidden):
            client.assets.create(format="gltf")


def test_who_is_unknown_is_told_by_whom(user: User) -> None:
    with user.client(ApiKey("mm_nobody")) as client, pytest.raises(Unauthorized) as refused:
        client.assets.get("x")
    assert refused.value.request_id

    stranger = ClientCredentials(user.stack.token_url, "nobody", "wrong")
    with user.client(stranger) as client, pytest.raises(TokenRefused, match="invalid_client"):
        client.assets.get("x")


def test_a_token_that_is_refused_is_fetched_anew(user: User) -> None:
    stack = user.stack
    tokens = [stack.mint_token(user.subject, lifetime_seconds=-60), stack.mint_token(user.subject)]

    def with_no_end() -> AccessToken:
        # Nobody sees that the first has expired but the service.
        return AccessToken(tokens.pop(0))

    with user.client(TokenProvider(with_no_end)) as client:
        assert list(client.batches.list()) == []
    assert tokens == []


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_the_stack_that_runs_here_is_the_profile_local(
    kind: type[Client | AsyncClient],
    local_stack: LocalStack,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / ".meshmill"
    folder.mkdir()
    (folder / "local.json").write_text(json.dumps(local_stack.description()))
    for name in ("MESHMILL_PROFILE", "MESHMILL_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MESHMILL_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    face = Asyncio()

    made = kind.from_profile()
    client = face.blocking(made) if isinstance(made, AsyncClient) else made
    with client:
        next(iter(client.assets.list(page_size=1)), None)
    face.close()
