"""A token on disk, so that commands in a row fetch one between them."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from meshmill_client.credentials import ClientCredentials
from meshmill_client.profiles.errors import ProfileMissing
from meshmill_client.profiles.places import tokens_folder, write_private
from meshmill_client.tokens import CachedToken, require_fit_for_header


@dataclass(frozen=True, slots=True)
class TokenFile:
    """A :class:`~meshmill_client.TokenCache`: what can't be read or written is as good as none."""

    path: Path

    def load(self) -> CachedToken | None:
        """The token that was kept last, if any."""
        try:
            kept = json.loads(self.path.read_bytes())
            text = str(kept["text"])
            require_fit_for_header(text)
            renew_at = kept.get("renew_at")
            return CachedToken(
                text, float(kept["expires_at"]), None if renew_at is None else float(renew_at)
            )
        except (OSError, OverflowError, ValueError, KeyError, TypeError):
            return None

    def store(self, token: CachedToken) -> None:
        """Keep a token in place of an older one."""
        with contextlib.suppress(OSError):
            write_private(self.path, json.dumps(asdict(token)).encode())

    def forget(self) -> None:
        """Keep none any more."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)


def token_file_of(client: ClientCredentials) -> TokenFile | None:
    """Where these credentials keep their token; None on a machine without a home directory."""
    identity = "\0".join((client.token_url, client.client_id, client.scope or ""))
    try:
        folder = tokens_folder()
    except ProfileMissing:
        return None
    return TokenFile(folder / f"{hashlib.sha256(identity.encode()).hexdigest()[:32]}.json")
