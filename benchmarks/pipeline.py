"""The whole pipeline on the embedded engine of this machine, as a client sees it: wall time."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks.measure import Row
from meshmill_local import LocalStack

_SMALL = {"generator": "rock", "quality": "low", "texture_size": 256}
_SAMPLES = 20


def rows() -> list[Row]:
    """One small asset after another, from the request to its completion, once warm."""
    with (
        tempfile.TemporaryDirectory() as directory,
        LocalStack.start(state_dir=Path(directory)) as stack,
        httpx.Client(
            base_url=stack.base_url,
            headers={"Authorization": f"Bearer {stack.mint_token('bench')}"},
            timeout=60,
        ) as http,
    ):
        _complete(http, seed=0)
        timed = [_complete(http, seed=seed) for seed in range(1, _SAMPLES + 1)]
    return [
        Row(f"local: {what}, median of {_SAMPLES}", statistics.median(values) * 1000, "ms wall")
        for what, values in zip(
            ("create answered", "small asset completed"), zip(*timed, strict=True), strict=True
        )
    ]


def _complete(http: httpx.Client, seed: int) -> tuple[float, float]:
    started = time.perf_counter()
    body: dict[str, Any] = {"format": "gltf", "parameters": {**_SMALL, "seed": seed}}
    asset = http.post("/api/v1/assets", json=body).raise_for_status().json()
    answered = time.perf_counter() - started
    while asset["status"] != "completed":
        asset = http.get(asset["status_url"]).raise_for_status().json()
        time.sleep(0.01)
    return answered, time.perf_counter() - started
