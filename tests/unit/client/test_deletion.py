"""Deleting: what is gone is gone, also where the answer that said so was lost."""

from __future__ import annotations

import httpx
import pytest

from meshmill_client import Asset, Batch
from meshmill_client.errors import ConnectionFailed, InvalidState, NotFound, UnexpectedAnswer
from tests.unit.client.service import (
    ASSET_ID,
    BATCH_ID,
    NO_RETRIES,
    Service,
    batch_view,
    client_credentials,
    granted,
    refused,
    view,
)

ASSET = f"/api/v1/assets/{ASSET_ID}"
BATCH = f"/api/v1/batches/{BATCH_ID}"
GONE = httpx.Response(204)
NOTHING_THERE = refused(404, "NOT_FOUND")


@pytest.mark.parametrize("asset", [ASSET_ID, Asset.model_validate(view())], ids=["id", "asset"])
def test_an_asset_is_deleted_by_its_id(service: Service, asset: Asset | str) -> None:
    service.on("DELETE", ASSET, GONE)

    service.client().assets.delete(asset)

    assert [(sent.method, sent.url.path) for sent in service.requests] == [("DELETE", ASSET)]


@pytest.mark.parametrize(
    "batch", [BATCH_ID, Batch.model_validate(batch_view())], ids=["id", "batch"]
)
def test_a_batch_is_deleted_by_its_id(service: Service, batch: Batch | str) -> None:
    service.on("DELETE", BATCH, GONE)

    service.client().batches.delete(batch)

    assert [(sent.method, sent.url.path) for sent in service.requests] == [("DELETE", BATCH)]


def test_what_was_never_there_is_told(service: Service) -> None:
    service.on("DELETE", ASSET, NOTHING_THERE)

    with pytest.raises(NotFound):
        service.client().assets.delete(ASSET_ID)


@pytest.mark.parametrize(
    "lost",
    [httpx.ReadTimeout("lost"), httpx.Response(503), httpx.Response(504)],
    ids=["lost", "503", "504"],
)
def test_what_may_have_been_deleted_by_an_earlier_try_is_no_error(
    service: Service, lost: httpx.Response | Exception
) -> None:
    service.on("DELETE", ASSET, lost, NOTHING_THERE)

    service.client().assets.delete(ASSET_ID)

    assert len(service.requests) == 2


@pytest.mark.parametrize(
    "earlier",
    [httpx.ConnectError("nobody listens"), refused(429, "RATE_LIMIT_EXCEEDED")],
    ids=["unreachable", "429"],
)
def test_an_earlier_try_that_was_not_received_has_deleted_nothing(
    service: Service, earlier: httpx.Response | Exception
) -> None:
    service.on("DELETE", ASSET, earlier, NOTHING_THERE)

    with pytest.raises(NotFound):
        service.client().assets.delete(ASSET_ID)


def test_that_a_try_was_lost_is_remembered_over_a_new_token(service: Service) -> None:
    service.on("POST", "https://login.example/oauth2/token", granted("a"), granted("b"))
    lost = httpx.ReadTimeout("lost")
    service.on("DELETE", ASSET, lost, refused(401, "UNAUTHORIZED"), NOTHING_THERE)

    service.client(client_credentials()).assets.delete(ASSET_ID)

    assert len(service.sent(ASSET)) == 3


def test_a_try_that_stays_lost_is_told(service: Service) -> None:
    service.on("DELETE", ASSET, httpx.ReadTimeout("lost"))

    with pytest.raises(ConnectionFailed):
        service.client(retries=NO_RETRIES).assets.delete(ASSET_ID)


def test_what_is_being_made_is_refused_at_once(service: Service) -> None:
    service.on("DELETE", ASSET, refused(409, "INVALID_STATE"))

    with pytest.raises(InvalidState):
        service.client().assets.delete(ASSET_ID)

    assert len(service.requests) == 1


@pytest.mark.parametrize("status", [301, 307])
def test_an_answer_that_does_not_say_gone_is_no_success(service: Service, status: int) -> None:
    service.on("DELETE", ASSET, httpx.Response(status, headers={"Location": "https://elsewhere/"}))

    with pytest.raises(UnexpectedAnswer, match=f"answered {status}"):
        service.client().assets.delete(ASSET_ID)
