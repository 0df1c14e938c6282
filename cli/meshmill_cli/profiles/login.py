"""``meshmill login`` and ``meshmill logout``."""

from __future__ import annotations

from typing import Annotated

import typer

from meshmill_cli.frame.completion import stored_profiles
from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.examples import examples
from meshmill_cli.frame.exits import Exit
from meshmill_cli.terminal.output import tell

_DEFAULT_NAME = "default"

LOGIN_EXAMPLES = examples(
    "meshmill login --base-url https://meshmill.example",
    "meshmill login staging --base-url https://staging.example --api-key-stdin < key.txt",
    "meshmill login ci --base-url https://meshmill.example --client-id ci \\",
    "    --token-url https://issuer.example/oauth2/token --client-secret-stdin < secret.txt",
)
LOGOUT_EXAMPLES = examples("meshmill logout", "meshmill logout staging")


def login(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="What to call the profile.", autocompletion=stored_profiles
        ),
    ] = _DEFAULT_NAME,
    base_url: Annotated[
        str | None, typer.Option(help="Address of the service, unless the profile has it already.")
    ] = None,
    api_key_stdin: Annotated[
        bool, typer.Option("--api-key-stdin", help="Read the API key from standard input.")
    ] = False,
    client_id: Annotated[
        str | None, typer.Option(help="Sign in by client credentials (OAuth 2.0), not by a key.")
    ] = None,
    token_url: Annotated[
        str | None, typer.Option(help="Where tokens for the client are issued.")
    ] = None,
    client_secret_stdin: Annotated[
        bool, typer.Option("--client-secret-stdin", help="Read its secret from standard input.")
    ] = False,
    scope: Annotated[
        str | None, typer.Option(help="Ask for fewer permissions than the client has.")
    ] = None,
) -> None:
    """Sign in to a service, and use it from now on.

    The key or secret is asked for, unless it comes from standard input, from MESHMILL_API_KEY or
    from MESHMILL_CLIENT_SECRET. It is tried before it is stored.
    """
    # The client is slow to load: help need not wait for it.
    from meshmill_cli.profiles.signing_in import Typed, overruled_by, sign_in  # noqa: PLC0415

    typed = Typed(
        base_url=base_url,
        client_id=client_id,
        token_url=token_url,
        scope=scope,
        api_key_stdin=api_key_stdin,
        client_secret_stdin=client_secret_stdin,
    )
    profile = sign_in(name, typed)
    tell(f"signed in to {profile.base_url}: {profile.told} is the current one")
    if other := overruled_by(profile):
        tell(f"but {other}")


def logout(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="Which profile; the current one unless given.",
            autocompletion=stored_profiles,
        ),
    ] = None,
) -> None:
    """Forget a profile, its secret and the token that was kept for it.

    What it signs in with goes on being good: an operator can revoke it.
    """
    from meshmill_client.profiles import ProfileStore, profiles_path  # noqa: PLC0415

    store = ProfileStore(profiles_path())
    forgotten = name or store.current()
    if forgotten is None:
        stored = store.names()
        lines = ["no profile is the current one" if stored else "nobody is signed in"]
        lines += (
            [f"name the one to forget: meshmill logout {' or '.join(stored)}"] if stored else []
        )
        raise CommandFailed(lines, Exit.NOT_SIGNED_IN)
    store.remove(forgotten)
    tell(f"profile {forgotten} is forgotten")
    if left := store.names():
        tell(f"still stored: {', '.join(left)}")
