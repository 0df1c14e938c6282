"""Token buckets in DynamoDB by GCRA, exact under concurrency.

A bucket is one number, ``tat``: the theoretical arrival time, when the bucket is full again, in
integer microseconds since 1970. What is asked for costs ``cost`` microseconds, as many times a
token's as it is tokens; a full bucket holds ``tau`` of them. Update expressions know no ``max()``,
so two conditional updates exclude each other:

- idle: ``tat`` absent or ``<= now``, set to ``now + cost``;
- busy: ``now < tat <= now + tau - cost``, advanced by ``cost``.

Whoever guessed wrong learns ``tat`` from the refusal: out of tokens, or the other update fits.
Source: ITU-T I.371, the generic cell rate algorithm (virtual scheduling).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshmill.aws.attributes import Value, from_value, to_value
from meshmill.aws.errors import item_of, unavailable
from meshmill.aws.recent import Recent
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.identity import batch_bucket
from meshmill.ports import Allowance, Clock

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_US_PER_MS, _US_PER_SECOND, _US_PER_MINUTE = 1_000, 1_000_000, 60_000_000
_LINES_AT_ONCE = 2_000
_ROUNDS = 4
_REMEMBERED_BUCKETS = 10_000
# Clocks differ, so an item outlives the time at which its bucket is certainly full.
_MARGIN_SECONDS = 60
# A fence keeps its item for longer than the bucket needs it.
_SPENT = "spender = :me, expires_at = if_not_exists(fenced_until, :expires_at)"


@dataclass(frozen=True, slots=True)
class _Limit:
    """A bucket that holds ``burst`` tokens, each of which comes back in ``token`` microseconds."""

    burst: int
    token: int

    @classmethod
    def of(cls, burst: int, rate: int, period: int) -> _Limit:
        """So many tokens at once, and ``rate`` of them in ``period`` microseconds."""
        # Rounded up, so that no rounding ever grants more than the limit.
        return cls(burst, -(-period // rate))


@dataclass(frozen=True, slots=True)
class _Request:
    """So many tokens asked for at ``now``; all times in microseconds."""

    bucket: str
    limit: _Limit
    tokens: int
    now: int
    me: str

    @property
    def cost(self) -> int:
        return self.tokens * self.limit.token

    @property
    def tau(self) -> int:
        return self.limit.burst * self.limit.token

    @property
    def latest(self) -> int:
        """The last ``tat`` at which as many tokens are left."""
        return self.now + self.tau - self.cost

    def update_when_idle(self) -> dict[str, Any]:
        """Start from now: what the bucket could hold beyond full is lost."""
        return {
            "UpdateExpression": f"SET tat = :now_plus_cost, {_SPENT}",
            "ConditionExpression": "attribute_not_exists(tat) OR tat <= :now",
            "ExpressionAttributeValues": {
                ":now_plus_cost": to_value(self.now + self.cost),
                **self._values(),
            },
        }

    def update_when_busy(self) -> dict[str, Any]:
        """Take of the tokens that are left."""
        return {
            "UpdateExpression": f"SET tat = tat + :cost, {_SPENT}",
            "ConditionExpression": "tat > :now AND tat <= :latest AND spender <> :me",
            "ExpressionAttributeValues": {
                ":cost": to_value(self.cost),
                ":latest": to_value(self.latest),
                **self._values(),
            },
        }

    def _values(self) -> dict[str, Value]:
        full_at_the_latest = (self.now + self.tau) // _US_PER_SECOND
        return {
            ":now": to_value(self.now),
            ":me": to_value(self.me),
            ":expires_at": to_value(full_at_the_latest + _MARGIN_SECONDS),
        }

    def allowance(self, bucket: _Bucket, *, granted: bool) -> Allowance:
        """The bucket's figures, times rounded up to milliseconds."""
        full_in = max(bucket.tat - self.now, 0)
        return Allowance(
            granted=granted,
            limit=self.limit.burst,
            remaining=max(self.tau - full_in, 0) // self.limit.token,
            full_in_ms=_milliseconds(full_in),
            retry_after_ms=0 if granted else _milliseconds(bucket.tat - self.latest),
            fenced=bucket.fenced_until * _US_PER_SECOND > self.now,
        )


