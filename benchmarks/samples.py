"""Assets that are made to be measured: at default options, and at random ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from time import process_time
from typing import Any, get_args

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from benchmarks.trends import Observation, kinds, values_of
from meshmill.geometry.engine import build_model, generate
from meshmill.geometry.estimates.measures import KINDS, measures_of
from meshmill.geometry.estimates.profile import LEAST_TEXTURE, Encoding
from meshmill.geometry.exporters import fbx, glb, obj
from meshmill.geometry.exporters.interface import Identity
from meshmill.geometry.images import TextureFormat
from meshmill.geometry.levels import BUDGETS
from meshmill.geometry.options import Options
from meshmill.geometry.registry import FORMATS, GENERATORS
from meshmill.geometry.scene import Scene
from meshmill.geometry.spec import AssetSpec, Quality

IDENTITY = Identity(spec_id="0" * 64, generator="", seed=0, engine_version="0.0.0")
EXPORTERS = {"gltf": glb, "obj": obj, "fbx": fbx}
_TEXTURE_FORMATS: tuple[TextureFormat, ...] = ("png", "jpeg", "webp")
#: How often an option is left at its default.
_LEFT_ALONE = 0.4
_RUNS = 3
#: Where budgets are small, steps of detail are so coarse that every kind has triangles of its own.
_BY_KIND: Quality = "low"
#: From this share of the budget on, it is the budget that keeps it down.
_CAPPED = 0.85
#: How many random assets have their triangles counted, of each quality.
_SHARES = 40
#: How often others are drawn to go with an option that doesn't go with the defaults.
_TRIES = 2_000
#: Ranges of so great a ratio are drawn from by ratios.
_WIDE = 20


@dataclass(frozen=True, slots=True)
class Sample:
    """An asset's measures; bytes of images by encoding, of a triangle by format."""

    measures: Mapping[str, Any]
    quality: Quality
    size: int
    triangles: int
    triangle_bytes: dict[str, float]
    image_bytes: dict[Encoding, int]
    preview_bytes: int
    seconds: float

    @property
    def texels(self) -> int:
        """Of the primary material's map."""
        return self.size * self.size


def spec_of(
    generator: str, quality: Quality, size: int, options: dict[str, Any], **further: Any
) -> AssetSpec:
    """A glTF spec, unless ``further`` says otherwise."""
    parameters = {
        "generator": generator, "quality": quality, "texture_size": size, "options": options
    }  # fmt: skip
    asset_format = further.pop("asset_format", "gltf")
    return AssetSpec.model_validate({"format": asset_format, "parameters": parameters | further})


def usual(generator: str, quality: Quality, size: int) -> Sample:
    """The asset at default options; of a few runs the quickest, the least disturbed, counts."""
    spec = spec_of(generator, quality, size, {})
    again = [seconds_of(partial(generate, spec)) for _ in range(_RUNS - 1)]
    first = measured(spec)
    return replace(first, seconds=min(first.seconds, *again))


def extremes(generator: str, quality: Quality, size: int) -> Iterator[Sample]:
    """An asset for each choice and each end of a range.

    The other options are at their defaults, or at random where those don't fit.
    """
    kind, draw = GENERATORS[generator].options, random.Random(generator)
    for options in _extremes(kind, draw):
        yield measured(spec_of(generator, quality, size, options))


def at_random(generator: str, quality: Quality, size: int, count: int) -> Iterator[Sample]:
    """So many assets at random options."""
    draw = random.Random(f"{generator} {quality} {size}")
    for _ in range(count):
        options = _random_options(GENERATORS[generator].options, draw)
        yield measured(spec_of(generator, quality, size, options, seed=draw.randrange(2**32)))


def shares(generator: str, quality: Quality) -> list[Observation]:
    """Triangles as shares of the budget: of more assets than are measured otherwise.

    Where the asset at default options needs less than the budget, it is a ceiling, and others may
    be kept down by it.
    """
    kind, draw = GENERATORS[generator].options, random.Random(f"{generator} {quality}")
    drawn = (_random_options(kind, draw) for _ in range(_SHARES))
    counted = [
        _share(spec_of(generator, quality, LEAST_TEXTURE, options))
        for options in chain(({},), _extremes(kind, draw), drawn, _kinds(generator, quality))
    ]
    is_ceiling = counted[0].value <= _CAPPED
    return [replace(each, capped=is_ceiling and each.value > _CAPPED) for each in counted]


