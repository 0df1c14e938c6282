"""The teeth's walls, bevels and ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.angles import TAU, cos_sin
from meshmill.geometry.arrays import F32, F64, I64
from meshmill.geometry.generators.gear.blank import Blank
from meshmill.geometry.generators.gear.detail import TeethDetail
from meshmill.geometry.generators.gear.layout import Sheet
from meshmill.geometry.generators.gear.mesh import BEVEL_SLANT, flat_face, lift, walls
from meshmill.geometry.generators.gear.outlines import unit_circle
from meshmill.geometry.generators.gear.profile import Columns, Nodes, Profile, make_profile
from meshmill.geometry.generators.gear.unrolled import Unrolled
from meshmill.geometry.parts import Part
from meshmill.geometry.vectors import normalised

_MIRROR = np.array([1.0, -1.0])
#: A disc in place of the teeth has this share of the tips' radius at least, so that the bounds stay
#: within 1 %; or its edge is this many modules beyond the pitch circle, as teeth look from afar.
_DISC_SHARE, _DISC_BEYOND = 0.993, 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Teeth:
    """What the teeth give: parts of the upper half, parts of both, and the ring that they stand on.

    ``ring`` (n, 2) is counter-clockwise, at the height of the upper face; ``flat`` (n, 2) is where
    it lies in the face's chart.
    """

    upper: list[Part]
    whole: list[Part]
    ring: F64
    flat: F64


def make_teeth(
    blank: Blank, detail: TeethDetail, sheet: Sheet, unrolled: Unrolled, variants: I64
) -> Teeth:
    """Draw the teeth; ``variants`` (teeth,) are the numbers of their charts."""
    nodes = detail.outline(blank)
    if nodes is None:
        return _disc(blank, detail.disc, sheet, unrolled)
    return _Drawing(blank, detail, nodes, sheet, unrolled, variants).teeth()


@dataclass(frozen=True, slots=True, eq=False)
class _Drawing:
    blank: Blank
    detail: TeethDetail
    nodes: Nodes
    sheet: Sheet
    unrolled: Unrolled
    variants: I64

    def teeth(self) -> Teeth:
        bevel = self.blank.tooth_bevel if self.detail.beveled else 0.0
        edge = self._outline(0.0)
        end = self._outline(bevel) if bevel else edge
        height = self.blank.half_width - bevel * self.blank.module
        top = self._ring(end, self.blank.half_width)
        upper = [self._ends(top)]
        if bevel:
            upper.append(self._bevels(edge, top, height))
        feet = self._feet()
        ring = top.reshape(self.blank.teeth, -1, 2)[:, feet].reshape(-1, 2)
        return Teeth(upper, [self._walls(edge, height)], ring, ring)

    def _outline(self, offset: float) -> Profile:
        return make_profile(self.blank.tooth(offset), self.nodes)

    def _turned(self, vectors: F64, height: float) -> F64:
        """Vectors (p, 2) of one pitch at all teeth, twisted as at a height: (teeth, p, 2)."""
        teeth = self.blank.teeth
        cos, sin = cos_sin(
            np.arange(teeth) * (1.0 / teeth) + self.blank.twist * (height / self.blank.half_width)
        )
        x, y = vectors[:, 0], vectors[:, 1]
        c, s = cos[:, None], sin[:, None]
        return np.stack((x * c - y * s, x * s + y * c), axis=2)

    def _ring(self, profile: Profile, height: float) -> F64:
        """The outline (n, 2) of all teeth at a height in millimetres."""
        return self._turned(profile.points * self.blank.module, height).reshape(-1, 2)

    def _columns(self, profile: Profile) -> Columns:
        return Columns.of(profile, self.nodes, profile.points[0] * _MIRROR)

    def _spread(self, ring: F64, columns: Columns) -> F64:
        """Points of a ring (n, 2) in the columns of each tooth: (teeth, c, 2)."""
        pitch = self.nodes.pitch
        first = (np.arange(self.blank.teeth) * pitch)[:, None]
        spread: F64 = ring[(first + columns.vertex) % len(ring)]
        return spread

    def _walls(self, profile: Profile, height: float) -> Part:
        columns = self._columns(profile)
        slices = self.detail.slices(self.blank)
        heights = height * (1.0 - np.arange(slices + 1) * (2.0 / slices))
        heights[slices // 2 + 1 :] = -heights[: (slices + 1) // 2][::-1]
        rings: list[F64] = [self._ring(profile, level) for level in heights[: slices // 2 + 1]]
        # The lower half is the upper one turned over: its rings are mirrored to the last bit.
        index = (self.nodes.pitch - np.arange(len(rings[0]))) % len(rings[0])
        rings += [ring[index] * _MIRROR for ring in rings[: (slices + 1) // 2][::-1]]
        positions = np.stack(
            [
                lift(self._spread(ring, columns), level)
                for ring, level in zip(rings, heights, strict=True)
            ],
            axis=1,
        )
        normals = np.stack([self._wall_normals(profile, columns, y) for y in heights], axis=1)
        right, up = self.unrolled.at(profile, columns.vertex)
        places = right[None, :], self.unrolled.down(heights[:, None], up[None, :])
        charts = np.stack(
            [self.sheet.uvs(f"tooth{k}", *places) for k in range(int(self.variants.max()) + 1)]
        )
        return walls(positions, normals, charts[self.variants], columns.edges)

    def _wall_normals(self, profile: Profile, columns: Columns, height: float) -> F64:
        """Normals (teeth, c, 3) of the twisted walls: across the outline and the tooth's trace."""
        points = np.concatenate((profile.points, profile.points[:1] * _MIRROR))[columns.vertex]
        normals = columns.normals
        moment = points[:, 0] * normals[:, 1] - points[:, 1] * normals[:, 0]
        rate = self.blank.twist * TAU * self.blank.module / self.blank.half_width
        turned = lift(self._turned(normals, height), 0.0)
        turned[..., 1] = moment * -rate
        across: F64 = normalised(turned)
        return across

    def _bevels(self, edge: Profile, top: F64, height: float) -> Part:
        """From the ends of the walls to the upper face, drawn flat around the face's outline."""
        blank = self.blank
        columns = self._columns(edge)
        flat = self._ring(self._outline(-BEVEL_SLANT * blank.tooth_bevel), blank.half_width)
        outer = self._ring(edge, height)
        positions = np.stack(
            (
                lift(self._spread(top, columns), blank.half_width),
                lift(self._spread(outer, columns), height),
            ),
            axis=1,
        )
        normals: F64 = normalised(lift(self._turned(columns.normals, blank.half_width), 1.0))
        uvs = np.stack(
            [self._face_uvs(self._spread(ring, columns)) for ring in (top, flat)], axis=1
        )
        return walls(positions, np.stack((normals, normals), axis=1), uvs, columns.edges)

    def _face_uvs(self, points: F64) -> F32:
        return self.sheet.uvs("face", points[..., 0], -points[..., 1])

    def _feet(self) -> I64:
        """Indices in the pitch of the vertices that the teeth's ends stand on."""
        return np.array([0, 1, self.nodes.pitch - 1] if self.nodes.feet else [0])

    def _ends(self, top: F64) -> Part:
        """The teeth's upper ends, split across from flank to flank."""
        pitch = self.nodes.pitch
        first = 1 if self.nodes.feet else 0
        last = pitch - 1 if self.nodes.feet else pitch
        faces = []
        while last - first >= 2:  # noqa: PLR2004 - a triangle's worth of vertices
            faces.append((first, first + 1, last))
            if last - first > 2:  # noqa: PLR2004
                faces.append((first + 1, last - 1, last))
            first, last = first + 1, last - 1
        index = np.array(faces)
        triangles = (index + (np.arange(self.blank.teeth) * pitch)[:, None, None]) % len(top)
        return flat_face(top, self.blank.half_width, self._face_uvs(top), triangles)


def _disc(blank: Blank, edges: int, sheet: Sheet, unrolled: Unrolled) -> Teeth:
    """A disc in place of the teeth, of nearly their tips' radius."""
    around = unit_circle(edges)
    ring = around * max(blank.tip * _DISC_SHARE, blank.pitch + _DISC_BEYOND * blank.module)
    first = np.arange(edges)
    ends = np.stack((first, (first + 1) % edges), axis=1).reshape(-1)
    points, normals = ring[ends], around[ends]
    height = blank.half_width
    positions = np.stack((lift(points, height), lift(points, -height)))[None]
    sides = lift(normals, 0.0)
    right = np.tile(np.array([0.0, 1.0]), edges) * unrolled.width
    down = unrolled.down(np.array([[height], [-height]]), 0.0)
    uvs = sheet.uvs("tooth0", right[None, :], down)
    columns = np.arange(2 * edges).reshape(-1, 2)
    part = walls(positions, np.stack((sides, sides))[None], uvs, columns)
    return Teeth([], [part], ring, around * blank.root)
