"""An HTTP answer before it takes the shape that API Gateway wants."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, a body that becomes JSON, and headers beside the content type."""

    status: HTTPStatus
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON
    #: Code of the error that this answer tells of.
    code: str | None = None

    @property
    def text(self) -> str:
        """The body as compact JSON."""
        return json.dumps(self.body, separators=(",", ":"))

    def as_lambda_result(self) -> dict[str, Any]:
        """What a function behind an HTTP API (payload format 2.0) returns."""
        return {
            "statusCode": self.status.value,
            "headers": {"Content-Type": self.content_type, **self.headers},
            "body": self.text,
            "isBase64Encoded": False,
        }
