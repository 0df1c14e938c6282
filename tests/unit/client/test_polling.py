"""Waiting: by ETag, through failures that pass, with links that expire, until the time is over."""

from __future__ import annotations

import httpx
import pytest

from meshmill_client import Asset
from meshmill_client.errors import (
    ConnectionFailed,
    InvalidSignature,
    LinkExpired,
    ServiceUnavailable,
    Unauthorized,
    UnexpectedAnswer,
    WaitTimeout,
)
from tests.unit.client.service import (
    ASSET_ID,
    BASE_URL,
    STATUS_URL,
    Service,
    completed,
    refused,
    shown,
    view,
)

ASSET = f"/api/v1/assets/{ASSET_ID}"
STATUS = STATUS_URL.partition("?")[0]
STATUS_PATH = STATUS.removeprefix(BASE_URL)
FRESH = f"{BASE_URL}/api/v1/status/fresh"
EXPIRED = refused(403, "LINK_EXPIRED")
LIMITED = refused(429, "RATE_LIMIT_EXCEEDED", **{"Retry-After": "5"})


def _pending() -> Asset:
    return Asset.model_validate(view())


def _unchanged(**headers: str) -> httpx.Response:
    return httpx.Response(304, headers=headers)


class TestETag:
    def test_what_was_seen_is_not_sent_again(self, service: Service) -> None:
        service.on(
            "GET",
            STATUS,
            shown(view("processing", attempts=1), ETag='"v2"'),
            _unchanged(**{"Retry-After": "7"}),
            _unchanged(),
            shown(completed(), ETag='"v3"'),
        )
        seen: list[tuple[str, int]] = []

        done = service.client().assets.wait(
            _pending(), on_progress=lambda asset: seen.append((asset.status, asset.attempts))
        )

        tags = [request.headers.get("If-None-Match") for request in service.requests]
        assert tags == [None, '"v2"', '"v2"', '"v2"']
        assert seen[1:4] == [("processing", 1)] * 3
        assert service.clock.slept == [0, 1, 7, 1]
        assert done.is_final

    def test_the_newest_one_is_sent(self, service: Service) -> None:
        service.on(
            "GET", STATUS, shown(view(), ETag='"1"'), shown(view(), ETag='"2"'), shown(completed())
        )

        service.client().assets.wait(_pending())

        assert service.requests[-1].headers["If-None-Match"] == '"2"'


class TestFailuresInPassing:
    def test_they_do_not_end_the_waiting(self, service: Service) -> None:
        reset = httpx.ReadError("reset")
        failures: list[httpx.Response | Exception] = [httpx.Response(503), reset, LIMITED] * 7
        service.on("GET", STATUS, *failures, shown(completed()))

        assert service.client().assets.wait(_pending()).is_final
        assert len(service.requests) == len(failures) + 1

    def test_pauses_between_them_are_what_is_asked_for_and_stay_bounded(
        self, service: Service
    ) -> None:
        service.on("GET", STATUS, *[httpx.ConnectError("down")] * 9, LIMITED, shown(completed()))

        service.client().assets.wait(_pending())

        assert all(pause <= 8 for pause in service.clock.slept[:10])
        assert 5 <= service.clock.slept[-1] <= 5 + 8

    def test_the_last_one_is_why_the_time_ran_out(self, service: Service) -> None:
        service.on("GET", STATUS, shown(view("processing")), LIMITED, httpx.ConnectError("down"))

        with pytest.raises(WaitTimeout, match="still processing") as raised:
            service.client().assets.wait(_pending(), timeout=60)

        assert isinstance(raised.value.__cause__, ConnectionFailed)

    def test_one_that_has_passed_is_not_why(self, service: Service) -> None:
        service.on("GET", STATUS, httpx.ConnectError("down"), shown(view("processing")))

        with pytest.raises(WaitTimeout) as raised:
            service.client().assets.wait(_pending(), timeout=60)

        assert raised.value.__cause__ is None

    def test_a_service_that_asks_for_more_than_is_left_is_not_asked_again(
        self, service: Service
    ) -> None:
        unavailable = refused(503, "SERVICE_UNAVAILABLE", **{"Retry-After": "60"})
        service.on("GET", STATUS, unavailable)

        with pytest.raises(WaitTimeout) as raised:
            service.client().assets.wait(_pending(), timeout=30)

        assert isinstance(raised.value.__cause__, ServiceUnavailable)
        assert len(service.requests) == 1

    def test_an_address_that_nobody_can_be_asked_by_ends_it(self, service: Service) -> None:
        # As httpx finds out, which sends by http:// and https:// alone.
        service.on("GET", STATUS, httpx.UnsupportedProtocol("an unsupported protocol 'ftp://'"))

        with pytest.raises(UnexpectedAnswer, match="ftp"):
            service.client().assets.wait(_pending())
        assert len(service.requests) == 1

    def test_a_link_that_was_never_good_ends_it(self, service: Service) -> None:
        service.on("GET", STATUS, refused(403, "INVALID_SIGNATURE"))

        with pytest.raises(InvalidSignature):
            service.client().assets.wait(_pending())


