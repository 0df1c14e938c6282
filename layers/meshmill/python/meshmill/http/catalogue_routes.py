"""What anybody may read: health, the generators, the OpenAPI document and its page."""

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
# The page is asked for each time, and names files that are never asked for twice.
_REVALIDATED = {"Cache-Control": "public, no-cache"}
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}


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
        api.open("GET", "/docs", self.documentation)
        api.open("GET", "/docs/<name>", self.documentation_file)
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
        return Answer(HTTPStatus.OK, body, _CACHED).tagged_by_content()

    def generator(self, event: Event, name: str) -> Answer:
        """One generator."""
        query(event, {})
        entry = GENERATORS.get(name)
        if entry is None:
            raise NotFound("There is no such generator", {"allowed": list(GENERATORS)})
        return Answer(HTTPStatus.OK, _generator_view(entry), _CACHED).tagged_by_content()

    def openapi(self, event: Event) -> Answer:
        """The OpenAPI 3.1 document."""
        # Loaded on use: most containers never serve it.
        from meshmill.http.openapi import document  # noqa: PLC0415

        query(event, {})
        body = document(self.version, self.public_base_url)
        return Answer(HTTPStatus.OK, body, _CACHED).tagged_by_content()

    def documentation(self, _event: Event) -> Answer:
        """Swagger UI, which reads the OpenAPI document."""
        # Loaded on use: most containers never serve it.
        from meshmill.http.documentation import CONTENT_SECURITY_POLICY, page  # noqa: PLC0415

        headers = {**_REVALIDATED, "Content-Security-Policy": CONTENT_SECURITY_POLICY}
        html = "text/html; charset=utf-8"
        return Answer(HTTPStatus.OK, page(), headers, html).tagged_by_content()

    def documentation_file(self, _event: Event, name: str) -> Answer:
        """A script or a style sheet of the page."""
        # Loaded on use: most containers never serve it.
        from meshmill.http.documentation import static_files  # noqa: PLC0415

        file = static_files().get(name)
        if file is None:
            raise NotFound("There is no such path")
        answer = Answer(HTTPStatus.OK, file.content, _KEPT, file.content_type)
        return answer.tagged_by_content()


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
