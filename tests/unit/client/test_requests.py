"""What has no method of its own, what is public, and what is only estimated."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import httpx
import pytest

from meshmill_client import AssetStatus
from meshmill_client.errors import ConnectionFailed, NotFound, RateLimitExceeded, ServiceUnavailable
from tests.unit.client.service import (
    ASSET_ID,
    TOKEN_URL,
    Service,
    client_credentials,
    granted,
    refused,
)

ASSETS = "/api/v1/assets"
GENERATORS = "/api/v1/generators"
EXPORT = "/api/v1/users/me/export"
LOST = httpx.ReadTimeout("lost")
UNAVAILABLE = refused(503, "SERVICE_UNAVAILABLE")
NEVER_SENT = httpx.ConnectError("nobody listens")
LIMITED = refused(429, "RATE_LIMIT_EXCEEDED")
DONE = httpx.Response(200, json={"done": True})
ESTIMATE = {"triangles": 20_000, "bytes": 1_000_000, "seconds": 0.4, "megabytes": 200}


class TestRequest:
    def test_it_has_credentials_and_everything_that_is_said(self, service: Service) -> None:
        service.on("PATCH", EXPORT, DONE)

        answer = service.client().request(
            "PATCH",
            EXPORT,
            params={"since": "monday"},
            content=b"body",
            headers={"Content-Type": "text/plain"},
        )

        sent = service.requests[0]
        assert answer.json() == {"done": True}
        assert (sent.content, dict(sent.url.params)) == (b"body", {"since": "monday"})
        assert sent.headers["Content-Type"] == "text/plain"
        assert sent.headers["X-API-Key"] == "mm_key"
        assert sent.headers["User-Agent"].startswith("meshmill-client/")

    @pytest.mark.parametrize("failure", [LOST, UNAVAILABLE], ids=["lost", "503"])
    @pytest.mark.parametrize("method", ["POST", "post", "PATCH"])
    def test_what_may_have_taken_effect_is_not_sent_again(
        self, service: Service, method: str, failure: httpx.Response | Exception
    ) -> None:
        service.on(method.upper(), EXPORT, failure)

        with pytest.raises((ConnectionFailed, ServiceUnavailable)):
            service.client().request(method, EXPORT)

        assert len(service.requests) == 1

    @pytest.mark.parametrize("failure", [NEVER_SENT, LIMITED], ids=["unreachable", "429"])
    def test_what_was_certainly_not_received_is_sent_again(
        self, service: Service, failure: httpx.Response | Exception
    ) -> None:
        service.on("POST", EXPORT, failure, DONE)

        service.client().request("POST", EXPORT)

        assert len(service.requests) == 2

    @pytest.mark.parametrize("name", ["Idempotency-Key", "idempotency-key"])
    def test_what_carries_a_key_is_sent_again(self, service: Service, name: str) -> None:
        service.on("POST", EXPORT, LOST, UNAVAILABLE, DONE)

        service.client().request("POST", EXPORT, headers={name: "monday"})

        assert [sent.headers["Idempotency-Key"] for sent in service.requests] == ["monday"] * 3

    @pytest.mark.parametrize("method", ["GET", "head", "OPTIONS", "PUT", "delete"])
    def test_what_has_the_effect_of_once_is_sent_again(self, service: Service, method: str) -> None:
        service.on(method.upper(), EXPORT, LOST, UNAVAILABLE, DONE)

        service.client().request(method, EXPORT)

        assert len(service.requests) == 3

    def test_a_redirection_is_given_to_the_caller(self, service: Service) -> None:
        moved = httpx.Response(302, headers={"Location": "https://store.example/model.glb"})
        service.on("GET", f"{ASSETS}/{ASSET_ID}/files/model", moved)

        answer = service.client().request("GET", f"{ASSETS}/{ASSET_ID}/files/model")

        assert answer.headers["Location"] == "https://store.example/model.glb"
        assert len(service.requests) == 1

    @pytest.mark.parametrize("path", ["", "api", ".evil.example/x", "@evil.example", "https://a/"])
    def test_what_is_no_path_could_take_the_credentials_elsewhere(
        self, service: Service, path: str
    ) -> None:
        with pytest.raises(ValueError, match="slash"):
            service.client().request("GET", path)

        assert service.requests == []

    def test_an_error_is_raised_as_of_every_call(self, service: Service) -> None:
        service.on("GET", EXPORT, refused(429, "RATE_LIMIT_EXCEEDED", **{"Retry-After": "99"}))

        with pytest.raises(RateLimitExceeded) as raised:
            service.client().request("GET", EXPORT)

        assert raised.value.request_id == "r-1"

    def test_the_headers_that_authenticate_can_be_had_alone(self, service: Service) -> None:
        service.on("POST", TOKEN_URL, granted("t"))

        assert service.client().authentication() == {"X-API-Key": "mm_key"}
        bearer = service.client(client_credentials()).authentication()
        assert bearer == {"Authorization": "Bearer t"}
        assert service.anonymous().authentication() == {}


def _generator(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "description": "Stones.",
        "formats": ["gltf"],
        "options": {"type": "object"},
        "defaults": {"roughness": 0.5},
        "estimates": {"medium": ESTIMATE},
    }


class TestGenerators:
    def test_all_are_listed(self, service: Service) -> None:
        listed = [_generator("rock"), _generator("tree")]
        service.on("GET", GENERATORS, httpx.Response(200, json={"data": listed}))

        rock, tree = service.client().generators.list()

        assert (rock.name, tree.name) == ("rock", "tree")
        assert rock.estimates["medium"].triangles == 20_000

    def test_one_is_read_by_its_name(self, service: Service) -> None:
        service.on("GET", f"{GENERATORS}/rock", httpx.Response(200, json=_generator("rock")))

        assert service.anonymous().generators.get("rock").defaults == {"roughness": 0.5}

    def test_no_credentials_are_sent_or_fetched(self, service: Service) -> None:
        service.on("GET", GENERATORS, httpx.Response(200, json={"data": []}))

        service.client().generators.list()
        service.client(client_credentials()).generators.list()

        sent = [set(request.headers) for request in service.requests]
        assert len(sent) == 2
        assert all(not {"authorization", "x-api-key"} & headers for headers in sent)

    def test_a_name_can_not_lead_to_another_path(self, service: Service) -> None:
        service.on("GET", f"{GENERATORS}/..%2Fhealth", refused(404, "NOT_FOUND"))

        with pytest.raises(NotFound):
            service.client().generators.get("../health")


class TestEstimate:
    ANSWER: ClassVar = {
        "asset_id": ASSET_ID,
        "spec_id": "0" * 64,
        "exists": True,
        "status": "completed",
        "format": "gltf",
        "parameters": {"generator": "rock"},
        "priority": 9,
        "labels": {"scene": "yard"},
        "custom_id": "boulder",
        "estimate": ESTIMATE,
    }

    def test_it_is_asked_for_as_a_dry_run(self, service: Service) -> None:
        service.on("POST", ASSETS, httpx.Response(200, json=self.ANSWER))
        asked: dict[str, Any] = {
            "format": "gltf",
            "parameters": {"generator": "rock"},
            "priority": 9,
            "labels": {"scene": "yard"},
            "custom_id": "boulder",
        }

        estimated = service.client().assets.estimate(**asked)

        assert dict(service.requests[0].url.params) == {"dry_run": "true"}
        assert json.loads(service.requests[0].content) == asked
        assert (estimated.exists, estimated.status) == (True, AssetStatus.COMPLETED)
        assert estimated.estimate.seconds == 0.4

    def test_it_is_asked_for_again_for_it_makes_nothing(self, service: Service) -> None:
        service.on("POST", ASSETS, LOST, UNAVAILABLE, httpx.Response(200, json=self.ANSWER))

        service.client().assets.estimate(format="gltf")

        assert len(service.requests) == 3


def test_a_client_that_is_closed_says_so(service: Service) -> None:
    client = service.client()
    with client:
        pass

    with pytest.raises(RuntimeError, match="closed"):
        client.assets.get(ASSET_ID)
    with client:  # closing it once more does no harm
        pass
