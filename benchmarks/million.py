"""``python -m benchmarks.million --lines 1000000``: a manifest through the laptop stage.

It is uploaded by its form, split and ingested by the real functions on the embedded engine, and
followed by its signed link; every line must be counted, and told of in the reports. Assets are not
built: the lanes' queues feed nobody here. The engine holds all records in Python's memory, about
thirteen kilobytes a line.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.manifests import Mixture
from meshmill_local import LocalStack

_TYPE = "application/jsonl"
_PAUSE_SECONDS = 0.5
_UNHURRIED = {
    # Far more than lines come, and far longer than it takes.
    "MESHMILL_LINES_PER_SECOND": "1000000",
    **{f"MESHMILL_{lane}_PATIENCE_MS": "86400000" for lane in ("EXPRESS", "STANDARD", "BULK")},
}


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of each part, and how much memory the engine took in MB."""

    upload: float
    split: float
    ingest: float
    finish: float
    megabytes: float


def main() -> None:
    """Run it, and print what was seen."""
    parser = argparse.ArgumentParser(prog="benchmarks.million", description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    mixture = Mixture(parser.parse_args().lines, duplicate_every=19, mistake_every=20)
    with tempfile.TemporaryDirectory() as directory:
        manifest = Path(directory) / "manifest.jsonl"
        mixture.write(manifest)
        with _stack(Path(directory) / "state") as stack, httpx.Client(timeout=600) as http:
            times, batch = _run(stack, http, manifest)
            _check(batch, mixture, http)
    print()
    for what, value in (
        ("MB in the manifest", batch["size"] / 1024**2),
        ("upload, s", times.upload),
        ("split, s", times.split),
        ("ingest, s", times.ingest),
        ("lines/s while ingesting", mixture.lines / times.ingest),
        ("finish, s", times.finish),
        ("engine's peak memory, MB", times.megabytes),
    ):
        print(f"{what:28} {value:12,.1f}")
    print(json.dumps(batch["counts"]))


@contextmanager
def _stack(state: Path) -> Iterator[LocalStack]:
    """A stage whose lanes feed nobody."""
    with LocalStack.start(state_dir=state) as stack:
        client = stack.client("lambda")
        generate = stack.outputs["GenerateFunction"]
        mappings = client.list_event_source_mappings(FunctionName=generate)["EventSourceMappings"]
        for mapping in mappings:
            client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        for output in ("SplitManifestFunction", "IngestManifestFunction"):
            name = stack.outputs[output]
            kept = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
            client.update_function_configuration(
                FunctionName=name, Environment={"Variables": kept | _UNHURRIED}
            )
        try:
            yield stack
        finally:
            # Its state would be written, which takes minutes and as much memory once more.
            os.killpg(stack.engine.pid, signal.SIGKILL)


def _run(stack: LocalStack, http: httpx.Client, manifest: Path) -> tuple[Times, dict[str, Any]]:
    announced = http.post(
        f"{stack.base_url}/api/v1/batches",
        headers={"X-API-Key": stack.api_key},
        json={
            "filename": manifest.name,
            "size": manifest.stat().st_size,
            "content_type": _TYPE,
        },
    )
    batch: dict[str, Any] = announced.raise_for_status().json()
    began = time.monotonic()
    form = batch["upload"]
    with manifest.open("rb") as file:
        part = {"file": (manifest.name, file, _TYPE)}
        http.post(form["url"], data=form["fields"], files=part).raise_for_status()
    uploaded = time.monotonic()
    look = _Look(http, batch["status_url"])
    look.until(lambda seen: seen["status"] == "in_progress")
    split = time.monotonic()
    look.until(lambda seen: _counted(seen) == seen["counts"]["lines"])
    ingested = time.monotonic()
    batch = look.until(lambda seen: bool(seen.get("files")))
    ended = time.monotonic()
    times = Times(
        upload=uploaded - began,
        split=split - uploaded,
        ingest=ingested - split,
        finish=ended - ingested,
        megabytes=_peak_megabytes(stack.engine.pid),
    )
    return times, batch


@dataclass(frozen=True, slots=True)
class _Look:
    """Follows a signed link."""

    http: httpx.Client
    url: str

    def until(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The batch, once it fits.

        Raises:
            SystemExit: it failed.
        """
        while True:
            seen: dict[str, Any] = self.http.get(self.url).raise_for_status().json()
            if seen["status"] == "failed":
                raise SystemExit(str(seen["error"]))
            if fits(seen):
                return seen
            print(f"\r{seen['status']:12} {_counted(seen):>12,} lines", end="", flush=True)
            time.sleep(_PAUSE_SECONDS)


def _counted(seen: dict[str, Any]) -> int:
    counts: dict[str, int] = seen["counts"]
    return counts["accepted"] + counts["duplicate"] + counts["rejected"]


def _check(batch: dict[str, Any], mixture: Mixture, http: httpx.Client) -> None:
    """Every line once, in order, with the outcome that was counted.

    Raises:
        SystemExit: it is otherwise.
    """
    expected = mixture.counts()
    counted = {name: batch["counts"][name] for name in expected}
    [url] = [file["url"] for file in batch["files"] if file["name"] == "results"]
    told: Counter[str] = Counter()
    with http.stream("GET", url) as results:
        for number, line in enumerate(results.iter_lines(), 1):
            result = json.loads(line)
            if result["line"] != number:
                raise SystemExit(f"line {number} of results.jsonl is of line {result['line']}")
            told[result["outcome"]] += 1
    if not counted == expected == dict(told):
        raise SystemExit(f"expected {expected}, counted {counted}, told {dict(told)}")


def _peak_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024


if __name__ == "__main__":
    main()
