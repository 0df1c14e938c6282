"""What a level of detail and another encoding of the images add to an asset."""

from __future__ import annotations

from functools import partial
from typing import get_args

from benchmarks.samples import EXPORTERS, IDENTITY, images_of, seconds_of, spec_of
from meshmill.geometry.digest import digest_scene, digest_textures
from meshmill.geometry.engine import build_model
from meshmill.geometry.estimates.profile import LEAST_TEXTURE, Encoding
from meshmill.geometry.levels import BUDGETS, level_budget, level_suffix

_SIZE = 1024
_MILLION = 1_000_000


def encoding_seconds(generator: str) -> dict[Encoding, float]:
    """CPU that each encoding takes beyond PNG, for each million texels."""
    scene = build_model(spec_of(generator, "low", _SIZE, {})).scene(BUDGETS["low"], "")
    encodings: tuple[Encoding, ...] = get_args(Encoding)
    spent = {each: seconds_of(partial(images_of, scene, each)) for each in encodings}
    texels = _SIZE * _SIZE / _MILLION
    return {each: round(max(0.0, spent[each] - spent["png"]) / texels, 3) for each in encodings}


def level_seconds(generator: str) -> dict[str, float]:
    """CPU of drawing, digesting and writing a level, for each million triangles."""
    model = build_model(spec_of(generator, "high", LEAST_TEXTURE, {}))
    draw = partial(model.scene, level_budget(BUDGETS["high"], 1), level_suffix(1))
    scene = draw()
    common = seconds_of(draw) + seconds_of(partial(digest_scene, scene, digest_textures(scene)))
    millions = scene.triangle_count / _MILLION
    spent = {
        name: seconds_of(partial(exporter.export, scene, exporter.encode(scene, "png"), IDENTITY))
        for name, exporter in EXPORTERS.items()
    }
    return {name: round((common + seconds) / millions, 2) for name, seconds in spent.items()}
