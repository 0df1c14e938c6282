"""``python -m benchmarks.estimates [generator …]``: measures, and writes the profiles anew.

Of each generator about eighty assets are made, at extreme and at random options, in this process
one after the other, and fitted; peaks of memory are those of fresh processes. Takes a minute or
two each; nothing else should run beside it. :func:`rows` then compares estimates with what is
measured.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path
from statistics import median
from typing import get_args

from benchmarks.fresh import Case, cost_of
from benchmarks.levels import encoding_seconds, level_seconds
from benchmarks.measure import Row
from benchmarks.samples import Sample, at_random, extremes, shares, spec_of, usual
from benchmarks.trends import Fit, Observation, fit
from meshmill.geometry import estimates
from meshmill.geometry.engine import generate
from meshmill.geometry.estimate import estimate
from meshmill.geometry.estimates.profile import LEAST_TEXTURE, Encoding, Profile
from meshmill.geometry.estimates.trend import Trend
from meshmill.geometry.registry import FORMATS, GENERATORS
from meshmill.geometry.spec import Quality

_QUALITIES: tuple[Quality, ...] = get_args(Quality)
_SIZES = (256, 512, 1024, 2048, 4096)
#: Assets at random options by quality and size of the texture, beside one at default options.
_PLAN: Mapping[tuple[Quality, int], int] = {
    ("low", 256): 14, ("medium", 256): 14, ("high", 256): 12, ("low", 2048): 6,
    ("low", 512): 0, ("low", 1024): 4, ("low", 4096): 0,
}  # fmt: skip
#: Of the time that an asset takes, the least that is thought to be its texture's.
_LEAST_SHARE = 0.25
_COMPARED: tuple[tuple[Quality, int], ...] = (("low", 256), ("medium", 1024), ("high", 4096))
_RUNS = 3
#: Counts are exact, and need hardly any holding.
_RIDGE_OF_COUNTS = 0.1
_MILLION = 1_000_000
_FOLDER = Path(estimates.__file__).parent
_HEAD = '''"""What {name} takes, as measured by ``python -m benchmarks.estimates``."""

from __future__ import annotations

from meshmill.geometry.estimates.profile import Profile
from meshmill.geometry.estimates.trend import Trend

'''


def main(names: Sequence[str]) -> None:
    """Measure generators, all unless some are named."""
    for name in names or GENERATORS:
        path = _FOLDER / f"{name}.py"
        path.write_text(_HEAD.format(name=name) + f"PROFILE = {_source(profile(name))}\n")
        subprocess.run([Path(sys.executable).with_name("ruff"), "format", "-q", path], check=True)


def profile(generator: str) -> Profile:
    """Measure one generator."""
    generate(spec_of(generator, "low", LEAST_TEXTURE, {}))
    peaks = {quality: _peak(generator, quality, LEAST_TEXTURE) for quality in _QUALITIES}
    larger = {size: _peak(generator, "low", size) for size in _SIZES}
    made = list(_made(generator))
    images = {encoding: _texel_bytes(generator, made, encoding) for encoding in get_args(Encoding)}
    shape = {
        quality: _fitted(generator, f"seconds, {quality}", _of(made, quality), _seconds)
        for quality in _QUALITIES
    }
    painting = _told("texture seconds", _painting(generator, made, shape["low"]))
    counted = {quality: shares(generator, quality) for quality in _QUALITIES}
    return Profile(
        budget_share={
            quality: _told(
                f"budget share, {quality}", fit(generator, found, _RIDGE_OF_COUNTS)
            ).trend
            for quality, found in counted.items()
        },
        most_of_budget=max(each.value for found in counted.values() for each in found),
        triangle_bytes={name: _triangle_bytes(made, name) for name in FORMATS},
        texel_bytes={encoding: found.trend for encoding, found in images.items()},
        texel_share=_by_size(images["png"]),
        preview_bytes=_fitted(generator, "preview bytes", _of(made, "low"), _preview_bytes),
        shape_seconds=shape,
        texture_seconds=painting.trend,
        texture_share={LEAST_TEXTURE: 1.0, **_by_size(painting)},
        encoding_seconds=encoding_seconds(generator),
        level_seconds=level_seconds(generator),
        shape_megabytes=peaks,
        texture_megabytes={size: max(0, peak - peaks["low"]) for size, peak in larger.items()},
    )


def _made(generator: str) -> Iterator[Sample]:
    """All samples, those with the least texture first."""
    yield from extremes(generator, "low", LEAST_TEXTURE)
    for (quality, size), count in _PLAN.items():
        yield usual(generator, quality, size)
        yield from at_random(generator, quality, size, count)


def _of(made: Sequence[Sample], quality: Quality) -> list[Sample]:
    """Samples of a quality with the least texture."""
    return [each for each in made if (each.quality, each.size) == (quality, LEAST_TEXTURE)]


def _seconds(sample: Sample) -> float:
    return sample.seconds


def _preview_bytes(sample: Sample) -> float:
    return sample.preview_bytes


def _fitted(
    generator: str, what: str, made: Sequence[Sample], value: Callable[[Sample], float]
) -> Trend:
    return _told(
        what, fit(generator, [Observation(each.measures, value(each)) for each in made])
    ).trend


def _told(what: str, found: Fit) -> Fit:
    print(f"{what:24} {found.trend.usual:10.4g}, worst factor {found.worst:.2f}", flush=True)
    return found


def _triangle_bytes(made: Sequence[Sample], output_format: str) -> dict[Quality, float]:
    return {
        quality: round(median(each.triangle_bytes[output_format] for each in _of(made, quality)), 1)
        for quality in _QUALITIES
    }


def _texel_bytes(generator: str, made: Sequence[Sample], encoding: Encoding) -> Fit:
    return _told(
        f"{encoding} bytes a texel",
        fit(
            generator,
            [
                Observation(each.measures, each.image_bytes[encoding] / each.texels, each.size)
                for each in made
            ],
        ),
    )


def _painting(generator: str, made: Sequence[Sample], shape: Trend) -> Fit:
    """What larger textures add, for each million texels."""
    least = LEAST_TEXTURE * LEAST_TEXTURE
    return fit(
        generator,
        [
            Observation(
                each.measures,
                max(each.seconds - shape.at(each.measures), each.seconds * _LEAST_SHARE)
                / (each.texels - least)
                * _MILLION,
                each.size,
            )
            for each in made
            if each.texels > least
        ],
    )


def _by_size(found: Fit) -> dict[int, float]:
    return {size: found.groups[size] for size in _SIZES if size in found.groups}


def _peak(generator: str, quality: Quality, size: int) -> int:
    return round(cost_of("estimates", f"{generator} {quality}/{size}", 1).megabytes)


def _source(found: Profile) -> str:
    members = ", ".join(f"{each.name}={getattr(found, each.name)!r}" for each in fields(found))
    for needless in (", factors={}", "usual=", "factors="):
        members = members.replace(needless, "")
    return f"Profile({members})"


def _asset(generator: str, quality: Quality, size: int) -> Callable[[], object]:
    generate(spec_of(generator, "low", LEAST_TEXTURE, {}))
    return partial(generate, spec_of(generator, quality, size, {}))


CASES: Mapping[str, Case] = {
    f"{generator} {quality}/{size}": partial(_asset, generator, quality, size)
    for generator in GENERATORS
    for quality in _QUALITIES
    for size in _SIZES
}


def rows() -> Iterator[Row]:
    """Estimates as multiples of what is measured, at default options."""
    for generator in GENERATORS:
        for quality, size in _COMPARED:
            name = f"{generator} {quality}/{size}"
            told = estimate(spec_of(generator, quality, size, {}))
            cost = cost_of("estimates", name, _RUNS)
            yield Row(
                f"estimate / measured: {name}, CPU", told.seconds * 1000 / cost.milliseconds, "x"
            )
            yield Row(f"estimate / measured: {name}, memory", told.megabytes / cost.megabytes, "x")


if __name__ == "__main__":
    main(sys.argv[1:])
