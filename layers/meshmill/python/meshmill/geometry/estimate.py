"""What an asset will take, told before work starts: triangles, bytes, seconds, megabytes.

Nothing is built for it. Each generator has a profile of what was measured
(:mod:`meshmill.geometry.estimates`), and the parts of an asset are added up from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from math import ceil
from typing import cast

from meshmill.geometry.estimates.measures import measures_of
from meshmill.geometry.estimates.profile import LEAST_TEXTURE, Encoding, Profile
from meshmill.geometry.levels import BUDGETS, level_budget
from meshmill.geometry.spec import AssetSpec, Quality

_PACKED_FORMAT = "gltf"
_PROVENANCE_BYTES = 2_000
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """What building an asset takes, each within a factor of 1.5.

    Attributes:
        triangles: Of the most detailed level.
        bytes: Of all files together.
        seconds: CPU time of one core of the machine that docs/benchmarks.md tells of.
        megabytes: Peak of the process's memory.
    """

    triangles: int
    bytes: int
    seconds: float
    megabytes: int


def estimate(spec: AssetSpec) -> Estimate:
    """What building ``spec`` takes."""
    return _Estimation(spec).total()


def profile_of(generator: str) -> Profile:
    """What is measured of a generator, loaded on first use."""
    module = import_module(f"meshmill.geometry.estimates.{generator}")
    return cast("Profile", module.PROFILE)


class _Estimation:
    """The parts of one asset."""

    def __init__(self, spec: AssetSpec) -> None:
        self._format = spec.format
        self._parameters = parameters = spec.parameters
        self._measures = measures_of(parameters.generator, parameters.options)
        self._quality: Quality = parameters.quality
        self._profile = profile_of(parameters.generator)
        prefix = "" if spec.format == _PACKED_FORMAT else "split "
        self._encoding = cast("Encoding", prefix + parameters.texture_format)
        self._texels = parameters.texture_size * parameters.texture_size

    def total(self) -> Estimate:
        size = self._bytes()
        return Estimate(
            triangles=round(self._triangles(0)),
            bytes=round(size),
            seconds=round(self._seconds(), 2),
            megabytes=ceil(self._megabytes(size)),
        )

    def _triangles(self, level: int) -> float:
        share = self._profile.budget_share[self._quality].at(self._measures)
        return min(share, self._profile.most_of_budget) * level_budget(
            BUDGETS[self._quality], level
        )

    def _further_triangles(self) -> float:
        return sum(self._triangles(level) for level in range(1, self._parameters.lods + 1))

    def _bytes(self) -> float:
        """Every level is a file of its own, with the same images."""
        by_triangle = self._profile.triangle_bytes[self._format][self._quality]
        triangles = self._triangles(0) + self._further_triangles()
        images = self._image_bytes() * (self._parameters.lods + 1)
        preview = self._profile.preview_bytes.at(self._measures)
        return triangles * by_triangle + images + preview + _PROVENANCE_BYTES

    def _image_bytes(self) -> float:
        profile = self._profile
        by_texel = profile.texel_bytes[self._encoding].at(self._measures)
        return self._texels * by_texel * profile.texel_share[self._parameters.texture_size]

    def _seconds(self) -> float:
        profile = self._profile
        painted = profile.texture_seconds.at(self._measures)
        painted *= profile.texture_share[self._parameters.texture_size]
        added = self._texels - LEAST_TEXTURE * LEAST_TEXTURE
        encoded = profile.encoding_seconds[self._encoding] * self._texels
        by_triangle = profile.level_seconds
        further = self._further_triangles() * by_triangle[self._format]
        itself = self._triangles(0) * (by_triangle[self._format] - by_triangle[_PACKED_FORMAT])
        shaped = profile.shape_seconds[self._quality].at(self._measures)
        return shaped + (painted * added + encoded + further + itself) / _MILLION

    def _megabytes(self, size: float) -> float:
        """All files are held until the last is made."""
        profile = self._profile
        shape = profile.shape_megabytes[self._quality]
        texture = profile.texture_megabytes[self._parameters.texture_size]
        of_one_level = size / (self._parameters.lods + 1)
        return shape + texture + (size - of_one_level) / _MILLION
