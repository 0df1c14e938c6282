"""What the geometry engine costs: whole assets, previews, and peak memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from benchmarks.fresh import Case, cost_of
from benchmarks.measure import Row
from meshmill.geometry import engine
from meshmill.geometry.engine import build_model, generate
from meshmill.geometry.preview import PREVIEW_BUDGET, PREVIEW_SIZE, render_preview
from meshmill.geometry.registry import GENERATORS
from meshmill.geometry.spec import AssetSpec

_SIZES = (("low", 256), ("medium", 1024), ("high", 4096))
_RUNS = 3


def _spec(generator: str, quality: str, size: int) -> AssetSpec:
    parameters: dict[str, Any] = {"generator": generator, "quality": quality, "texture_size": size}
    return AssetSpec.model_validate({"format": "gltf", "parameters": parameters})


def _asset(spec: AssetSpec) -> Callable[[], object]:
    """Everything but the drawing of the preview, which has a case of its own."""
    _load(spec.parameters.generator)
    blank = np.zeros((PREVIEW_SIZE, PREVIEW_SIZE, 4), dtype=np.uint8)
    engine.render_preview = lambda _: blank
    return partial(generate, spec)


def _preview(generator: str) -> Callable[[], object]:
    scene = build_model(_spec(generator, "medium", 1024)).scene(PREVIEW_BUDGET, "")
    return partial(render_preview, scene)


def _load(generator: str) -> None:
    """Import what making such an asset imports, as a warm function has."""
    generate(_spec(generator, "low", 256))


CASES: Mapping[str, Case] = {
    **{
        f"{generator} {quality}/{size}": partial(_asset, _spec(generator, quality, size))
        for generator in GENERATORS
        for quality, size in _SIZES
    },
    **{f"{generator} preview": partial(_preview, generator) for generator in GENERATORS},
}


def rows() -> Iterator[Row]:
    """Each generator at the sizes that the budgets name, by its defaults."""
    for generator in GENERATORS:
        preview = cost_of("engine", f"{generator} preview", _RUNS)
        yield Row(f"preview: {generator}", preview.milliseconds)
        for quality, size in _SIZES:
            name = f"{generator} {quality}/{size}"
            cost = cost_of("engine", name, _RUNS)
            yield Row(f"asset: {name}, without preview", cost.milliseconds)
            yield Row(f"asset: {name}, peak memory", cost.megabytes, "MB")
