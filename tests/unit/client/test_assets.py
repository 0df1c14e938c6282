"""Create, get, list and wait."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

import httpx
import pytest

from meshmill_client import Asset, AssetStatus
from meshmill_client.errors import AssetFailed, UnexpectedAnswer, WaitTimeout
from tests.unit.client.service import (
    ASSET_ID,
    STATUS_URL,
    Service,
    completed,
    refused,
    shown,
    view,
)

ASSETS = "/api/v1/assets"
STATUS = STATUS_URL.partition("?")[0]


def _pending() -> Asset:
    return Asset.model_validate(view())


class TestCreate:
    def test_what_is_not_said_is_left_to_the_service(self, service: Service) -> None:
        service.on("POST", ASSETS, shown(view(deduplicated=False)))

        asset = service.client().assets.create(format="gltf")

        assert json.loads(service.requests[0].content) == {"format": "gltf", "parameters": {}}
        assert service.requests[0].headers["Content-Type"] == "application/json"
        assert service.requests[0].url.query == b""
        assert asset.deduplicated is False

    def test_everything_that_is_said_is_sent(self, service: Service) -> None:
        service.on("POST", ASSETS, shown(view()))
        asked: dict[str, Any] = {
            "format": "gltf",
            "parameters": {"generator": "rock", "seed": 7},
            "priority": 9,
            "labels": {"scene": "yard"},
            "custom_id": "boulder",
        }

        service.client().assets.create(**asked)

        assert json.loads(service.requests[0].content) == asked

    def test_mappings_of_any_kind_will_do(self, service: Service) -> None:
        service.on("POST", ASSETS, shown(view()))
        options = MappingProxyType({"moss": 0.5})

        service.client().assets.create(
            format="gltf",
            parameters=MappingProxyType({"generator": "rock", "options": options}),
            labels=MappingProxyType({"scene": "yard"}),
        )

        assert json.loads(service.requests[0].content) == {
            "format": "gltf",
            "parameters": {"generator": "rock", "options": {"moss": 0.5}},
            "labels": {"scene": "yard"},
        }

    def test_members_of_a_newer_service_are_passed_over(self, service: Service) -> None:
        service.on("POST", ASSETS, shown(view(mood="sunny")))

        assert service.client().assets.create(format="gltf").asset_id == ASSET_ID

    def test_an_answer_that_is_no_asset_says_what_is_wrong_with_it(self, service: Service) -> None:
        service.on("POST", ASSETS, shown(view(labels=["red"])))

        with pytest.raises(UnexpectedAnswer, match=r"/api/v1/assets answered 200 .* labels"):
            service.client().assets.create(format="gltf")


class TestGet:
    def test_a_status_that_only_a_newer_service_knows_is_kept_and_is_not_final(
        self, service: Service
    ) -> None:
        service.on("GET", f"{ASSETS}/{ASSET_ID}", shown(view("sleeping")))

        asset = service.client().assets.get(ASSET_ID)

        assert (asset.status, f"{asset.status}", asset.is_final) == ("sleeping", "sleeping", False)
        assert asset.status not in list(AssetStatus)
        assert asset.model_dump(mode="json")["status"] == "sleeping"

    def test_an_empty_id_is_refused_before_anything_is_sent(self, service: Service) -> None:
        with pytest.raises(ValueError, match="is empty"):
            service.client().assets.get("")

        assert service.requests == []

    @pytest.mark.parametrize(
        ("name", "segment"), [("../health", "..%2Fhealth"), (".", "%2E"), ("..", "%2E%2E")]
    )
    def test_an_id_can_not_lead_to_another_path(
        self, service: Service, name: str, segment: str
    ) -> None:
        service.on("GET", f"{ASSETS}/{segment}", refused(404, "NOT_FOUND"))

        with pytest.raises(Exception, match="NOT_FOUND"):
            service.client().assets.get(name)

        assert service.requests[0].url.raw_path == f"/api/v1/assets/{segment}".encode()

    def test_a_base_url_may_end_with_a_slash(self, service: Service) -> None:
        service.on("GET", f"{ASSETS}/{ASSET_ID}", shown(view()))

        with service.anonymous("https://api.example/") as client:
            assert client.assets.get(ASSET_ID).asset_id == ASSET_ID

    @pytest.mark.parametrize(
        "address",
        [
            "api.example",
            "",
            "ftp://api.example",
            "https://",
            "http:///api",
            "http://[::1",
            "https://api..example",
            "https://api.example?a=b",
            "https://" + "ada:hidden@api.example",
        ],
    )
    def test_a_base_url_that_is_no_address_is_refused_at_once(
        self, service: Service, address: str
    ) -> None:
        with pytest.raises(ValueError, match="https://") as raised:
            service.anonymous(address)
        assert "hidden" not in str(raised.value)


class TestList:
    def test_pages_are_read_as_the_iterator_gets_to_them(self, service: Service) -> None:
        pages = [
            {"data": [view(custom_id="a"), view(custom_id="b")], "next_cursor": "c1"},
            {"data": [], "next_cursor": "c2"},
            {"data": [view(custom_id="c")], "next_cursor": None},
        ]
        service.on("GET", ASSETS, *(httpx.Response(200, json=page) for page in pages))

        assets = service.client().assets.list(page_size=2)
        first = next(assets).custom_id
        after_the_first = len(service.requests)
        rest = [asset.custom_id for asset in assets]

        assert ([first, *rest], after_the_first) == (["a", "b", "c"], 1)
        cursors = [request.url.params.get("cursor") for request in service.requests]
        assert cursors == [None, "c1", "c2"]

    @pytest.mark.parametrize("cursors", [["c1", "c1"], ["c1", "c2", "c3", "c2"]])
    def test_pages_that_go_round_in_a_circle_end(
        self, service: Service, cursors: list[str]
    ) -> None:
        pages = [{"data": [view()], "next_cursor": cursor} for cursor in [*cursors, None]]
        service.on("GET", ASSETS, *(httpx.Response(200, json=page) for page in pages))

        with pytest.raises(UnexpectedAnswer, match="followed by one before it"):
            list(service.client().assets.list())
        assert len(service.requests) == len(cursors)

    def test_filters_are_sent_as_the_contract_spells_them(self, service: Service) -> None:
        service.on("GET", ASSETS, httpx.Response(200, json={"data": [], "next_cursor": None}))

        listing = service.client().assets.list(
            status=AssetStatus.FAILED, format="gltf", generator="rock"
        )

        assert list(listing) == []
        assert dict(service.requests[0].url.params) == {
            "status": "failed",
            "format": "gltf",
            "generator": "rock",
            "limit": "100",
        }


class TestWait:
    def test_it_polls_the_signed_link_without_credentials(self, service: Service) -> None:
        service.on("GET", STATUS, shown(view("processing")), shown(completed()))

        asset = service.client().assets.wait(_pending())

        assert asset.status is AssetStatus.COMPLETED
        for request in service.requests:
            assert str(request.url) == STATUS_URL
            assert not {"authorization", "x-api-key"} & set(request.headers)

    def test_it_pauses_for_as_long_as_the_service_asks(self, service: Service) -> None:
        service.on(
            "GET",
            STATUS,
            shown(view(), **{"Retry-After": "3"}),
            shown(view("processing"), **{"Retry-After": "0"}),
            shown(view("processing")),
            shown(completed()),
        )

        service.client().assets.wait(_pending())

        assert service.clock.slept == [0, 3, 0.1, 1]

    def test_every_look_is_told_the_final_one_included(self, service: Service) -> None:
        service.on("GET", STATUS, shown(view()), shown(view("processing")), shown(completed()))
        seen: list[str] = []

        service.client().assets.wait(
            _pending(), on_progress=lambda asset: seen.append(asset.status)
        )

        assert seen == ["pending", "pending", "processing", "completed"]

    def test_a_completed_asset_is_not_polled(self, service: Service) -> None:
        asset = Asset.model_validate(completed())

        assert service.client().assets.wait(asset) is asset
        assert service.requests == []

    def test_it_gives_up_in_time_with_the_asset_as_last_seen(self, service: Service) -> None:
        service.on("GET", STATUS, shown(view("processing"), **{"Retry-After": "4"}))
        began = service.clock.seconds

        with pytest.raises(WaitTimeout, match="still processing") as raised:
            service.client().assets.wait(_pending(), timeout=10)

        assert raised.value.seen.status is AssetStatus.PROCESSING
        assert service.clock.seconds - began <= 10

    def test_a_failed_asset_raises_with_its_reason(self, service: Service) -> None:
        error = {
            "code": "GENERATION_FAILED",
            "message": "All 5 attempts failed",
            "class": "system",
            "retryable": True,
        }
        service.on("GET", STATUS, shown(view("failed", error=error)))

        with pytest.raises(AssetFailed, match="GENERATION_FAILED: All 5") as raised:
            service.client().assets.wait(_pending())

        assert raised.value.asset.error is not None
        assert raised.value.asset.error.fault == "system"

    def test_what_the_callback_raises_ends_the_waiting(self, service: Service) -> None:
        def stop(_: Asset) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            service.client().assets.wait(_pending(), on_progress=stop)

        assert service.requests == []
