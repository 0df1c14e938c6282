"""The signing keys in Secrets Manager, behind a cache that outlives an outage."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from meshmill.aws.errors import unavailable
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.signing import SigningKeys
from meshmill.ports import Clock

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

_FRESH_MS, _RETRY_MS, _REREAD_GAP_MS = 5 * 60_000, 10_000, 30_000
_logger = logging.getLogger(__name__)


class MalformedSecret(Exception):
    """The secret is not ``{"current": "...", "previous": "..."}``; its text is never repeated."""


class SecretsManagerSigningSecret:
    """A secret of the form ``{"current": "...", "previous": ""}``.

    Once read, keys are asked for again after five minutes. Where that fails for whatever reason,
    the ones at hand go on signing, and another try is made ten seconds later: an outage or a
    botched rotation must not take down every link.
    """

    def __init__(self, client: SecretsManagerClient, secret_id: str, clock: Clock) -> None:
        self._client = client
        self._secret_id = secret_id
        self._clock = clock
        self._keys: SigningKeys | None = None
        self._ask_again_at = 0
        self._asked_at = -_REREAD_GAP_MS

    def keys(self) -> SigningKeys:
        """Current and previous key.

        Raises:
            DependencyUnavailable: they were never read, and can't be now.
            MalformedSecret: likewise, since the secret has another form.
        """
        now = self._clock.now_ms()
        if self._keys is None:
            self._keys = self._read()
            self._ask_again_at = now + _FRESH_MS
        elif now >= self._ask_again_at:
            self._keys = self._refreshed(self._keys, now)
        return self._keys

    def reread(self) -> SigningKeys:
        """The keys that stand now, asked for at most once in 30 seconds.

        Raises:
            DependencyUnavailable: they were never read, and can't be now.
            MalformedSecret: likewise, since the secret has another form.
        """
        now, held = self._clock.now_ms(), self.keys()
        if 0 <= now - self._asked_at < _REREAD_GAP_MS:
            return held
        self._asked_at = now
        self._keys = self._refreshed(held, now)
        return self._keys

    def _refreshed(self, held: SigningKeys, now: int) -> SigningKeys:
        try:
            keys = self._read()
        except (ClientError, DependencyUnavailable, MalformedSecret):
            _logger.warning("Signing keys could not be refreshed", exc_info=True)
            self._ask_again_at = now + _RETRY_MS
            return held
        self._ask_again_at = now + _FRESH_MS
        return keys

    def _read(self) -> SigningKeys:
        with unavailable("Secrets Manager"):
            answer = self._client.get_secret_value(SecretId=self._secret_id)
        return _parsed(answer.get("SecretString", ""))


def _parsed(text: str) -> SigningKeys:
    try:
        members = json.loads(text)
        current, previous = str(members["current"]), str(members.get("previous") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        # Not chained: a JSON error carries the whole document.
        raise MalformedSecret("the signing secret has no current key") from None
    if not current:
        raise MalformedSecret("the signing secret's current key is empty")
    return SigningKeys(current.encode(), previous.encode() or None)
