"""The load generator against the local stage: a smoke test of two seconds a kind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx

from meshmill_local import LocalStack

CHECKOUT = Path(__file__).parents[2]
KINDS = {"create", "duplicate", "get", "list", "status"}


def test_every_kind_of_request_is_measured_without_an_error_and_nothing_is_left_behind(
    local_stack: LocalStack,
) -> None:
    key = local_stack.mint_api_key("load", requests_per_minute=100_000)
    arguments = ["--base-url", local_stack.base_url, "--seconds", "2", "--concurrency", "4"]

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load", *arguments],
        env={**os.environ, "MESHMILL_API_KEY": key},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    rows = {line.split()[0]: line.split() for line in done.stdout.splitlines() if line}
    assert rows.keys() >= KINDS
    assert all(int(rows[kind][1]) > 0 for kind in KINDS)
    assert key not in done.stdout + done.stderr
    listed = httpx.get(
        f"{local_stack.base_url}/api/v1/assets", headers={"X-API-Key": key}, timeout=60
    )
    assert listed.json()["data"] == []
