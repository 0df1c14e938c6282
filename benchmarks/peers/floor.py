"""pydantic, PyJWT and boto3, and nothing else: what no framework can go below."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.peers.service import Body, accept, verified_subject


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Accept one request."""
    subject = verified_subject(event["headers"]["authorization"])
    answer = accept(subject, Body.model_validate_json(event["body"]))
    return {
        "statusCode": 202,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(answer),
    }
