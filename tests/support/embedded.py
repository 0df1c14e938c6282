"""Driving the whole pipeline on the embedded engine: as its clients do, and as its failures do."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx

from meshmill_local import LocalStack

T = TypeVar("T")
#: Longer than anything takes on a machine that is busy with three other things.
_DEADLINE_SECONDS = 200.0


class Caller:
    """One user of a running stack; each call has a connection of its own."""

    def __init__(self, stack: LocalStack, subject: str) -> None:
        self.stack = stack
        self._headers = {"Authorization": f"Bearer {stack.mint_token(subject)}"}
        self._assets = f"{stack.base_url}/api/v1/assets"

    def create(self, **body: Any) -> httpx.Response:
        request = {"format": "gltf", **body}
        return httpx.post(self._assets, json=request, headers=self._headers, timeout=60)

    def get(self, asset_id: str) -> httpx.Response:
        return httpx.get(f"{self._assets}/{asset_id}", headers=self._headers, timeout=60)

    def listed(self) -> list[dict[str, Any]]:
        """The first page."""
        answer = httpx.get(self._assets, headers=self._headers, timeout=60)
        assets: list[dict[str, Any]] = answer.raise_for_status().json()["data"]
        return assets

    def delete(self, asset_id: str) -> httpx.Response:
        return httpx.delete(f"{self._assets}/{asset_id}", headers=self._headers, timeout=60)

    def poll(self, status_url: str) -> httpx.Response:
        return httpx.get(status_url, timeout=60)

    def until_final(self, asset: Mapping[str, Any]) -> dict[str, Any]:
        """Poll the signed link, without a token, until nothing more happens by itself."""

        def final() -> dict[str, Any] | None:
            answer = self.poll(asset["status_url"])
            assert answer.status_code == 200, answer.text
            seen: dict[str, Any] = answer.json()
            return seen if seen["status"] in {"completed", "failed"} else None

        return eventually(final, f"asset {asset['asset_id']} becomes final")

    def until_processing(self, asset: Mapping[str, Any]) -> None:
        def processing() -> bool | None:
            return self.poll(asset["status_url"]).json()["status"] == "processing" or None

        eventually(processing, f"asset {asset['asset_id']} is being built")


def grant(stack: LocalStack, **form: str) -> httpx.Response:
    """What the local user's client is answered by the token endpoint."""
    return httpx.post(stack.token_url, data=form, auth=(stack.client_id, stack.client_secret))


def eventually(look: Callable[[], T | None], what: str) -> T:
    """The first result that isn't None.

    Raises:
        AssertionError: it did not come in time, which only a lost asset should cause.
    """
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(0.1)
    raise AssertionError(f"in {_DEADLINE_SECONDS:.0f} s it did not happen that {what}")


def reconcile(stack: LocalStack) -> dict[str, int]:
    """Run the reconciler now instead of at the next minute."""
    return run_function(stack, "ReconcileFunction")


def run_function(stack: LocalStack, output: str) -> dict[str, int]:
    """Run a scheduled function now; what it did how often."""
    answer = stack.client("lambda").invoke(FunctionName=stack.outputs[output])
    done: dict[str, int] = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, done
    return done


def reconciled(stack: LocalStack, caller: Caller, asset: Mapping[str, Any]) -> dict[str, Any]:
    """Let the reconciler come by, again and again, until the asset is final."""

    def final() -> dict[str, Any] | None:
        reconcile(stack)
        seen: dict[str, Any] = caller.poll(asset["status_url"]).json()
        return seen if seen["status"] in {"completed", "failed"} else None

    return eventually(final, "the reconciler brings the asset home")


@contextmanager
def generate_configured(
    stack: LocalStack, *, timeout: int | None = None, **variables: str
) -> Iterator[None]:
    """Another timeout or other variables for the generate function, for a while."""
    with function_configured(stack, "GenerateFunction", timeout=timeout, **variables):
        yield


@contextmanager
def function_configured(
    stack: LocalStack, output: str, *, timeout: int | None = None, **variables: str
) -> Iterator[None]:
    """Another timeout or other variables for the function that an output names, for a while."""
    client, name = stack.client("lambda"), stack.outputs[output]
    before = client.get_function_configuration(FunctionName=name)
    changed = dict(before["Environment"]["Variables"]) | variables
    client.update_function_configuration(
        FunctionName=name,
        Timeout=timeout or before["Timeout"],
        Environment={"Variables": changed},
    )
    try:
        yield
    finally:
        client.update_function_configuration(
            FunctionName=name,
            Timeout=before["Timeout"],
            Environment={"Variables": before["Environment"]["Variables"]},
        )


@contextmanager
def visibility(stack: LocalStack, lane: str, seconds: int) -> Iterator[None]:
    """Another visibility timeout for a lane's queue, for a while."""
    client, url = stack.client("sqs"), stack.outputs[f"{lane}QueueUrl"]
    name = "VisibilityTimeout"
    before = client.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]
    client.set_queue_attributes(QueueUrl=url, Attributes={name: str(seconds)})
    try:
        yield
    finally:
        client.set_queue_attributes(QueueUrl=url, Attributes={name: before})


def kill_workers(stack: LocalStack) -> int:
    """Kill every process of the generate function as the kernel kills for memory; how many."""
    name = stack.outputs["GenerateFunction"].encode()
    killed = 0
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            environment = (process / "environ").read_bytes()
        except OSError:
            continue  # gone, or another user's
        if b"AWS_LAMBDA_FUNCTION_NAME=" + name in environment.split(b"\0"):
            os.kill(int(process.name), signal.SIGKILL)
            killed += 1
    return killed


def stored_keys(stack: LocalStack, spec_id: str) -> list[str]:
    listed = stack.client("s3").list_objects_v2(
        Bucket=stack.outputs["ArtefactsBucket"], Prefix=f"artefacts/{spec_id}/"
    )
    return [entry["Key"] for entry in listed.get("Contents", [])]
