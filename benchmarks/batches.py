"""Splitting and ingesting manifests before the stand-in, each function in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx

from benchmarks.manifests import Mixture
from benchmarks.sample_assets import ISSUER, SUBJECT
from benchmarks.stand_in import MESSAGES_PATH
from benchmarks.stand_in_objects import VERSION
from benchmarks.surroundings import Surroundings, surroundings
from infra.sources import CHECKOUT
from meshmill.domain import identity

SPLIT, INGEST = "functions.split_manifest.handler", "functions.ingest_manifest.handler"
_USER = identity.user_id(ISSUER, SUBJECT)
_UPLOADS, _ARTEFACTS = "uploads", "artefacts"
_UPLOAD_QUEUE, _BATCH_QUEUE = "upload_queue_url", "batch_queue_url"
_SECONDS = 3600.0

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process's calls cost: CPU seconds of each, wall times, and its peak in MB."""

    cpu_seconds: list[float]
    began: float
    ended: float
    megabytes: float

    @property
    def warm_seconds(self) -> float:
        """CPU of all calls but the first, which makes the clients."""
        return sum(self.cpu_seconds[1:])


@dataclass(frozen=True, slots=True)
class Drop:
    """A manifest in the bucket of uploads."""

    key: str
    mixture: Mixture

    def stretch(self, first: int, last: int) -> Event:
        """Lines ``first`` … ``last`` − 1, as a plain loop is told of them."""
        sizes = [len(line) for line in self.mixture][:last]
        return {
            "user_id": _USER,
            "bucket": _UPLOADS,
            "key": self.key,
            "begin": sum(sizes[:first]),
            "end": sum(sizes),
        }


@dataclass(frozen=True, slots=True)
class Chunks:
    """A batch, a message for each of its chunks, and how many lines each has."""

    batch_id: str
    messages: list[Event]
    lines: list[int]


class Stage:
    """The stand-in, and what is run before it."""

    def __init__(self, around: Surroundings, directory: Path) -> None:
        self._around = around
        self._directory = directory
        self._http = httpx.Client(base_url=around.endpoint, timeout=_SECONDS)
        self._drops = 0

    def dropped(self, mixture: Mixture) -> Drop:
        """A new object."""
        self._drops += 1
        key = f"uploads/{_USER}/bench-{self._drops}/manifest.jsonl"
        file = self._directory / "manifest.jsonl"
        mixture.write(file)
        with file.open("rb") as content:
            length = {"Content-Length": str(file.stat().st_size)}
            sent = self._http.put(f"/{_UPLOADS}/{key}", content=content, headers=length)
        sent.raise_for_status()
        return Drop(key, mixture)

    def split(self, drop: Drop) -> tuple[Chunks, Cost]:
        """Split it, by one call of the function."""
        announced = {
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "eventName": "ObjectCreated:Put",
            "eventTime": "2026-11-22T10:00:00.000Z",
            "userIdentity": {"principalId": "AWS:AIDAEXAMPLE"},
            "responseElements": {"x-amz-request-id": "C3D13FE58DE4C810"},
            "s3": {
                "bucket": {"name": _UPLOADS, "arn": f"arn:aws:s3:::{_UPLOADS}"},
                "object": {"key": drop.key, "versionId": VERSION},
            },
        }
        cost = self.run(SPLIT, [_received(_UPLOAD_QUEUE, json.dumps({"Records": [announced]}))])
        bodies: list[str] = self._http.get(f"{MESSAGES_PATH}{_BATCH_QUEUE}").json()
        batch_id = str(json.loads(bodies[0])["batch_id"])
        plan = self._item(batch_id, "plan")
        lines = [int(member["N"]) for member in plan["lines"]["L"]]
        return Chunks(batch_id, [_received(_BATCH_QUEUE, body) for body in bodies], lines), cost

    def run(self, module: str, events: Sequence[Event]) -> Cost:
        """One process that gets these events one after the other."""
        return self.run_at_once(module, [events])[0]

    def run_at_once(self, module: str, shares: Sequence[Sequence[Event]]) -> list[Cost]:
        """A process for each share, side by side."""
        with ExitStack() as files:
            runs = [self._started(module, share, files) for share in shares]
            return [_cost_of(*run, module) for run in runs]

    def require_counted(self, drop: Drop, chunks: Chunks) -> None:
        """Check that every line is counted, and told of in the results."""
        expected = drop.mixture.counts()
        counted = dict.fromkeys(expected, 0)
        for shard in range(16):
            item = self._item(chunks.batch_id, f"#count#{shard:02d}")
            for outcome in counted:
                counted[outcome] += int(item[outcome]["N"])
        results = self._http.get(
            f"/{_ARTEFACTS}/batches/{_USER}/{chunks.batch_id}/results.jsonl"
        ).content
        if (counted, results.count(b"\n")) != (expected, drop.mixture.lines):
            sys.exit(f"{drop.mixture} was counted as {counted}")

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _item(self, batch_id: str, item: str) -> dict[str, Any]:
        key = {"batch_id": {"S": batch_id}, "item": {"S": item}}
        found: dict[str, Any] = self._http.post(
            "/", json={"Key": key}, headers={"X-Amz-Target": "DynamoDB_20120810.GetItem"}
        ).json()["Item"]
        return found

    def _started(
        self, module: str, share: Sequence[Event], files: ExitStack
    ) -> tuple[subprocess.Popen[str], IO[str]]:
        """A process and what it logs; files, for a pipe that nobody reads would stop it."""
        events = files.enter_context(tempfile.TemporaryFile("w+"))  # noqa: SIM115  # it does
        log = files.enter_context(tempfile.TemporaryFile("w+"))  # noqa: SIM115
        events.writelines(json.dumps(event) + "\n" for event in share)
        events.seek(0)
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.batch_process", module],
            env=dict(self._around.environment),
            stdin=events,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=CHECKOUT,
        )
        return process, log


@contextmanager
def stage(latency_ms: float = 0.0) -> Iterator[Stage]:
    """A stand-in of its own, without whatever was there before."""
    with surroundings(latency_ms) as around, tempfile.TemporaryDirectory() as directory:
        made = Stage(around, Path(directory))
        try:
            yield made
        finally:
            made.close()


def _cost_of(process: subprocess.Popen[str], log: IO[str], module: str) -> Cost:
    output, _ = process.communicate()
    if process.returncode:
        log.seek(0)
        sys.exit(f"{module} ended with {process.returncode}: {log.read()}")
    return Cost(**json.loads(output.splitlines()[-1]))


def _received(queue: str, body: str) -> Event:
    """A message as SQS hands it to a function."""
    record = {
        "messageId": "11111111-2222-4333-8444-555555555555",
        "receiptHandle": "AQEB",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1700000000000"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:eu-central-1:123456789012:{queue}",
        "awsRegion": "eu-central-1",
    }
    return {"Records": [record]}
