"""Tokens of one's own: any function that returns one, here with refresh tokens of an issuer.

::

    python examples/own_tokens.py    # with the credentials that `make run` has written

The client calls the function before its first request, five minutes before a token expires, and
when the service refuses one; by one thread at a time, whoever else waits for it.
"""

import json
from pathlib import Path

import httpx

from meshmill_client import AccessToken, Client


class RefreshingTokens:
    """Access tokens that are renewed by refresh tokens, so that the secret is sent once."""

    def __init__(self, token_url: str, client_id: str, client_secret: str) -> None:
        self._token_url = token_url
        self._client = {"client_id": client_id, "client_secret": client_secret}
        self._refresh_token: str | None = None

    def __call__(self) -> AccessToken:
        """A new access token, and how many seconds it lives."""
        grant = {"grant_type": "client_credentials"} | self._client
        if self._refresh_token is not None:
            grant = {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
            grant["client_id"] = self._client["client_id"]
        answer = httpx.post(self._token_url, data=grant).raise_for_status().json()
        self._refresh_token = answer.get("refresh_token")
        return AccessToken(answer["access_token"], answer["expires_in"])


def main() -> None:
    """One call, with a token that came from here."""
    local = json.loads(Path(".meshmill/local.json").read_text())
    tokens = RefreshingTokens(local["token_url"], local["client_id"], local["client_secret"])
    with Client(local["base_url"], tokens) as client:
        newest = next(iter(client.assets.list(page_size=1)), None)
        print(newest.name if newest else "no assets yet")


if __name__ == "__main__":
    main()
