from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from meshmill.aws.dynamodb_fences import DynamoDbFences
from meshmill.aws.dynamodb_limits import DynamoDbLineBudget, DynamoDbRateLimiter
from meshmill.domain.identity import batch_bucket
from meshmill.ports import Allowance, Clock, RateLimiter
from meshmill.ports.batches import LineBudget
from tests.fakes.clock import START_MS, FakeClock
from tests.fakes.limits import ReferenceLineBudget, ReferenceRateLimiter
from tests.support.backend import Backend, rate_limits_table

_THREADS = 64
LINES_PER_SECOND = 1_000
#: Random requests of one run; fewer where each takes ten times as long, and answers as elsewhere.
_REQUESTS, _MOTOS = 750, 250


class Limiters:
    """Makes limiters that share their buckets, as processes do."""

    def __init__(self, platform: Backend | None, table: str) -> None:
        self._platform = platform
        self._table = table
        self._reference: ReferenceRateLimiter | None = None
        self._reference_budget: ReferenceLineBudget | None = None

    def new(self, clock: Clock) -> RateLimiter:
        if self._platform is not None:
            client = self._platform.client("dynamodb")
            return DynamoDbRateLimiter(client, self._table, clock)
        self._reference = self._reference or ReferenceRateLimiter(clock)
        return self._reference

    def budget(self, clock: Clock) -> LineBudget:
        if self._platform is not None:
            client = self._platform.client("dynamodb")
            return DynamoDbLineBudget(client, self._table, clock, LINES_PER_SECOND)
        self._reference_budget = self._reference_budget or ReferenceLineBudget(
            clock, LINES_PER_SECOND
        )
        return self._reference_budget

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
def test_random_requests_get_the_reference_limiters_answers(
    limiters: Limiters, platform: Backend | None, seed: int
) -> None:
    requests = _MOTOS if platform is not None and platform.name == "moto" else _REQUESTS
    chance = random.Random(seed)
    clock, reference_clock = FakeClock(), FakeClock()
    # Two processes: each knows of the buckets only what it has seen itself.
    processes = [limiters.new(clock) for _ in range(2)]
    reference = ReferenceRateLimiter(reference_clock)
    limits = {"user#a": 7, "user#b": 100, "key#c": 1_000}
    for _ in range(requests):
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


class TestLines:
    """What manifests may take: 2,000 lines at once, and 1,000 a second."""

    @pytest.fixture
    def budget(self, limiters: Limiters, clock: FakeClock) -> LineBudget:
        return limiters.budget(clock)

    def test_a_rested_budget_grants_its_burst_and_then_says_when(self, budget: LineBudget) -> None:
        answers = [budget.draw("ada", 900) for _ in range(3)]

        assert answers == [
            Allowance(granted=True, limit=2_000, remaining=1_100, full_in_ms=900, retry_after_ms=0),
            Allowance(granted=True, limit=2_000, remaining=200, full_in_ms=1_800, retry_after_ms=0),
            Allowance(
                granted=False, limit=2_000, remaining=200, full_in_ms=1_800, retry_after_ms=700
            ),
        ]

    def test_what_is_refused_takes_nothing(self, budget: LineBudget) -> None:
        budget.draw("ada", 1_500)

        assert not budget.draw("ada", 501).granted
        assert budget.draw("ada", 500).granted

    def test_lines_are_there_when_they_were_announced_and_no_earlier(
        self, budget: LineBudget, clock: FakeClock
    ) -> None:
        budget.draw("ada", 2_000)
        wait = budget.draw("ada", 500).retry_after_ms

        clock.advance(wait - 1)
        assert budget.draw("ada", 500).retry_after_ms == 1
        clock.advance(1)
        assert budget.draw("ada", 500).granted

    def test_the_whole_burst_may_be_drawn_at_once(self, budget: LineBudget) -> None:
        assert budget.draw("ada", 2_000).granted
        assert not budget.draw("ada", 1).granted

    @pytest.mark.parametrize("lines", [-1, 0, 2_001])
    def test_what_could_never_be_granted_is_a_mistake(self, budget: LineBudget, lines: int) -> None:
        with pytest.raises(ValueError, match="at once"):
            budget.draw("ada", lines)

    def test_users_have_budgets_of_their_own_apart_from_their_requests(
        self, budget: LineBudget, limiter: RateLimiter
    ) -> None:
        budget.draw("ada", 2_000)
        limiter.spend("user#ada", 1)

        assert budget.draw("grace", 2_000).granted
        assert not limiter.spend("user#ada", 1).granted

    @pytest.mark.parametrize("seed", range(2))
    def test_hundreds_of_random_draws_get_the_references_answers(
        self, limiters: Limiters, seed: int
    ) -> None:
        chance = random.Random(seed)
        clock, reference_clock = FakeClock(), FakeClock()
        processes = [limiters.budget(clock) for _ in range(2)]
        reference = ReferenceLineBudget(reference_clock, LINES_PER_SECOND)
        for _ in range(400):
            wait = chance.choice([0, 0, 0, 1, 59, 500, 1_999, 2_000, 60_000])
            clock.advance(wait)
            reference_clock.advance(wait)
            lines = chance.choice([1, 1, 7, 499, 500, 500, 1_999, 2_000])

            answer = chance.choice(processes).draw("ada", lines)

            assert answer == reference.draw("ada", lines)

    def test_under_many_threads_no_more_than_the_budget_is_granted(
        self, limiters: Limiters, clock: FakeClock
    ) -> None:
        processes = [limiters.budget(clock) for _ in range(4)]

        def draw(number: int) -> bool:
            return processes[number % 4].draw("ada", 100).granted

        with ThreadPoolExecutor(_THREADS) as pool:
            granted = Counter(pool.map(draw, range(64)))

        assert granted == {True: 20, False: 44}


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

    def test_a_fence_is_told_to_whoever_draws_lines(
        self, aws: Backend, limiters: Limiters, clock: FakeClock
    ) -> None:
        budget = limiters.budget(clock)
        assert not budget.draw("ada", 1).fenced

        fences = DynamoDbFences(aws.client("dynamodb"), limiters._table, clock)
        fences.put(batch_bucket("ada"))

        assert budget.draw("ada", 1).fenced
        assert limiters.stored(batch_bucket("ada"))["tat"] == START_MS * 1_000 + 2_000
