"""Tiles meet their neighbours, and span what was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from meshmill.geometry.scene import Primitive
from tests.acceptance.report import Check
from tests.acceptance.seams import beyond_grain, grain_steps, sampled
from tests.acceptance.subject import Asset
from tests.acceptance.welding import Array

POINT = 9
_STEP, _CREASE, _COLOUR = 1e-5, 0.99, 8.0
_PLACE = 1e-3


def check_terrain(asset: Asset) -> Iterator[Check]:
    """Borders against a neighbour of another seed, size, relief and datum."""
    options: Any = asset.options
    ground = next(asset.scene.primitives)
    other = Asset(asset.generator, options, asset.quality, asset.texture_size, asset.seed + 1)
    neighbour = next(other.scene.primitives)
    grain = grain_steps(ground)
    for name, axis in (("east", 0), ("south", 2)):
        ours, theirs = Border.of(ground, axis, 1.0), Border.of(neighbour, axis, -1.0)
        along = np.union1d(ours.along, theirs.along)
        ours, theirs = ours.at(along), theirs.at(along)
        step = float(np.abs(ours.heights - theirs.heights).max()) / options.size_m
        crease = float((ours.normals * theirs.normals).sum(axis=1).min())
        colour = beyond_grain(np.abs(ours.colours - theirs.colours).max(axis=1), grain)
        yield Check.at_most(POINT, f"step to the {name} / size", "neighbour", step, _STEP)
        yield Check.at_least(POINT, f"normals across the {name}", "neighbour", crease, _CREASE)
        yield Check.at_most(
            POINT, f"colour across {name} beyond grain", "neighbour", colour, _COLOUR
        )
    yield from _check_size(options, ground)


@dataclass(frozen=True, slots=True, eq=False)
class Border:
    """The land along one side: places along it (n,), ascending, and what is there.

    ``heights`` (n,), ``normals`` (n, 3), base ``colours`` (n, 3).
    """

    along: Array
    heights: Array
    normals: Array
    colours: Array

    @classmethod
    def of(cls, ground: Primitive, axis: int, side: float) -> Border:
        """The side of greatest (``side`` 1) or least (-1) coordinate along ``axis``."""
        places, normals = ground.positions.astype(float), ground.normals.astype(float)
        edge = (places[:, axis] * side).max()
        # A skirt's wall repeats the border with level normals.
        rim = np.flatnonzero((places[:, axis] * side == edge) & (normals[:, 1] > _PLACE))
        along, first = np.unique(places[rim, 2 - axis], return_index=True)
        rim = rim[first]
        colours = sampled(ground.material.base_colour.pixels, ground.uvs[rim].astype(float))
        return cls(along, places[rim, 1], normals[rim], colours)

    def at(self, along: Array) -> Border:
        """The border at other places along it, straight between those it has."""

        def between(values: Array) -> Array:
            return np.stack([np.interp(along, self.along, value) for value in values.T], axis=1)

        heights = np.interp(along, self.along, self.heights)
        return Border(along, heights, between(self.normals), between(self.colours))


def _check_size(options: Any, ground: Primitive) -> Iterator[Check]:
    points, level = ground.positions.astype(float), ground.normals[:, 1] > _PLACE
    low, high = points[level].min(axis=0), points[level].max(axis=0)
    half = options.size_m / 2
    off = float(
        np.abs(np.array([low[0] + half, low[2] + half, high[0] - half, high[2] - half])).max()
    )
    yield Check.at_most(POINT, "borders off their place / size", "land", off / half, _PLACE)
    relief = float(np.abs(np.array([low[1], high[1] - options.relief_m])).max())
    wanted = _PLACE * max(options.relief_m, 1.0)
    yield Check.at_most(POINT, "datum and summit off, metres", "land", relief, wanted)
