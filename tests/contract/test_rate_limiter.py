from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from meshmill.aws.dynamodb_limits import DynamoDbRateLimiter
from meshmill.ports import Allowance, Clock, RateLimiter
from tests.fakes.clock import START_MS, FakeClock
from tests.fakes.limits import ReferenceRateLimiter
from tests.support.backend import Backend, rate_limits_table

_THREADS = 64


class Limiters:
    """Makes limiters that share their buckets, as processes do."""

    def __init__(self, platform: Backend | None, table: str) -> None:
        self._platform = platform
        self._table = table
        self._reference: ReferenceRateLimiter | None = None

    def new(self, clock: Clock) -> RateLimiter:
        if self._platform is not None:
            client = self._platform.client("dynamodb")
            return DynamoDbRateLimiter(client, self._table, clock)
        self._reference = self._reference or ReferenceRateLimiter(clock)
        return self._reference

    def stored(self, bucket: str) -> dict[str, int]:
        """The numbers of a bucket's item; without a platform there is none."""
        assert self._platform is not None
        item = self._platform.client("dynamodb").get_item(
            TableName=self._table, Key={"bucket": {"S": bucket}}
        )["Item"]
        return {name: int(value["N"]) for name, value in item.items() if "N" in value}


@pytest.fixture
def limiters(platform: Backend | None) -> Iterator[Limiters]:
    if platform is None:
        yield Limiters(None, "")
        return
    with rate_limits_table(platform) as table:
        yield Limiters(platform, table)


@pytest.fixture
def limiter(limiters: Limiters, clock: FakeClock) -> RateLimiter:
    return limiters.new(clock)


def test_a_full_bucket_grants_its_limit_at_once_and_then_says_when(limiter: RateLimiter) -> None:
    answers = [limiter.spend("user#a", 3) for _ in range(5)]

    assert answers == [
        Allowance(granted=True, limit=3, remaining=2, full_in_ms=20_000, retry_after_ms=0),
        Allowance(granted=True, limit=3, remaining=1, full_in_ms=40_000, retry_after_ms=0),
        Allowance(granted=True, limit=3, remaining=0, full_in_ms=60_000, retry_after_ms=0),
        Allowance(granted=False, limit=3, remaining=0, full_in_ms=60_000, retry_after_ms=20_000),
        Allowance(granted=False, limit=3, remaining=0, full_in_ms=60_000, retry_after_ms=20_000),
    ]


def test_a_token_is_there_when_it_was_announced_and_no_earlier(
    limiter: RateLimiter, clock: FakeClock
) -> None:
    for _ in range(100):
        limiter.spend("user#a", 100)
    wait = limiter.spend("user#a", 100).retry_after_ms

    clock.advance(wait - 1)
    assert limiter.spend("user#a", 100).retry_after_ms == 1
    clock.advance(1)
    assert limiter.spend("user#a", 100).granted


def test_a_rested_bucket_is_full_and_no_fuller(limiter: RateLimiter, clock: FakeClock) -> None:
    full_in = limiter.spend("user#a", 2).full_in_ms

    clock.advance(full_in + 3_600_000)

    assert [limiter.spend("user#a", 2).granted for _ in range(3)] == [True, True, False]


def test_buckets_are_independent(limiter: RateLimiter) -> None:
    limiter.spend("user#a", 1)

    assert not limiter.spend("user#a", 1).granted
    assert limiter.spend("user#b", 1).granted


@pytest.mark.parametrize("per_minute", [1, 7, 100, 1_000, 90_000])
def test_the_first_token_of_any_limit_is_granted(limiter: RateLimiter, per_minute: int) -> None:
    answer = limiter.spend("user#a", per_minute)

    assert (answer.granted, answer.remaining) == (True, per_minute - 1)


@pytest.mark.parametrize("seed", range(2))
def test_thousands_of_random_requests_get_the_reference_limiters_answers(
    limiters: Limiters, seed: int
) -> None:
    chance = random.Random(seed)
    clock, reference_clock = FakeClock(), FakeClock()
    # Two processes: each knows of the buckets only what it has seen itself.
    processes = [limiters.new(clock) for _ in range(2)]
    reference = ReferenceRateLimiter(reference_clock)
    limits = {"user#a": 7, "user#b": 100, "key#c": 1_000}
    for _ in range(750):
        wait = chance.choice([0, 0, 0, 1, 59, 60, 600, 8_571, 8_572, 60_000])
        clock.advance(wait)
        reference_clock.advance(wait)
        bucket = chance.choice(list(limits))

        answer = chance.choice(processes).spend(bucket, limits[bucket])

        assert answer == reference.spend(bucket, limits[bucket])


def test_under_many_threads_exactly_the_limit_is_granted(
    limiters: Limiters, clock: FakeClock
) -> None:
    processes = [limiters.new(clock) for _ in range(4)]

    def spend(number: int) -> bool:
        return processes[number % 4].spend("user#a", 100).granted

    with ThreadPoolExecutor(_THREADS) as pool:
        granted = Counter(pool.map(spend, range(256)))

    assert granted == {True: 100, False: 156}


def test_under_many_threads_each_grant_leaves_one_token_fewer(
    limiters: Limiters, clock: FakeClock
) -> None:
    limiter = limiters.new(clock)

    with ThreadPoolExecutor(_THREADS) as pool:
        answers = list(pool.map(lambda _: limiter.spend("user#a", 1_000), range(128)))

    assert sorted(answer.remaining for answer in answers) == list(range(872, 1_000))


class TestItems:
    """What stands in the table."""

    @pytest.fixture
    def limiters(self, aws: Backend) -> Iterator[Limiters]:
        with rate_limits_table(aws) as table:
            yield Limiters(aws, table)

    def test_an_item_outlives_the_time_at_which_its_bucket_is_full(
        self, limiters: Limiters, limiter: RateLimiter
    ) -> None:
        for _ in range(3):
            limiter.spend("user#a", 3)

        stored = limiters.stored("user#a")

        assert stored["tat"] == (START_MS + 60_000) * 1_000
        assert stored["tat"] / 1_000_000 < stored["expires_at"] < START_MS / 1_000 + 300

    def test_an_item_that_was_dropped_meanwhile_is_a_full_bucket(
        self, aws: Backend, clock: FakeClock
    ) -> None:
        with rate_limits_table(aws) as table:
            limiter = DynamoDbRateLimiter(aws.client("dynamodb"), table, clock)
            limiter.spend("user#a", 3)
            limiter.spend("user#a", 3)
            aws.client("dynamodb").delete_item(TableName=table, Key={"bucket": {"S": "user#a"}})

            assert limiter.spend("user#a", 3).remaining == 2
