"""The OpenAPI 3.1 document, from the models that validate and the table of codes."""

from __future__ import annotations

from meshmill.http.openapi.account_paths import account_paths
from meshmill.http.openapi.asset_paths import asset_paths
from meshmill.http.openapi.batch_paths import batch_paths
from meshmill.http.openapi.catalogue_paths import catalogue_paths
from meshmill.http.openapi.errors import error_components
from meshmill.http.openapi.examples import example_components
from meshmill.http.openapi.headers import header_components
from meshmill.http.openapi.parameters import parameter_components
from meshmill.http.openapi.references import Part
from meshmill.http.openapi.schemas import schemas
from meshmill.http.openapi.status_paths import status_paths

_DESCRIPTION = """\
3D assets on request: ask, poll the signed link, download.

- **Credentials**: a bearer token of the stage's issuer, or an API key. Each operation names the \
permission that it needs.
- **Limits**: each authenticated call costs one token of its bucket, 100 a minute for a user and \
1,000 for an API key unless configured otherwise; every authenticated answer tells what is left.
- **Errors**: one envelope, with all violations at once; with `Accept: application/problem+json` \
problem details as RFC 9457 has them. What API Gateway refuses by itself keeps its own body.
- **HEAD** is answered wherever GET is, without the body.
"""
_TAGS = {
    "Assets": "Create, read, list, delete, download.",
    "Batches": "Many assets by one file: create, read, list, delete, redrive.",
    "Status": "Signed links, for whoever has no credential.",
    "Account": "Export and erasure of everything that is kept of a user.",
    "Catalogue": "What anybody may read.",
}


def document(version: str, base_url: str) -> Part:
    """The document; ``base_url`` is where this stage is reached."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Meshmill",
            "version": version,
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": base_url}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": {
            **asset_paths(),
            **batch_paths(),
            **status_paths(),
            **account_paths(),
            **catalogue_paths(),
        },
        "components": {
            "schemas": schemas(),
            "responses": error_components(),
            "parameters": parameter_components(),
            "headers": header_components(),
            "examples": example_components(),
            "securitySchemes": _security_schemes(),
        },
    }


def _security_schemes() -> Part:
    return {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "RS256 or ES256, of the stage's issuer and audience.",
        },
        "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    }
