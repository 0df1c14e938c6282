"""Sixty-four callers at once on one bucket, through the whole of the local stage."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import httpx

from meshmill_local import LocalStack

_CALLERS = 64


@dataclass(frozen=True)
class Rush:
    """Answers of callers that began together, and how long it all took."""

    answers: list[httpx.Response]
    seconds: float

    @property
    def statuses(self) -> Counter[int]:
        return Counter(answer.status_code for answer in self.answers)


def rush(stack: LocalStack, headers: dict[str, str], calls_each: int) -> Rush:
    begin = Barrier(_CALLERS)

    def call(_: int) -> list[httpx.Response]:
        with httpx.Client(base_url=stack.base_url, headers=headers, timeout=120) as http:
            begin.wait()
            return [http.get("/api/v1/assets?limit=1") for _ in range(calls_each)]

    with ThreadPoolExecutor(_CALLERS) as pool:
        began = time.monotonic()
        answers = [answer for each in pool.map(call, range(_CALLERS)) for answer in each]
        return Rush(answers, time.monotonic() - began)


def assert_exactly_granted(done: Rush, per_minute: int) -> None:
    """The full bucket, and what has flowed back meanwhile: whole tokens, never one more."""
    granted = done.statuses[200]
    assert done.statuses == {200: granted, 429: len(done.answers) - granted}
    assert per_minute <= granted <= per_minute + int(done.seconds * per_minute / 60) + 1


def test_the_bucket_of_an_api_key_grants_sixty_four_callers_its_limit_and_no_more(
    local_stack: LocalStack,
) -> None:
    key = local_stack.mint_api_key("rush by key", requests_per_minute=16)

    done = rush(local_stack, {"X-API-Key": key}, calls_each=1)

    assert_exactly_granted(done, per_minute=16)
    refused = next(answer for answer in done.answers if answer.status_code == 429)
    assert refused.json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    assert 1 <= int(refused.headers["retry-after"]) <= 4


def test_the_bucket_of_a_user_grants_sixty_four_callers_its_limit_and_no_more(
    local_stack: LocalStack,
) -> None:
    token = local_stack.mint_token("rush by token")

    done = rush(local_stack, {"Authorization": f"Bearer {token}"}, calls_each=3)

    assert_exactly_granted(done, per_minute=100)
    limits = {answer.headers["x-ratelimit-limit"] for answer in done.answers}
    assert limits == {"100"}