def _share(spec: AssetSpec) -> Observation:
    quality = spec.parameters.quality
    scene = build_model(spec).scene(BUDGETS[quality], "")
    measures = _measures(spec, by_kind=quality == _BY_KIND)
    return Observation(measures, scene.triangle_count / BUDGETS[quality])


def _measures(spec: AssetSpec, *, by_kind: bool) -> dict[str, Any]:
    measures = measures_of(spec.parameters.generator, spec.parameters.options)
    if not by_kind:
        measures.pop("kind", None)
    return measures


def _kinds(generator: str, quality: Quality) -> Iterator[dict[str, Any]]:
    """Of every kind one."""
    if quality != _BY_KIND or generator not in KINDS:
        return
    for values in kinds(generator):
        options = dict(zip(KINDS[generator], values, strict=True))
        if _fits(GENERATORS[generator].options, options):
            yield options


def measured(spec: AssetSpec) -> Sample:
    """Make an asset as the engine does, and its parts in every format."""
    before = process_time()
    artefact = generate(spec)
    seconds = process_time() - before
    scene = build_model(spec).scene(BUDGETS[spec.parameters.quality], "")
    images = {encoding: images_of(scene, encoding) for encoding in get_args(Encoding)}
    by_format = {
        name: model_bytes(scene, name) - images["png" if name == "gltf" else "split png"]
        for name in FORMATS
    }
    return Sample(
        measures=_measures(spec, by_kind=False),
        quality=spec.parameters.quality,
        size=spec.parameters.texture_size,
        triangles=scene.triangle_count,
        triangle_bytes={name: size / scene.triangle_count for name, size in by_format.items()},
        image_bytes=images,
        preview_bytes=len(next(file.data for file in artefact.files if file.name == "preview")),
        seconds=seconds,
    )


def images_of(scene: Scene, encoding: Encoding) -> int:
    """Bytes of all images of a scene."""
    split, texture_format = _spelled(encoding)
    encoded = obj.encode(scene, texture_format) if split else glb.encode(scene, texture_format)
    return sum(len(image.data) for image in encoded.values())


def model_bytes(scene: Scene, output_format: str) -> int:
    """Bytes of a model file with images as PNG."""
    exporter = EXPORTERS[output_format]
    return len(exporter.export(scene, exporter.encode(scene, "png"), IDENTITY))


def seconds_of(call: Callable[[], object]) -> float:
    """CPU seconds of a call."""
    before = process_time()
    call()
    return process_time() - before


def _spelled(encoding: Encoding) -> tuple[bool, TextureFormat]:
    for texture_format in _TEXTURE_FORMATS:
        if encoding.endswith(texture_format):
            return encoding.startswith("split"), texture_format
    raise ValueError(encoding)


def _random_options(kind: type[Options], draw: random.Random) -> dict[str, Any]:
    """Options that fit together."""
    while True:
        options = _some_options(kind, draw)
        if _fits(kind, options):
            return options


def _extremes(kind: type[Options], draw: random.Random) -> Iterator[dict[str, Any]]:
    for member, field in kind.model_fields.items():
        for value in values_of(field):
            options = None if value == field.default else _beside(kind, {member: value}, draw)
            if options is not None:
                yield options


def _beside(
    kind: type[Options], wanted: dict[str, Any], draw: random.Random
) -> dict[str, Any] | None:
    """Options that fit to those wanted: the defaults, or random ones; None where none are found."""
    options = wanted
    for _ in range(_TRIES):
        if _fits(kind, options):
            return options
        options = _some_options(kind, draw) | wanted
    return None


def _some_options(kind: type[Options], draw: random.Random) -> dict[str, Any]:
    return {
        name: _random_value(field, draw)
        for name, field in kind.model_fields.items()
        if draw.random() > _LEFT_ALONE
    }


def _fits(kind: type[Options], options: dict[str, Any]) -> bool:
    try:
        kind(**options)
    except ValidationError:
        return False
    return True


def _random_value(field: FieldInfo, draw: random.Random) -> Any:
    """A choice; of a range, often an end."""
    values = values_of(field)
    if field.annotation not in (int, float):
        return draw.choice(values)
    low, high = values
    share = draw.choice((0.0, 1.0, draw.random(), draw.random()))
    wide = low > 0 and high / low > _WIDE
    value = low * (high / low) ** share if wide else low + (high - low) * share
    value = min(max(value, low), high)
    return round(value) if field.annotation is int else float(value)