@dataclass(frozen=True, slots=True)
class _Bucket:
    """What an update met or made: ``tat`` is 0 where there is no item."""

    tat: int
    spender: str
    fenced_until: int


class _Buckets:
    """Items ``{bucket, tat, spender, expires_at}``; one update, or two on a wrong guess.

    An item may have ``fenced_until`` as well (:mod:`meshmill.aws.dynamodb_fences`), which each
    update tells: a caller that is fenced pays all the same.

    ``spender`` names who took the last tokens, so that when the SDK tries again after a lost
    response it finds its own tokens spent. If somebody else has spent some in between, the try
    takes them a second time: then too few are granted, never too many.
    """

    def __init__(self, client: DynamoDBClient, table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock
        # The last tat seen of each bucket, which tells whether it is idle or busy now.
        self._seen: Recent[str, int] = Recent(_REMEMBERED_BUCKETS)

    def take(self, bucket: str, limit: _Limit, tokens: int) -> Allowance:
        """Take so many tokens, all or none.

        Raises:
            DependencyUnavailable: the bucket changed between idle and busy at every try.
        """
        now = self._clock.now_ms() * _US_PER_MS
        request = _Request(bucket, limit, tokens, now, os.urandom(8).hex())
        tat = self._seen.get(bucket) or 0
        for _ in range(_ROUNDS):
            found = self._try_to_take(request, tat)
            tat = found.tat
            self._seen.put(bucket, tat)
            granted = found.spender == request.me
            if granted or tat > request.latest:
                return request.allowance(found, granted=granted)
        raise DependencyUnavailable("A rate-limit bucket changed at every try")

    def _try_to_take(self, request: _Request, tat: int) -> _Bucket:
        """One update, chosen by the ``tat`` that the bucket is thought to have."""
        busy = tat > request.now
        update = request.update_when_busy() if busy else request.update_when_idle()
        try:
            with unavailable("DynamoDB"):
                answer = self._client.update_item(
                    TableName=self._table,
                    Key={"bucket": {"S": request.bucket}},
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **update,
                )
        except self._client.exceptions.ConditionalCheckFailedException as refusal:
            return _to_bucket(item_of(refusal) or {})
        return _to_bucket(answer["Attributes"])


class DynamoDbRateLimiter:
    """What callers may ask in a minute."""

    def __init__(self, client: DynamoDBClient, table: str, clock: Clock) -> None:
        self._table = table
        self._buckets = _Buckets(client, table, clock)

    def spend(self, bucket: str, per_minute: int) -> Allowance:
        """Take one token of a bucket that holds ``per_minute`` and refills as many a minute.

        Raises:
            DependencyUnavailable: the bucket changed between idle and busy at every try.
        """
        limit = _Limit.of(per_minute, per_minute, _US_PER_MINUTE)
        return self._buckets.take(bucket, limit, 1)


class DynamoDbLineBudget:
    """What a user's manifests may take of us, in lines, over all of them."""

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        clock: Clock,
        lines_per_second: int,
        burst: int = _LINES_AT_ONCE,
    ) -> None:
        self._buckets = _Buckets(client, table, clock)
        self._limit = _Limit.of(burst, lines_per_second, _US_PER_SECOND)

    def draw(self, user_id: str, lines: int) -> Allowance:
        """Take so many lines, all or none.

        Raises:
            ValueError: there are never as many at once.
            DependencyUnavailable: the bucket changed between idle and busy at every try.
        """
        if not 1 <= lines <= self._limit.burst:
            raise ValueError(f"a budget grants 1 to {self._limit.burst} lines at once")
        return self._buckets.take(batch_bucket(user_id), self._limit, lines)


def _to_bucket(item: Mapping[str, Any]) -> _Bucket:
    fields = {name: from_value(value) for name, value in item.items()}
    return _Bucket(fields.get("tat", 0), fields.get("spender", ""), fields.get("fenced_until", 0))


def _milliseconds(microseconds: int) -> int:
    return -(-microseconds // _US_PER_MS)
