"""What is told, and what was done, where faults outlast the client's patience."""

from __future__ import annotations

from typing import Any

import pytest

from meshmill_client import Client, ClientCredentials
from meshmill_client.errors import (
    ApiError,
    ConnectionFailed,
    DuplicateRequest,
    NotFound,
    Unauthorized,
    WaitTimeout,
)
from tests.support.fault_proxy.faults import KEPT_BACK, Fault
from tests.support.fault_proxy.schedules import Recorded, Replayed
from tests.unit.client.service import TOKEN_URL
from tests.unit.client.stand_in_assets import id_of
from tests.unit.client.stand_in_limits import (
    ATTEMPTS,
    CERTAIN,
    EFFECTIVE,
    TOLD,
    TOLD_OF_TOKENS,
    always,
    named,
)
from tests.unit.client.stand_in_way import Disturbed

ROCK: dict[str, Any] = {"format": "gltf", "parameters": {"seed": 4}}
ROCK_ID = id_of(ROCK)


@pytest.mark.parametrize("fault", TOLD, ids=named)
def test_after_five_attempts_the_last_failure_is_told(fault: Fault) -> None:
    schedule = always(fault, "GET", "/assets/")
    way = Disturbed(schedule)

    with way.client() as client, pytest.raises(TOLD[fault]) as told:
        client.assets.get(ROCK_ID)

    assert schedule.asked("GET", "/assets/") == ATTEMPTS
    assert way.undercut == []
    if isinstance(told.value, ConnectionFailed):
        assert told.value.was_sent is (fault is not Fault.REFUSED)
    if isinstance(told.value, ApiError):
        assert told.value.status in {429, 502, 503, 504}


def test_a_token_that_is_refused_again_is_told_after_one_new_one() -> None:
    schedule = always(Fault.EXPIRED, "GET", "/assets/")
    way = Disturbed(schedule)
    credentials = ClientCredentials(TOKEN_URL, "a", "b")

    with way.client(credentials) as client, pytest.raises(Unauthorized):
        client.assets.get(ROCK_ID)

    assert len(way.service.tokens) == 2
    assert schedule.asked("GET", "/assets/") == 2


@pytest.mark.parametrize("fault", TOLD_OF_TOKENS, ids=named)
def test_without_a_token_nothing_is_asked_for(fault: Fault) -> None:
    schedule = always(fault, "POST", "/oauth2/token")
    credentials = ClientCredentials(TOKEN_URL, "a", "b")

    with Disturbed(schedule).client(credentials) as client, pytest.raises(TOLD[fault]):
        client.assets.get(ROCK_ID)

    assert schedule.asked("GET", "/assets/") == 0


@pytest.mark.parametrize("fault", TOLD, ids=named)
def test_an_asset_is_made_once_however_often_its_answer_is_lost(fault: Fault) -> None:
    way = Disturbed(always(fault, "POST", "/assets"))

    with way.client() as client, pytest.raises(TOLD[fault]):
        client.assets.create(**ROCK)

    assert way.service.assets.made.total() == (fault not in KEPT_BACK)


@pytest.mark.parametrize("fault", TOLD, ids=named)
def test_a_request_that_rejects_duplicates_is_never_repeated_where_it_may_have_arrived(
    fault: Fault,
) -> None:
    schedule = Recorded(Replayed([fault]), str(fault))
    way = Disturbed(schedule)

    with way.client() as client:
        if fault in CERTAIN:
            made = client.assets.create(**ROCK, on_duplicate="reject")
            assert made.deduplicated is False
        else:
            with pytest.raises(TOLD[fault]):
                client.assets.create(**ROCK, on_duplicate="reject")
        assert schedule.asked("POST", "/assets") == 1 + (fault in CERTAIN)
        if fault not in KEPT_BACK:
            with pytest.raises(DuplicateRequest):
                client.assets.create(**ROCK, on_duplicate="reject")


@pytest.mark.parametrize("fault", TOLD, ids=named)
def test_waiting_outlasts_any_fault_but_not_its_time(fault: Fault) -> None:
    way = Disturbed(always(fault, "GET", "/status/"))
    way.service.assets.add(ROCK)

    with way.client() as client:
        begun = way.clock.now()
        with pytest.raises(WaitTimeout) as told:
            client.assets.wait(ROCK_ID, timeout=100)

    assert isinstance(told.value.__cause__, TOLD[fault])
    assert 50 < way.clock.now() - begun <= 100
    assert way.undercut == []


@pytest.mark.parametrize("fault", EFFECTIVE, ids=named)
def test_a_deletion_whose_answer_is_lost_is_not_told_as_absence(fault: Fault) -> None:
    way = Disturbed(Replayed([fault]))
    way.service.assets.completed(ROCK)

    with way.client() as client:
        client.assets.delete(ROCK_ID)

    assert way.service.assets.deleted == {ROCK_ID: 1}


@pytest.mark.parametrize("fault", [Fault.NONE, *sorted(CERTAIN)], ids=named)
def test_an_absence_of_which_the_client_can_be_certain_is_told(fault: Fault) -> None:
    with Disturbed(Replayed([fault])).client() as client, pytest.raises(NotFound):
        client.assets.delete(ROCK_ID)


@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.THROTTLED_UNTIL, Fault.UNAVAILABLE])
def test_more_patience_than_the_policy_has_is_not_tried(fault: Fault) -> None:
    schedule = always(fault, "GET", "/assets/")
    way = Disturbed(schedule, pause=61)

    with way.client() as client, pytest.raises(TOLD[fault]) as told:
        client.assets.get(ROCK_ID)

    assert isinstance(told.value, ApiError)
    assert told.value.retry_after == 61
    assert way.clock.slept == []
    assert schedule.asked("GET", "/assets/") == 1


@pytest.mark.parametrize("fault", EFFECTIVE, ids=named)
def test_a_request_of_ones_own_is_repeated_only_under_a_key(fault: Fault) -> None:
    schedule = always(fault, "POST", "/batches")
    body = b'{"filename": "f", "size": 1, "content_type": "text/csv"}'

    def post(client: Client, **headers: str) -> None:
        with pytest.raises(TOLD[fault]):
            client.request("POST", "/api/v1/batches", content=body, headers=headers)

    with Disturbed(schedule).client() as client:
        post(client)
        assert schedule.asked("POST", "/batches") == 1
        post(client, **{"Idempotency-Key": "k"})
    assert schedule.asked("POST", "/batches") == 1 + ATTEMPTS
