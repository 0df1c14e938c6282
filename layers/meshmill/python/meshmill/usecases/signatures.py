"""Checking signatures while keys are being rotated."""

from __future__ import annotations

from collections.abc import Callable

from meshmill.domain.errors import InvalidSignature
from meshmill.domain.signing import SigningKeys
from meshmill.ports import SigningSecret


def check(secret: SigningSecret, verify: Callable[[SigningKeys], None]) -> None:
    """Verify with the keys at hand, and where they fail, with the ones that stand now.

    Another process may sign with a new key before this one has heard of it.

    Raises:
        InvalidSignature: neither matches.
    """
    held = secret.keys()
    try:
        verify(held)
    except InvalidSignature:
        fresh = secret.reread()
        if fresh == held:
            raise
        verify(fresh)
