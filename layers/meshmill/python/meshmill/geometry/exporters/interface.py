"""What the engine hands to every exporter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from meshmill.geometry.images import EncodedImage
from meshmill.geometry.scene import Scene


@dataclass(frozen=True, slots=True)
class Identity:
    """Where a model comes from; written into it where the format has a place for it."""

    spec_id: str
    generator: str
    seed: int
    engine_version: str


class Exporter(Protocol):
    """The module-level ``export`` of a format."""

    def __call__(
        self, scene: Scene, images: Mapping[str, EncodedImage], identity: Identity
    ) -> bytes:
        """Write ``scene``; ``images`` holds each of its textures, encoded, by name."""
