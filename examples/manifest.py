"""Many requests in one file: write a manifest, submit it, read what became of each line.

::

    python examples/manifest.py

A manifest has up to a million lines, each of them the body of a request. A bad line does no harm to
the others: here one asks for a generator that does not exist.
"""

import argparse
import json
from pathlib import Path

from meshmill_client import Batch, Client

# What a catalogue, a level or a spreadsheet would have: a name, and what makes the thing.
PROPS = {
    "boulder": {"generator": "rock", "seed": 31},
    "barrel-stand": {"generator": "crate", "seed": 32},
    "urn": {"generator": "vase", "seed": 33, "options": {"profile": "amphora"}},
    "gate": {"generator": "fence", "seed": 34},
}
COMMON = {"quality": "low", "texture_size": 256}


def told(batch: Batch) -> None:
    """Called each time that the batch has been looked at."""
    print(f"  {batch.status}, {batch.percent:.0f} %")


def main() -> None:
    """Write, submit, wait, read."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=Path("out/manifest"))
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)

    manifest = folder / "props.jsonl"
    with manifest.open("w", encoding="utf-8") as lines:
        for name, prop in PROPS.items():
            request = {"format": "gltf", "custom_id": name, "parameters": COMMON | prop}
            lines.write(json.dumps(request) + "\n")

    with Client.from_profile() as client:
        batch = client.batches.wait(client.batches.submit(manifest), on_progress=told)
        if batch.counts.failed:
            # Only what failed and is worth another try is made again.
            batch = client.batches.wait(client.batches.redrive(batch), on_progress=told)

        for error in client.batches.errors(batch):
            print(f"line {error.line} ({error.custom_id}): {error.message}")
        for line in client.batches.results(batch):
            if line.asset_id is not None:
                files = client.assets.download(line.asset_id, folder / (line.custom_id or "other"))
                print(f"{line.custom_id}: {files['model']}")


if __name__ == "__main__":
    main()
