"""A manifest on its way: uploaded by the form that the API issues, and followed to its reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from meshmill_client import Batch, Client
from meshmill_local.demo.display import Display, Share
from meshmill_local.demo.errors import told_in_one_line
from meshmill_local.demo.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Reported:
    """A batch at its end, and on disk what became of each line."""

    manifest: Manifest
    batch: Batch
    files: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class Drop:
    """Drops a manifest by ``client``; it and its reports go to ``out``/name."""

    client: Client
    out: Path
    timeout: float

    def __call__(self, manifest: Manifest, display: Display) -> Reported:
        """Follow it to its end.

        Raises:
            DemoError: it did not get there.
            Interrupted: somebody asked for the end.
        """
        folder, batches = self.out / manifest.name, self.client.batches

        def show(seen: Batch) -> None:
            display.show_share(manifest.name, _share(seen))

        with told_in_one_line(manifest.name, manifest.filename):
            file = _written(manifest, folder)
            batch = batches.submit(file)
        with told_in_one_line(manifest.name, batch.name):
            done = batches.wait(batch, self.timeout, show)
            return Reported(manifest, done, batches.download(done, folder))


def _written(manifest: Manifest, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / manifest.filename
    file.write_bytes(manifest.content)
    return file


def _share(batch: Batch) -> Share:
    return Share(batch.status.replace("_", " "), batch.percent, is_final=batch.is_final)
