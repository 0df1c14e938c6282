"""The signing keys in Secrets Manager, behind a cache that outlives an outage."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from meshmill.aws.errors import unavailable
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.signing import KEYS_FRESH_MS, KeySuccession, SigningKeys
from meshmill.ports import Clock

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

_RETRY_MS, _REREAD_GAP_MS = 10_000, 30_000
_logger = logging.getLogger(__name__)


class MalformedSecret(Exception):
    """The secret has not the form of :func:`parse_succession`; its text is never repeated."""


class SecretsManagerSigningSecret:
    """A secret of the form of :func:`parse_succession`.

    Once read, keys are asked for again after five minutes. Where that fails for whatever reason,
    the ones at hand go on signing, and another try is made ten seconds later: an outage or a
    botched rotation must not take down every link.
    """

    def __init__(self, client: SecretsManagerClient, secret_id: str, clock: Clock) -> None:
        self._client = client
        self._secret_id = secret_id
        self._clock = clock
        self._held: KeySuccession | None = None
        self._ask_again_at = 0
        self._asked_at = -_REREAD_GAP_MS

    def keys(self) -> SigningKeys:
        """Current and previous key.

        Raises:
            DependencyUnavailable: they were never read, and can't be now.
            MalformedSecret: likewise, since the secret has another form.
        """
        now = self._clock.now_ms()
        return self._held_at(now).at(now)

    def reread(self) -> SigningKeys:
        """The keys that stand now, asked for at most once in 30 seconds.

        Raises:
            DependencyUnavailable: they were never read, and can't be now.
            MalformedSecret: likewise, since the secret has another form.
        """
        now = self._clock.now_ms()
        held = self._held_at(now)
        if not 0 <= now - self._asked_at < _REREAD_GAP_MS:
            self._asked_at = now
            held = self._held = self._refreshed(held, now)
        return held.at(now)

    def _held_at(self, now: int) -> KeySuccession:
        if self._held is None:
            self._held = self._read()
            self._ask_again_at = now + KEYS_FRESH_MS
        elif now >= self._ask_again_at:
            self._held = self._refreshed(self._held, now)
        return self._held

    def _refreshed(self, held: KeySuccession, now: int) -> KeySuccession:
        try:
            read = self._read()
        except (ClientError, DependencyUnavailable, MalformedSecret):
            _logger.warning("Signing keys could not be refreshed", exc_info=True)
            self._ask_again_at = now + _RETRY_MS
            return held
        self._ask_again_at = now + KEYS_FRESH_MS
        return read

    def _read(self) -> KeySuccession:
        with unavailable("Secrets Manager"):
            answer = self._client.get_secret_value(SecretId=self._secret_id)
        return parse_succession(answer.get("SecretString", ""))


def parse_succession(text: str) -> KeySuccession:
    """The keys in ``{"current", "previous", "rotated_at", "previous_until"}``.

    ``previous`` may be empty, and the two times, in milliseconds since 1970, may be absent: so it
    is with a secret that was never rotated.

    Raises:
        MalformedSecret: it is something else.
    """
    try:
        members = json.loads(text)
        keys = KeySuccession(
            current=str(members["current"]),
            previous=str(members.get("previous") or ""),
            rotated_at=_time(members.get("rotated_at")),
            previous_until=_time(members.get("previous_until")),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        # Not chained: a JSON error carries the whole document.
        raise MalformedSecret("the signing secret has no current key, or no good times") from None
    if not keys.current:
        raise MalformedSecret("the signing secret's current key is empty")
    return keys


def _time(value: Any) -> int | None:
    return None if value is None else int(value)
