"""The parts that the adapters are made of, where a port does not show all of them."""

from __future__ import annotations

import time

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    IncompleteReadError,
    NoCredentialsError,
    ReadTimeoutError,
    ResponseStreamingError,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from meshmill.aws.attributes import from_value, to_asset, to_item, to_value
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


_VALUES = st.recursive(
    st.none() | st.booleans() | st.text() | st.integers(-(10**37), 10**37),
    lambda member: st.lists(member) | st.dictionaries(st.text(), member),
    max_leaves=20,
)


@settings(deadline=None, derandomize=True, database=None)
@given(_VALUES)
def test_values_have_the_form_that_boto3_gives_them_and_come_back(value: object) -> None:
    written = to_value(value)

    assert written == TypeSerializer().serialize(value)
    assert from_value(written) == TypeDeserializer().deserialize(written) == value


@pytest.mark.parametrize("value", [0.5, {1}, b"bytes", object()])
def test_a_value_that_no_item_holds_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no item of ours holds"):
        to_value({"member": [value]})


@pytest.mark.parametrize("value", [{"B": b"bytes"}, {"NS": ["1"]}])
def test_a_value_that_no_version_of_ours_has_written_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="no item of ours holds"):
        from_value(value)


def test_no_expression_has_redundant_parentheses() -> None:
    """DynamoDB refuses them; neither emulator does."""
    single = AllOf((AnyOf((AllOf((Is("run", "a"),)),)),))
    nested = AllOf((AnyOf((Is("run", "a"), AllOf((Is("run", "b"), Is("lane", "c"))))), single))

    def condition(requires: AllOf) -> str:
        return to_expressions(
            Transition(name="any", requires=requires, already=requires, assign={})
        ).condition.text

    assert condition(single) == "attribute_exists(#version) AND #run = :v1"
    assert condition(nested) == (
        "attribute_exists(#version) AND "
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
