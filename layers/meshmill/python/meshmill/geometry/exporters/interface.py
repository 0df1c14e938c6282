"""What the engine hands to every exporter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from meshmill.geometry.images import TextureFormat
from meshmill.geometry.scene import Scene


@dataclass(frozen=True, slots=True)
class Identity:
    """Where a model comes from; written into it where the format has a place for it."""

    spec_id: str
    generator: str
    seed: int
    engine_version: str


class Exporter(Protocol):
    """What the module of a format has: images are encoded once, and written with each level."""

    def encode(self, scene: Scene, texture_format: TextureFormat) -> Any:
        """The images of ``scene`` as this format holds them."""

    def export(self, scene: Scene, images: Any, identity: Identity) -> bytes:
        """Write ``scene`` or a level of it; ``images`` are what :meth:`encode` returned."""
