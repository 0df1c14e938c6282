"""The parts that the adapters are made of, where a port does not show all of them."""

from __future__ import annotations

import time

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    IncompleteReadError,
    NoCredentialsError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from meshmill.aws.attributes import to_asset, to_item
from meshmill.aws.backoff import Backoff
from meshmill.aws.clock import SystemClock
from meshmill.aws.conditions import to_expressions
from meshmill.aws.errors import unavailable
from meshmill.aws.recent import Recent
from meshmill.domain.conditions import AllOf, AnyOf, Is
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.transitions import Transition
from tests.contract import samples

_WORTH_ANOTHER_TRY = [
    ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Any")  # type: ignore[typeddict-item]
    for code, status in [
        ("ProvisionedThroughputExceededException", 400),
        ("ThrottlingException", 400),
        ("RequestThrottled", 403),
        ("RequestTimeout", 400),
        ("TransactionConflictException", 400),
        ("TooManyRequests", 429),
        ("InternalFailure", 500),
        ("SlowDown", 503),
    ]
] + [
    ConnectTimeoutError(endpoint_url="any"),
    EndpointConnectionError(endpoint_url="any"),
    IncompleteReadError(actual_bytes=1, expected_bytes=2),
    ReadTimeoutError(endpoint_url="any"),
    ResponseStreamingError(error="cut short"),
]
_NOT_WORTH_IT = [
    ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Any")  # type: ignore[typeddict-item]
    for code, status in [
        ("AccessDenied", 403),
        ("ConditionalCheckFailedException", 400),
        ("NoSuchKey", 404),
        ("ResourceNotFoundException", 400),
        ("ValidationException", 400),
    ]
] + [NoCredentialsError(), KeyError("ours")]


@pytest.mark.parametrize("error", _WORTH_ANOTHER_TRY, ids=repr)
def test_what_another_try_may_mend_is_unavailable_and_says_why(error: Exception) -> None:
    with pytest.raises(DependencyUnavailable, match="SQS") as caught, unavailable("SQS"):
        raise error

    assert caught.value.__cause__ is error


@pytest.mark.parametrize("error", _NOT_WORTH_IT, ids=repr)
def test_everything_else_stays_what_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as caught, unavailable("SQS"):
        raise error

    assert caught.value is error


@pytest.mark.parametrize("state", samples.STATES)
def test_an_item_has_the_set_fields_and_the_keys_of_its_indexes_and_nothing_else(
    state: str,
) -> None:
    asset = samples.in_state(state)

    names = set(to_item(asset))

    assert names == set(asset.attributes()) | {"user_shard", "position", "due_shard"}
    assert ("due_at" in names) == (not asset.status.is_final)


def test_an_attribute_that_a_later_version_writes_is_left_aside() -> None:
    asset = samples.new_asset()

    assert to_asset(to_item(asset) | {"colour": {"S": "red"}}) == asset


def test_no_expression_has_redundant_parentheses() -> None:
    """DynamoDB refuses them; neither emulator does."""
    single = AllOf((AnyOf((AllOf((Is("run", "a"),)),)),))
    nested = AllOf((AnyOf((Is("run", "a"), AllOf((Is("run", "b"), Is("lane", "c"))))), single))

    def condition(requires: AllOf) -> str:
        return to_expressions(
            Transition(name="any", requires=requires, already=requires, assign={})
        ).condition

    assert condition(single) == "attribute_exists(#asset_id) AND #run = :v1"
    assert condition(nested) == (
        "attribute_exists(#asset_id) AND "
        "((#run = :v1 OR (#run = :v2 AND #lane = :v3)) AND #run = :v4)"
    )


def test_what_was_used_last_is_kept_and_the_rest_forgotten() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.put("a", 1)
    recent.put("b", 2)
    recent.get("a")

    recent.put("c", 3)

    assert [recent.get(key) for key in ("a", "b", "c")] == [1, None, 3]


def test_pauses_grow_but_stay_within_their_bounds() -> None:
    pauses: list[float] = []
    backoff = Backoff(attempts=4, base_seconds=1, pause=pauses.append)

    assert list(backoff.tries()) == [0, 1, 2, 3]

    assert len(pauses) == 3
    assert all(0 <= pause <= 2**number for number, pause in enumerate(pauses, 1))


def test_the_systems_clock_tells_milliseconds_since_1970() -> None:
    before = time.time()

    now = SystemClock().now_ms() / 1000

    assert before - 0.001 <= now <= time.time()
