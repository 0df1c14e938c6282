"""The documentation's page: Swagger UI from the files that Powertools brings along, served by us.

Loaded on use. The page names its files by their content, so that they may be kept for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template

_HASH_DIGITS = 12
_SWAGGER_UI = files("aws_lambda_powertools.event_handler.openapi") / "swagger_ui"
_OWN = files(__name__)

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # The style sheet has its icons in data URLs.
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file of the page; ``content`` is text in UTF-8."""

    content_type: str
    content: bytes


@cache
def page() -> bytes:
    """The page, in HTML, with addresses relative to its own."""
    template = Template((_OWN / "page.html").read_text(encoding="utf-8"))
    return template.substitute(_names()).encode()


@cache
def static_files() -> Mapping[str, StaticFile]:
    """Everything that the page loads, by the names that it is loaded with."""
    names = _names()
    return {names[member]: file for member, file in _files().items()}


def _names() -> dict[str, str]:
    """Names with a hash of the content, by the page's placeholders."""
    return {member: _name(member, file.content) for member, file in _files().items()}


def _name(member: str, content: bytes) -> str:
    stem, _, extension = member.rpartition("_")
    return f"{stem}.{hashlib.sha256(content).hexdigest()[:_HASH_DIGITS]}.{extension}"


@cache
def _files() -> Mapping[str, StaticFile]:
    script, style = "text/javascript; charset=utf-8", "text/css; charset=utf-8"
    return {
        "swagger_js": StaticFile(script, (_SWAGGER_UI / "swagger-ui-bundle.min.js").read_bytes()),
        "swagger_css": StaticFile(style, (_SWAGGER_UI / "swagger-ui.min.css").read_bytes()),
        "start_js": StaticFile(script, (_OWN / "start.js").read_bytes()),
        "page_css": StaticFile(style, (_OWN / "page.css").read_bytes()),
    }