class TestTimeouts:
    def test_no_look_takes_longer_than_what_is_left(self, service: Service) -> None:
        service.on("GET", STATUS, shown(view(), **{"Retry-After": "25"}))

        with pytest.raises(WaitTimeout):
            service.client().assets.wait(_pending(), timeout=60)

        given = [request.extensions["timeout"]["read"] for request in service.requests]
        assert given == [30, 30, 10]

    def test_no_time_is_one_look_at_what_is_known(self, service: Service) -> None:
        with pytest.raises(WaitTimeout):
            service.client().assets.wait(_pending(), timeout=0)

        assert service.requests == []

    def test_an_id_is_looked_up_first(self, service: Service) -> None:
        service.on("GET", ASSET, shown(completed()))

        assert service.client().assets.wait(ASSET_ID, timeout=0).is_final

    def test_looking_an_id_up_counts(self, service: Service) -> None:
        begun = service.clock.now()
        unavailable = refused(503, "SERVICE_UNAVAILABLE", **{"Retry-After": "20"})
        service.on("GET", ASSET, unavailable, shown(view()))
        service.on("GET", STATUS, shown(view(), **{"Retry-After": "5"}))

        with pytest.raises(WaitTimeout):
            service.client().assets.wait(ASSET_ID, timeout=40)

        assert service.clock.now() - begun <= 40

    def test_an_id_that_can_not_be_looked_up_in_time_is_told_in_time(
        self, service: Service
    ) -> None:
        begun = service.clock.now()
        service.on("GET", ASSET, refused(503, "SERVICE_UNAVAILABLE", **{"Retry-After": "20"}))

        with pytest.raises(ServiceUnavailable):
            service.client().assets.wait(ASSET_ID, timeout=30)

        assert service.clock.now() - begun <= 30


class TestExpiredLinks:
    def test_one_is_minted_anew_with_credentials(self, service: Service) -> None:
        service.on("GET", STATUS, shown(view(), ETag='"1"'), EXPIRED)
        service.on("GET", ASSET, shown(view("processing", status_url=f"{FRESH}?s=1")))
        service.on("GET", FRESH, shown(completed()))

        assert service.client().assets.wait(_pending()).is_final
        *_, minted, looked = service.requests
        assert minted.headers["X-API-Key"] == "mm_key"
        assert "If-None-Match" not in looked.headers

    def test_it_may_expire_again_later(self, service: Service) -> None:
        service.on("GET", STATUS, EXPIRED, shown(view()), EXPIRED, shown(completed()))
        service.on("GET", ASSET, shown(view()))

        assert service.client().assets.wait(_pending()).is_final
        assert len(service.sent(ASSET)) == 2

    def test_a_fresh_one_that_has_expired_ends_it(self, service: Service) -> None:
        service.on("GET", STATUS, EXPIRED)
        service.on("GET", ASSET, shown(view()))

        with pytest.raises(LinkExpired):
            service.client().assets.wait(_pending())

        assert len(service.sent(STATUS_PATH)) == 2

    def test_what_is_minted_anew_may_be_final(self, service: Service) -> None:
        service.on("GET", STATUS, EXPIRED)
        service.on("GET", ASSET, shown(completed()))

        assert service.client().assets.wait(_pending()).is_final

    def test_minting_one_takes_no_longer_than_what_is_left(self, service: Service) -> None:
        begun = service.clock.now()
        service.on("GET", STATUS, EXPIRED)
        service.on("GET", ASSET, refused(503, "SERVICE_UNAVAILABLE", **{"Retry-After": "20"}))

        with pytest.raises(WaitTimeout):
            service.client().assets.wait(_pending(), timeout=30)

        assert service.clock.now() - begun <= 30

    def test_without_credentials_nobody_gets_another(self, service: Service) -> None:
        service.on("GET", STATUS, EXPIRED)
        service.on("GET", ASSET, refused(401, "UNAUTHORIZED"))

        with pytest.raises(Unauthorized):
            service.anonymous().assets.wait(_pending())
