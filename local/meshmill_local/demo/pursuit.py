"""Follows all assets at once by their signed links, and downloads each as soon as it is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from meshmill_client import Asset, AssetStatus, Client
from meshmill_local.demo.clock import InterruptibleClock
from meshmill_local.demo.display import Display, Stage
from meshmill_local.demo.errors import told_in_one_line
from meshmill_local.demo.together import all_of

_STAGES = {
    AssetStatus.PENDING: Stage.QUEUED,
    AssetStatus.PROCESSING: Stage.BUILDING,
    AssetStatus.COMPLETED: Stage.DOWNLOADING,
    AssetStatus.FAILED: Stage.FAILED,
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """A completed asset and its files on disk, already checked against their SHA-256."""

    name: str
    asset: Asset
    files: Mapping[str, Path]
    was_there: bool

    @property
    def model(self) -> Path:
        """The most detailed model."""
        return self.files["model"]

    @property
    def models(self) -> list[Path]:
        """All levels of detail."""
        return [path for name, path in sorted(self.files.items()) if name.startswith("model")]


@dataclass(frozen=True, slots=True)
class Pursuit:
    """Waits and downloads by a client that runs on ``clock``; files go to ``out``/name."""

    client: Client
    clock: InterruptibleClock
    out: Path
    timeout: float

    def __call__(self, assets: Mapping[str, Asset], display: Display) -> list[Delivery]:
        """Deliver all assets, in the order in which they are given.

        Raises:
            DemoError: one of them failed; the others are abandoned.
            Interrupted: all are.
        """
        calls = [partial(self._deliver, name, asset, display) for name, asset in assets.items()]
        return all_of(calls, self.clock)

    def _deliver(self, name: str, asset: Asset, display: Display) -> Delivery:
        was_there = asset.deduplicated is True and asset.is_final

        def show(seen: Asset) -> None:
            display.show(name, _STAGES[seen.status])

        with told_in_one_line(name, f"asset {asset.asset_id}"):
            done = self.client.assets.wait(asset, self.timeout, show)
            files = self.client.assets.download(done, self.out / name)
        display.show(name, Stage.ALREADY_THERE if was_there else Stage.BUILT)
        return Delivery(name, done, files, was_there)
