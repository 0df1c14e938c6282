"""What anybody may read: health, the generators, the OpenAPI document."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any, get_args

from meshmill.domain.errors import NotFound
from meshmill.geometry.registry import FORMATS, GENERATORS, GeneratorEntry
from meshmill.geometry.spec import AssetSpec, Quality
from meshmill.geometry.version import ENGINE_VERSION
from meshmill.http.answer import Answer
from meshmill.http.api import Api
from meshmill.http.requests import Event, query

_CACHED = {"Cache-Control": "public, max-age=300"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueRoutes:
    """Routes without credentials."""

    version: str
    public_base_url: str

    def register(self, api: Api) -> None:
        """Add the routes."""
        api.open("GET", "/api/v1/health", self.health)
        api.open("GET", "/api/v1/generators", self.generators)
        api.open("GET", "/api/v1/generators/<name>", self.generator)
        api.open("GET", "/api/v1/openapi.json", self.openapi)
        api.elsewhere("GET", "/api/v1/status/<kind>/<identifier>")

    def health(self, event: Event) -> Answer:
        """The function answers; nothing behind it is asked."""
        query(event, {})
        body = {"status": "ok", "version": self.version, "engine_version": ENGINE_VERSION}
        return Answer(HTTPStatus.OK, body, {"Cache-Control": "no-store"})

    def generators(self, event: Event) -> Answer:
        """All generators with their options."""
        query(event, {})
        body = {"data": [_generator_view(entry) for entry in GENERATORS.values()]}
        return Answer(HTTPStatus.OK, body, _CACHED)

    def generator(self, event: Event, name: str) -> Answer:
        """One generator."""
        query(event, {})
        entry = GENERATORS.get(name)
        if entry is None:
            raise NotFound("There is no such generator", {"allowed": list(GENERATORS)})
        return Answer(HTTPStatus.OK, _generator_view(entry), _CACHED)

    def openapi(self, event: Event) -> Answer:
        """The OpenAPI 3.1 document."""
        # Loaded on use: most containers never serve it.
        from meshmill.http.openapi import document  # noqa: PLC0415

        query(event, {})
        return Answer(HTTPStatus.OK, document(self.version, self.public_base_url), _CACHED)


def _generator_view(entry: GeneratorEntry) -> dict[str, Any]:
    return {
        "object": "generator",
        "name": entry.name,
        "description": (entry.options.__doc__ or "").strip(),
        "formats": list(FORMATS),
        "options": entry.options.model_json_schema(),
        "defaults": entry.options().model_dump(),
        "estimates": {
            quality: _default_estimate(entry.name, quality) for quality in get_args(Quality)
        },
    }


def _default_estimate(generator: str, quality: str) -> dict[str, Any]:
    """What a glTF asset of this quality takes, all else at its default."""
    # Loaded on use: most containers never serve it.
    from meshmill.geometry.estimate import estimate  # noqa: PLC0415

    parameters = {"generator": generator, "quality": quality}
    spec = AssetSpec.model_validate({"format": "gltf", "parameters": parameters})
    return asdict(estimate(spec))
