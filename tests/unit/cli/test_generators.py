"""``meshmill generators`` as somebody types it, of the service's real answers."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import pytest

from meshmill.geometry.registry import GENERATORS as REGISTRY
from meshmill.http.catalogue_routes import CatalogueRoutes
from meshmill_cli.frame.names import GENERATORS as NAMES
from tests.unit.cli.served import Served
from tests.unit.cli.typed import Meshmill

PATH = "/api/v1/generators"
WIDTH = 80


@lru_cache
def catalogue() -> list[dict[str, Any]]:
    """What the service answers."""
    routes = CatalogueRoutes(version="0", public_base_url="https://api.example")
    body = routes.generators({"queryStringParameters": {}}).body
    assert isinstance(body, bytes)
    found: list[dict[str, Any]] = json.loads(body)["data"]
    return found


@pytest.fixture
def nobody(service: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """A service whose address is known, and nothing else."""
    monkeypatch.setenv("MESHMILL_BASE_URL", service.url)
    every = catalogue()
    service.on("GET", PATH, 200, {"data": every})
    for generator in every:
        service.on("GET", f"{PATH}/{generator['name']}", 200, generator)
    return service


def test_the_list_fits_eighty_columns_and_needs_no_credentials(
    nobody: Served, meshmill: Meshmill
) -> None:
    ended = meshmill("generators", "list")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(NAMES)
    assert max(map(len, lines)) <= WIDTH
    (request,) = nobody.requests
    assert not {"Authorization", "X-Api-Key", "X-API-Key"} & set(request.headers)


@pytest.mark.parametrize("name", list(REGISTRY))
def test_options_are_shown_with_bounds_and_defaults(
    name: str, nobody: Served, meshmill: Meshmill
) -> None:
    ended = meshmill("generators", "show", name)
    assert (ended.code, ended.err) == (0, "")
    assert max(map(len, ended.out.splitlines())) <= WIDTH
    for option in REGISTRY[name].options.model_fields:
        assert f"\n{option} " in ended.out
        assert f"\n{option}: " in ended.out
    assert "s of CPU" in ended.out


def test_bounds_read_as_they_are_typed(nobody: Served, meshmill: Meshmill) -> None:
    shown = meshmill("generators", "show", "crate").out
    told = [" ".join(line.split()) for line in shown.splitlines()]
    assert "planks integer, 2 to 12 5" in told
    assert "width_m number, 0.1 to 5 1.0" in told
    assert "material wood | metal | plastic wood" in told
    assert "open true | false false" in told


def test_json_is_the_services_object(nobody: Served, meshmill: Meshmill) -> None:
    every = json.loads(meshmill("generators", "list", "--json").out)
    assert [generator["name"] for generator in every] == list(NAMES)
    rock = json.loads(meshmill("generators", "show", "rock", "--json").out)
    assert rock["options"]["properties"]["mineral"]["default"] == "granite"


def test_an_unknown_one_is_told_with_those_there_are(nobody: Served, meshmill: Meshmill) -> None:
    nobody.refuse("GET", f"{PATH}/rok", 404, "NOT_FOUND", allowed=list(NAMES))
    ended = meshmill("generators", "show", "rok")
    assert ended.code == 6
    assert "rock" in ended.err
