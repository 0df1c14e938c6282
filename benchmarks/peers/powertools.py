"""The same behind the resolver of Powertools, without its validation or its logger."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from benchmarks.peers.service import Body, accept, verified_subject

app = APIGatewayHttpResolver()


@app.post("/api/v1/assets")
def create() -> tuple[dict[str, Any], int]:
    """Accept one request."""
    event = app.current_event
    subject = verified_subject(event.headers["authorization"])
    return accept(subject, Body.model_validate_json(event.body or "")), 202


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of the HTTP API."""
    return app.resolve(event, context)
