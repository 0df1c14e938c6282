"""Boxes and studs as parts of a mesh, with their charts of an atlas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64, AnyArray
from meshmill.geometry.boxes import BoxTemplate
from meshmill.geometry.charts import Atlas
from meshmill.geometry.generators.crate.pieces import Piece, Skin, Stud
from meshmill.geometry.generators.crate.studs import StudTemplate
from meshmill.geometry.noise import point_noise
from meshmill.geometry.parts import Part

_WOBBLE_SEED = 0xC8A7
#: Lumps of an uneven surface, metres for a crate of a metre, and vertices that show them.
_WOBBLE_LENGTH = 0.11
_WOBBLE_FROM = 400


@dataclass(frozen=True, slots=True, eq=False)
class SkinAtlas:
    """Charts of some skins: their ``centres`` (s, 2) in texels, the rest in metres.

    ``rows`` tells where the skin of a number is in them.
    """

    atlas: Atlas
    rows: dict[int, int]
    centres: F64
    sizes: F64
    margins: F64

    @classmethod
    def of(cls, numbers: Sequence[int], skins: Sequence[Skin], atlas: Atlas) -> SkinAtlas:
        """The charts of ``atlas`` for the skins of these numbers."""
        centres = [(c.left + c.width / 2, c.top + c.height / 2) for c in atlas.charts]
        chosen = [skins[number] for number in numbers]
        return cls(
            atlas,
            {number: row for row, number in enumerate(numbers)},
            np.array(centres),
            np.array([(skin.width, skin.height) for skin in chosen]),
            np.array([skin.margin for skin in chosen]),
        )

    def uvs(self, rows: AnyArray, places: F64) -> F32:
        """UVs (n, 2) of places in metres from the centres of the charts in ``rows``."""
        texels = self.centres[rows] + places * self.atlas.density
        uvs: F32 = (texels * (1.0 / self.atlas.size)).reshape(-1, 2).astype(np.float32)
        return uvs


def box_part(
    pieces: Sequence[Piece], template: BoxTemplate, charts: SkinAtlas, mean: float
) -> Part:
    """All ``pieces`` as boxes of one template; ``mean`` is the crate's mean edge in metres."""
    sizes = np.array([piece.size for piece in pieces])
    bevels = np.array([piece.bevel for piece in pieces])
    axes = np.array([piece.axes for piece in pieces])
    rows = np.array([[charts.rows[skin] for skin in piece.skins] for piece in pieces])
    points = _warped(pieces, template.points(sizes, bevels), sizes, mean)
    places = template.chart_points(charts.sizes[rows], charts.margins[rows])
    centres = np.array([piece.centre for piece in pieces])
    return Part(
        (_turned(points, axes) + centres[:, None]).reshape(-1, 3).astype(np.float32),
        _turned(template.normals[None], axes).reshape(-1, 3).astype(np.float32),
        charts.uvs(rows[:, template.faces], places),
        template.repeated(len(pieces)),
    )


def stud_part(studs: Sequence[Stud], template: StudTemplate, charts: SkinAtlas) -> Part:
    """All ``studs`` as lenses of one template."""
    radii = np.array([one.radius for one in studs])
    stretch = np.array([(one.radius, one.radius, one.height) for one in studs])
    axes = np.array([one.axes for one in studs])
    rows = np.array([charts.rows[one.skin] for one in studs])
    points = _turned(template.points * stretch[:, None], axes)
    normals = template.normals / stretch[:, None]
    lengths = np.sqrt((normals * normals).cumsum(axis=2)[:, :, 2:])
    first = np.arange(len(studs), dtype=np.uint32) * np.uint32(len(template.points))
    centres = np.array([one.centre for one in studs])
    return Part(
        (points + centres[:, None]).reshape(-1, 3).astype(np.float32),
        _turned(normals / lengths, axes).reshape(-1, 3).astype(np.float32),
        charts.uvs(
            np.broadcast_to(rows[:, None], (len(studs), len(template.disc))),
            template.disc * radii[:, None, None],
        ),
        (template.triangles[None] + first[:, None, None]).reshape(-1, 3),
    )


def _turned(vectors: AnyArray, axes: AnyArray) -> AnyArray:
    """Vectors (b, p, 3) from local axes (b, 3, 3), as rows, to the crate's."""
    turned: AnyArray = (
        vectors[..., 0:1] * axes[:, None, 0]
        + vectors[..., 1:2] * axes[:, None, 1]
        + vectors[..., 2:3] * axes[:, None, 2]
    )
    return turned


def _warped(pieces: Sequence[Piece], points: F64, sizes: F64, mean: float) -> F64:
    """Points bowed along their boxes' lengths and, where there are enough of them, uneven."""
    along = points[:, :, 0] / (sizes[:, None, 0] * 0.5)
    bows = np.array([piece.bow for piece in pieces])
    warped = points.copy()
    warped[:, :, 2] += bows[:, None] * (1.0 - along * along)
    wobbles = np.array([piece.wobble for piece in pieces])
    if points.shape[1] >= _WOBBLE_FROM and wobbles.any():
        at = points * (1.0 / (_WOBBLE_LENGTH * mean))
        at += (np.arange(len(pieces)) * 17.31)[:, None, None]
        flat = at.reshape(-1, 3).astype(np.float32)
        for axis in (1, 2):
            noise = point_noise(flat, _WOBBLE_SEED + axis).reshape(points.shape[:2])
            warped[:, :, axis] += noise * wobbles[:, None]
    return warped
