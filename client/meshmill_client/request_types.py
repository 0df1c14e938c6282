"""Static types of what is asked for.

They help those who write and those who check a program, and are never looked at while it runs:
wherever one is taken, so is what only a newer service knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypedDict

Format = Literal["gltf", "obj", "fbx"]
"""Output formats."""

GeneratorName = Literal["terrain", "rock", "tree", "building", "crate", "vase", "gear", "planet"]
"""What generates; ``client.generators`` tells what each takes."""

Quality = Literal["low", "medium", "high"]
"""About 2,000, 20,000 or 200,000 triangles."""

TextureSize = Literal[256, 512, 1024, 2048, 4096]
"""Edge of the maps in pixels."""

TextureFormat = Literal["png", "jpeg", "webp"]
"""Encoding of the base colour; ``webp`` in glTF alone."""


class Parameters(TypedDict, total=False):
    """What to generate. Every member has a default; ``options`` are those of the generator."""

    generator: GeneratorName
    quality: Quality
    texture_size: TextureSize
    texture_format: TextureFormat
    lods: Literal[0, 1, 2, 3]
    seed: int
    options: Mapping[str, Any]
