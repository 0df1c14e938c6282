"""An HTTP answer before it is fitted to what its request can take."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Self

JSON = "application/json"

_TAG_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body, and headers beside the content type.

    ``body`` is text in UTF-8 where it is bytes, no body at all where it is None, and becomes JSON
    otherwise. ``etag`` names the state that the body shows, as opaque text without quotes.
    """

    status: HTTPStatus
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON
    #: Code of the error that this answer tells of.
    code: str | None = None
    etag: str | None = None

    @property
    def content(self) -> bytes:
        """The body as it is sent, before any coding; empty where there is none."""
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, separators=(",", ":")).encode()

    def tagged_by_content(self) -> Self:
        """The same with an entity tag that changes whenever the body does."""
        content = self.content
        return replace(self, body=content, etag=opaque_tag(content))


def opaque_tag(state: bytes) -> str:
    """An entity tag for whatever makes up a state; the state can't be read back from it."""
    return hashlib.sha256(state).hexdigest()[:_TAG_DIGITS]
