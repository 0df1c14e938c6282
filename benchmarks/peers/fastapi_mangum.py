"""The same as a FastAPI application behind Mangum."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, Header
from mangum import Mangum

from benchmarks.peers.service import Body, accept, verified_subject

app = FastAPI()


@app.post("/api/v1/assets", status_code=202)
def create(body: Body, authorization: Annotated[str, Header()]) -> dict[str, Any]:
    """Accept one request."""
    return accept(verified_subject(authorization), body)


handler = Mangum(app, lifespan="off")
