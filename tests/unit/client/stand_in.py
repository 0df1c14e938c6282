"""A whole service in memory that keeps books of what it has done how often."""

from __future__ import annotations

import re

import httpx

from tests.support.fault_proxy.faults import Asked, Target
from tests.unit.client.service import FakeClock, refused
from tests.unit.client.stand_in_assets import StandInAssets
from tests.unit.client.stand_in_batches import StandInBatches
from tests.unit.client.stand_in_store import StandInStore

API_KEY = "mm_key"
TOKEN_SECONDS = 3_600.0
_ROUTE = re.compile(r"/api/v1/(status/)?(assets|batches|generators)(?:/([^/]+))?(/redrive)?")


class StandIn:
    """The service itself, undisturbed: a token endpoint, a store, and an API before both."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.store = StandInStore(clock)
        self.assets = StandInAssets(self.store)
        self.batches = StandInBatches(self.store, self.assets)
        self.tokens: dict[str, float] = {}
        self.leaks: list[str] = []

    def answer(self, request: httpx.Request, asked: Asked) -> httpx.Response:
        """What it says, with the effect that this has."""
        has_credentials = {"authorization", "x-api-key"} & set(request.headers)
        if asked.target in {Target.LINK, Target.FILE, Target.FORM} and has_credentials:
            self.leaks.append(str(request.url))
        if asked.target is Target.TOKEN:
            return self._grant()
        if asked.target in {Target.FILE, Target.FORM}:
            return self.store.answer(request)
        return self._routed(request)

    def expire(self, token: str) -> None:
        """Take a token back before its time."""
        self.tokens.pop(token, None)

    def _grant(self) -> httpx.Response:
        token = f"token-{len(self.tokens) + 1}"
        self.tokens[token] = self.clock.now() + TOKEN_SECONDS
        return httpx.Response(200, json={"access_token": token, "expires_in": TOKEN_SECONDS})

    def _routed(self, request: httpx.Request) -> httpx.Response:
        route = _ROUTE.fullmatch(request.url.path)
        assert route is not None, request.url
        is_status, kind, name, redrive = route.groups()
        if kind == "generators":
            return _generators(name)
        if not is_status and not self._knows(request):
            return refused(401, "UNAUTHORIZED")
        if kind == "assets":
            return self._asset(request, name)
        return self.batches.redrive(name) if redrive else self._batch(request, name)

    def _asset(self, request: httpx.Request, name: str | None) -> httpx.Response:
        if name is None:
            is_new = request.method == "POST"
            return self.assets.create(request) if is_new else self.assets.page(request)
        if request.method == "DELETE":
            return self.assets.delete(name)
        return self.assets.look(name, request.headers.get("If-None-Match"))

    def _batch(self, request: httpx.Request, name: str | None) -> httpx.Response:
        if name is None:
            is_new = request.method == "POST"
            return self.batches.create(request) if is_new else self.batches.page()
        if request.method == "DELETE":
            return self.batches.delete(name)
        return self.batches.look(name)

    def _knows(self, request: httpx.Request) -> bool:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        has_key = request.headers.get("X-API-Key") == API_KEY
        return has_key or self.tokens.get(token, 0.0) > self.clock.now()


def _generators(name: str | None) -> httpx.Response:
    shown = {
        "name": "rock",
        "description": "A rock.",
        "formats": ["gltf"],
        "options": {},
        "defaults": {},
        "estimates": {},
    }
    if name not in {None, "rock"}:
        return refused(404, "NOT_FOUND")
    return httpx.Response(200, json=shown if name else {"data": [shown]})
