"""What the geometry engine costs, whole assets and the GLB writer beside trimesh's."""

from __future__ import annotations

from functools import partial
from typing import Any

from benchmarks.measure import Row, call_cpu_ms
from meshmill.geometry.engine import generate
from meshmill.geometry.spec import AssetSpec

_CASES = (("low", 256), ("medium", 1024), ("high", 2048), ("high", 4096))


def rows() -> list[Row]:
    """Each generator at the sizes that the budgets name; all files, preview included."""
    return [
        Row(
            f"asset: {generator} {quality}/{size}, all files",
            call_cpu_ms(partial(generate, _spec(generator, quality, size)), runs=3),
        )
        for generator in ("terrain", "rock")
        for quality, size in _CASES
    ]


def _spec(generator: str, quality: str, size: int) -> AssetSpec:
    parameters: dict[str, Any] = {"generator": generator, "quality": quality, "texture_size": size}
    return AssetSpec.model_validate({"format": "gltf", "parameters": parameters})
