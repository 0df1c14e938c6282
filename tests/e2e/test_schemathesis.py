"""Every operation of the served document under schemathesis, with all of its checks.

It reads the document that the running stack serves, makes requests that fit it and requests that
don't, follows its links, reads one caller's objects as another, and holds each answer against what
the document says.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from meshmill_local import LocalStack
from tests.support.embedded import eventually

_CHECKOUT = Path(__file__).resolve().parents[2]
_CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
_DOCUMENT = "/api/v1/openapi.json"
_MANY_PER_MINUTE = 1_000_000
_ROCK: dict[str, Any] = {
    "format": "gltf",
    "parameters": {"generator": "rock", "quality": "low", "texture_size": 256},
}

Caller = Mapping[str, str]


@dataclass(frozen=True)
class Run:
    """What schemathesis printed, and how it ended."""

    output: str
    succeeded: bool

    @property
    def summary(self) -> str:
        """The lines that count what was tested."""
        return self.output[self.output.find("= SUMMARY =") :]

    def count(self, pattern: str) -> int:
        """A number of the summary."""
        found = re.search(pattern, self.summary)
        assert found, self.output
        return int(found[1])


def _caller(stack: LocalStack, name: str) -> Caller:
    """Somebody whom the limiter does not stop."""
    return {"X-API-Key": stack.mint_api_key(name, requests_per_minute=_MANY_PER_MINUTE)}


@pytest.fixture(scope="module")
def records(local_stack: LocalStack) -> dict[str, str]:
    """Assets of ada's and a cursor of her listing; links to what is others', and can't be deleted.

    ``asset``, ``export`` and ``erasure`` links each have ``_id``, ``_expires`` and ``_signature``.
    """
    ada = _caller(local_stack, "ada")
    with httpx.Client(base_url=local_stack.base_url) as client:
        own, _ = [_completed(client, ada, seed) for seed in (1, 2)]
        page = client.get("/api/v1/assets", params={"limit": 1}, headers=ada).json()
        followed = _completed(client, _caller(local_stack, "lin"), 3)
        export = client.get("/api/v1/users/me/export", headers=_caller(local_stack, "lin")).json()
        receipt = client.delete("/api/v1/users/me", headers=_caller(local_stack, "may")).json()
    return {
        "asset_id": own["asset_id"],
        "cursor": page["next_cursor"],
        **_link("asset", followed),
        **_link("export", export),
        **_link("erasure", receipt),
    }


def _link(name: str, answer: Mapping[str, Any]) -> dict[str, str]:
    parts = urlsplit(answer["status_url"])
    signed = parse_qs(parts.query)
    return {
        f"{name}_link_id": parts.path.rpartition("/")[2],
        f"{name}_link_expires": signed["expires"][0],
        f"{name}_link_signature": signed["signature"][0],
    }


def _completed(client: httpx.Client, caller: Caller, seed: int) -> dict[str, Any]:
    request = {**_ROCK, "parameters": {**_ROCK["parameters"], "seed": seed}}
    asset = client.post("/api/v1/assets", json=request, headers=caller).raise_for_status().json()

    def completed() -> dict[str, Any] | None:
        seen: dict[str, Any] = client.get(asset["status_url"]).json()
        return seen if seen["status"] == "completed" else None

    return eventually(completed, f"asset {asset['asset_id']} is completed")


def _run(stack: LocalStack, directory: Path, values: Mapping[str, str], *further: str) -> Run:
    """Run it in a directory that holds its configuration, and what it leaves behind."""
    credentials = [
        {"name": name, "fixedHeaders": [{"name": header, "value": key}]}
        for name in (values["owner"], values["stranger"])
        for header, key in _caller(stack, name).items()
    ]
    (directory / "peers.json").write_text(json.dumps({"auth": credentials}))
    configuration = Template(_CONFIGURATION.read_text()).substitute(
        values, base_url=stack.base_url, peers="peers.json"
    )
    (directory / "schemathesis.toml").write_text(configuration)
    done = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml", "run",
            stack.base_url + _DOCUMENT, "--checks", "all", "--no-color", *further,
        ],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(_CHECKOUT), *sys.path])},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )  # fmt: skip
    return Run(done.stdout + done.stderr, done.returncode == 0)


def test_all_operations_pass_all_checks(
    local_stack: LocalStack, records: dict[str, str], tmp_path: Path
) -> None:
    run = _run(
        local_stack,
        tmp_path,
        records | {"owner": "ada", "stranger": "grace", "with_erasure": "false"},
    )

    print(run.summary)
    assert run.succeeded, run.output
    document = httpx.get(local_stack.base_url + _DOCUMENT).json()
    operations = sum(len(item) for item in document["paths"].values())
    # Not among them are the document itself, which it has read to begin with, and the erasure.
    assert run.count(r"Tested: (\d+)") == operations - 2
    assert run.count(r"(\d+) generated") > 1_000


def test_an_erasure_passes_all_checks(
    local_stack: LocalStack, records: dict[str, str], tmp_path: Path
) -> None:
    only = ("--include-operation-id", "eraseMe", "--phases", "coverage,fuzzing")
    run = _run(
        local_stack,
        tmp_path,
        records | {"owner": "ida", "stranger": "joan", "with_erasure": "true"},
        *only,
    )

    print(run.summary)
    assert run.succeeded, run.output
