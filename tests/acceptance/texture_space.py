"""Point 3: how faces lie in their textures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from meshmill.geometry.scene import Material, Scene
from tests.acceptance.gutters import check_gutters
from tests.acceptance.rasters import Fragments, fragments, interpolated
from tests.acceptance.report import Check
from tests.acceptance.welding import Array, connected, distinct_rows, weighted_percentile

POINT = 3
#: Materials whose faces may lie over one another at will, since the texture repeats.
TILED = frozenset({"M_Tree_Bark"})
#: Samples along the texture's edge, at whatever size it has.
GRID = 1024
_STRETCH = 2.0
_DENSITY = (0.75, 1.25)
#: Rounding may give a sample on a common edge to both neighbours.
_OVERLAP = 1e-4
_TIMES_COVERED = 2


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """All faces of one material: corners in space (m, 3, 3) and in the texture (m, 3, 2)."""

    material: Material
    places: Array
    uvs: Array

    @classmethod
    def of(cls, scene: Scene, material: Material) -> Layout:
        """Collect the faces of ``material`` from all primitives."""
        own = [p for p in scene.primitives if p.material is material]
        places = np.concatenate([p.positions[p.triangles] for p in own]).astype(float)
        uvs = np.concatenate([p.uvs[p.triangles] for p in own]).astype(float)
        return cls(material, places, uvs)

    @property
    def tiled(self) -> bool:
        """Whether faces may overlap in the texture."""
        return self.material.name in TILED

    def charts(self) -> Charts:
        """Draw which chart lies where in the texture."""
        ordered = np.sort(distinct_rows(self.uvs.reshape(-1, 2))[1].reshape(-1, 3), axis=1)
        _, kept = np.unique(ordered, axis=0, return_index=True)
        if self.tiled:
            kept = _thinned(self.uvs, kept)
        _, vertex = distinct_rows(self.uvs[kept].reshape(-1, 2))
        chart = connected(vertex.reshape(-1, 3), int(vertex.max()) + 1)
        return Charts.drawn(self.uvs[kept], chart, kept)

    @property
    def instanced(self) -> bool:
        """Whether several places of the surface share texels."""
        ordered = np.sort(distinct_rows(self.uvs.reshape(-1, 2))[1].reshape(-1, 3), axis=1)
        return len(np.unique(ordered, axis=0)) < len(ordered)

    def places_of(self, faces: Array, pixels: Array) -> Array:
        """Points (k, 3) of the surface that samples of the grid show, given the faces on them."""
        row, column = np.divmod(pixels, GRID)
        at = Fragments(column, row, faces)
        return interpolated(np.clip(self.uvs, 0.0, 1.0) * GRID, self.places, at)


@dataclass(frozen=True, slots=True, eq=False)
class Charts:
    """Samples of a texture, int64 (GRID, GRID): how many distinct faces, and which chart (from 1).

    Faces that repeat the same triangle of the texture count once: instances share texels at will.
    ``owner`` is one of the faces there, of the layout.
    """

    faces: Array
    label: Array
    owner: Array

    @classmethod
    def drawn(cls, uvs: Array, chart: Array, kept: Array) -> Charts:
        """Rasterise triangles ``uvs`` (m, 3, 2) of the charts (m,), ``kept`` (m,) of a layout."""
        found = fragments(np.clip(uvs, 0.0, 1.0) * GRID)
        faces = np.bincount(found.pixel(GRID), minlength=GRID * GRID)
        label = np.zeros(GRID * GRID, dtype=np.int64)
        label[found.pixel(GRID)] = chart[found.triangle] + 1
        owner = np.zeros(GRID * GRID, dtype=np.int64)
        owner[found.pixel(GRID)] = kept[found.triangle]
        return cls(*(grid.reshape(GRID, GRID) for grid in (faces, label, owner)))

    @property
    def overlap(self) -> float:
        """Share of the covered samples that several faces cover."""
        return float((self.faces > 1).sum() / max(1, (self.faces > 0).sum()))

    def covers(self, size: int) -> Array:
        """Which texels of a texture of ``size`` have their centre under a chart."""
        centres = ((np.arange(size) + 0.5) * GRID / size).astype(int)
        under: Array = self.label[np.ix_(centres, centres)] > 0
        return under


def _thinned(uvs: Array, kept: Array) -> Array:
    """So many of the faces ``kept`` that they cover the texture a few times, not hundreds."""
    a, b, c = (uvs[kept, corner] for corner in range(3))
    twice = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    step = max(1, int(np.abs(twice).sum() / 2 / _TIMES_COVERED))
    thinned: Array = kept[::step]
    return thinned


@lru_cache(maxsize=8)
def charts_of(scene: Scene, material: Material) -> Charts:
    """The charts of one material of a scene, drawn once for all who ask in turn."""
    return Layout.of(scene, material).charts()


def check_texture_space(scene: Scene) -> Iterator[Check]:
    """Range, overlap, stretch, density, gutters and bleeding of each material."""
    for material in scene.materials:
        layout = Layout.of(scene, material)
        where = material.name
        low, high = float(layout.uvs.min()), float(layout.uvs.max())
        yield Check.at_least(POINT, "smallest UV", where, low, 0.0)
        yield Check.at_most(POINT, "largest UV", where, high, 1.0)
        yield from _check_scale(layout)
        charts = charts_of(scene, material)
        if not layout.tiled:
            share = charts.overlap
            yield Check.at_most(POINT, "overlap of different faces", where, share, _OVERLAP)
            yield from check_gutters(material, charts.label, charts.covers)


def _check_scale(layout: Layout) -> Iterator[Check]:
    where = layout.material.name
    ratio, density, area = stretch(layout)
    lost = int((density <= 0).sum())
    yield Check.equal(POINT, "faces without texture area", where, lost, 0)
    at = {share: weighted_percentile(density, area, share) for share in (0.05, 0.5, 0.95)}
    stretched = weighted_percentile(ratio, area, 0.95)
    yield Check.at_most(POINT, "stretch p95", where, stretched, _STRETCH)
    for share in (0.05, 0.95):
        name = f"texel density p{100 * share:.0f} / p50"
        relative = at[share] / at[0.5] if at[0.5] > 0 else np.inf
        yield Check.between(POINT, name, where, float(relative), _DENSITY)


def stretch(layout: Layout) -> tuple[Array, Array, Array]:
    """Per face: ratio of the singular values of surface to texture, texel density, and area.

    Density is in textures a metre. Singular values of a 2 x 2 matrix from the invariants of its
    metric tensor: E, F, G of the first fundamental form of u, v over the face's plane.
    """
    p, t = layout.places, layout.uvs
    e1, e2 = p[:, 1] - p[:, 0], p[:, 2] - p[:, 0]
    u1, u2 = t[:, 1] - t[:, 0], t[:, 2] - t[:, 0]
    long = np.linalg.norm(e1, axis=1)
    twice = np.linalg.norm(np.cross(e1, e2), axis=1)
    x2, y2 = (e1 * e2).sum(axis=1) / long, twice / long
    across = u1 / long[:, None]
    down = (u2 - across * x2[:, None]) / y2[:, None]
    sum_squares = (across * across).sum(axis=1) + (down * down).sum(axis=1)
    determinant = np.abs(across[:, 0] * down[:, 1] - across[:, 1] * down[:, 0])
    root = np.sqrt(np.maximum(sum_squares * sum_squares - 4 * determinant**2, 0.0))
    greatest = np.sqrt((sum_squares + root) / 2)
    least = determinant / greatest
    with np.errstate(divide="ignore"):
        return greatest / least, np.sqrt(determinant), twice / 2
