"""How a vessel is finished: its glaze, its ornament, and broad variations over its surface.

Broad variations are three-dimensional noise at points of the surface, on coarse grids; charts
agree where they meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64
from meshmill.geometry.generators.vase.glazes import GLAZES, Glaze
from meshmill.geometry.generators.vase.meridian import Meridian, lerp
from meshmill.geometry.generators.vase.ornament import Ornament, compose
from meshmill.geometry.generators.vase.patches import Samples
from meshmill.geometry.generators.vase.spec import VaseOptions
from meshmill.geometry.noise import point_fractal
from meshmill.geometry.rasters import smoothstep

#: Features a unit of broad and of small variations; runs are long downwards.
_FLOW, _MOTTLE, _STREAK = (
    np.array(cells, dtype=np.float32)
    for cells in ((1.5, 1.5, 1.5), (6.0, 6.0, 6.0), (7.5, 1.3, 7.5))
)
_SMOOTHED = 17
_EVEN = 768


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """Variations on a patch's coarse grid, float32 (rows, columns) each.

    ``thickness`` of the glaze, 0 … 1; ``edge``, metres within the glazed area; ``flow`` and
    ``mottle``, broad and small noise, about -1 … 1; ``occlusion``, the share of open sky.
    """

    thickness: F32
    edge: F32
    flow: F32
    mottle: F32
    occlusion: F32


@dataclass(frozen=True, slots=True, eq=False)
class Finish:
    """A vessel's finish; ``unit`` is its size in metres, which variations are measured by.

    ``pooling`` is how much thicker glaze lies at each of the meridian's points, float64 (n,).
    """

    glaze: Glaze
    options: VaseOptions
    seed: int
    meridian: Meridian
    unit: float
    pooling: F64
    ornament: Ornament | None

    @classmethod
    def of(cls, options: VaseOptions, seed: int, meridian: Meridian) -> Finish:
        """The finish that the options describe."""
        ornament = compose(meridian, options.glaze) if options.pattern == "bands" else None
        unit = (options.belly * options.height_m + options.height_m) * 0.25
        variety = f"{options.glaze} {options.pattern}"
        glaze = GLAZES.get(variety) or GLAZES[options.glaze]
        return cls(glaze, options, seed, meridian, unit, _pooling(meridian, unit), ornament)

    def fields(self, every: Sequence[Samples]) -> list[Fields]:
        """Variations at sampled points of patches; all points are evaluated together."""
        points: F32 = np.concatenate([samples.points.reshape(-1, 3) for samples in every])
        points *= np.float32(1.0 / self.unit)
        noises = [
            point_fractal(points * scale, octaves, self.seed + number)
            for number, (scale, octaves) in enumerate(((_FLOW, 2), (_MOTTLE, 3), (_STREAK, 2)))
        ]
        ends = np.cumsum([samples.points[..., 0].size for samples in every])
        by_patch = zip(*(np.split(noise, ends[:-1]) for noise in noises), strict=True)
        return [
            self._fields(samples, *(noise.reshape(samples.points.shape[:2]) for noise in three))
            for samples, three in zip(every, by_patch, strict=True)
        ]

    def _fields(self, samples: Samples, flow: F32, mottle: F32, streak: F32) -> Fields:
        glaze, arc = self.glaze, samples.arc
        thickness = self.meridian.at(arc, self.pooling).astype(np.float32)
        thickness *= np.float32(glaze.pooling)
        thickness += np.float32(glaze.start)
        for field, share in ((flow, glaze.flow), (mottle, glaze.mottle), (streak, glaze.streak)):
            thickness += field * np.float32(share)
        edge = self._edge(arc, flow, streak)
        return Fields(thickness, edge, flow, mottle, _occlusion(self.meridian, arc))

    def _edge(self, arc: F64, flow: F32, streak: F32) -> F32:
        """Metres within the glaze: it ends in runs above the foot, and within a closed neck."""
        marks, height = self.meridian.marks, self.options.height_m
        runs = np.maximum(streak, np.float32(0.0)) * 0.026 + flow * 0.008
        edge = marks.foot - arc - height * (0.040 - runs)
        if marks.lining > 0:
            inner = arc - marks.lining - height * (0.035 - 0.5 * runs)
            edge = np.minimum(edge, inner)
        return edge.astype(np.float32)


def _pooling(meridian: Meridian, unit: float) -> F64:
    """Glaze draws back from edges, lies thick in hollows, and runs down the wall."""
    marks = meridian.marks
    even = np.arange(_EVEN) * (meridian.arc[-1] / (_EVEN - 1))
    normal = np.stack([meridian.at(even, meridian.normals[:, axis]) for axis in (0, 1)], axis=1)
    turned = normal[1:] - normal[:-1]
    bend = turned[:, 0] * -normal[:-1, 1] + turned[:, 1] * normal[:-1, 0]
    bend = np.append(bend, 0.0) * (unit / (even[1] - even[0]))
    hollow = np.clip(_smoothed(bend, 5) * 0.035, -0.42, 0.36)
    hollow += np.clip(_smoothed(bend, 41) * 0.05, -0.12, 0.20)
    share = np.clip((even - marks.lip) * (1.0 / (marks.foot - marks.lip)), 0.0, 1.0)
    run = 0.22 * share - 0.08
    below_lip = np.abs(even - marks.lip) * (1.0 / unit)
    run -= 0.30 / (1.0 + below_lip * below_lip * 900.0)
    return lerp(meridian.arc, even, hollow + run)


def _smoothed(values: F64, width: int) -> F64:
    """Running means, borders repeated."""
    half = width // 2
    padded = np.concatenate(
        (np.zeros(1), np.full(half, values[0]), values, np.full(half, values[-1]))
    )
    sums = np.cumsum(padded)
    means: F64 = (sums[width:] - sums[:-width]) * (1.0 / width)
    return means


def _occlusion(meridian: Meridian, arc: F64) -> F32:
    """Share of the sky that a place sees: less the deeper inside, and below the foot."""
    marks = meridian.marks
    height = meridian.at(arc, meridian.height)
    mouth = float(meridian.radius[(meridian.arc <= marks.lip) & (meridian.arc > marks.floor)].min())
    depth = (float(meridian.height.max()) - height) / (mouth * 6.0)
    inside = 1.0 - 0.5 * np.minimum(depth, 1.0)
    beneath = 1.0 - 0.45 * smoothstep(arc.astype(np.float32), marks.foot, marks.base + 1e-6)
    open_sky: F32 = np.where(arc < marks.lip, inside, beneath).astype(np.float32)
    return open_sky
