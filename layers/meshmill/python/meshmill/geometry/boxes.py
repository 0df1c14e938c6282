"""Bevelled boxes, many at a time: closed solids with a chart for each of their six faces.

A template is laid out once, on a box without size. Each vertex lies on a *core*, the box shrunk by
its bevel, at -1 … 1 along each axis, and is lifted from there by so many bevels. Rounding is the
lift along a unit vector (a sphere swept over the core); an eased box lifts straight out of its
faces. Any number of boxes is then two products and a sum of arrays.

Local axes are x along the length, y along the width, z out of the front.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from meshmill.geometry.angles import cos_sin
from meshmill.geometry.arrays import F64, I64, U32, AnyArray
from meshmill.geometry.vectors import normalised

#: Outward axis of each face (+x, -x, +y, -y, +z, -z), and the axes to the right and upwards in its
#: image as seen from outside, each with the sign of its direction.
FACES = (
    ((0, 1), (2, -1), (1, 1)),
    ((0, -1), (2, 1), (1, 1)),
    ((1, 1), (0, 1), (2, -1)),
    ((1, -1), (0, 1), (2, 1)),
    ((2, 1), (0, 1), (1, 1)),
    ((2, -1), (0, -1), (1, 1)),
)
FRONT, BACK = 4, 5
#: The faces to the left, below, to the right and above, around the front.
_AROUND = (1, 3, 0, 2)
_EIGHTH = 0.125
#: Half a right angle in radians.
_HALF_RIGHT = 0.7853981633974483

#: The chart that a quad lies on, the side that it looks to, core and lift of its corners.
_Quad = tuple[int, int, F64]


@dataclass(frozen=True, slots=True, eq=False)
class BoxTemplate:
    """Vertices (p, …) and triangles uint32 (t, 3) of a box without size.

    ``core`` and ``lift`` float64 (p, 3) place a vertex, ``normals`` are unit, ``faces`` int64 (p,)
    tells whose chart it is in. ``across`` and ``margin`` float64 (p, 2) place it there, to the
    right and downwards: -1 … 1 on the chart without its margin, and so many margins beyond.
    """

    core: F64
    lift: F64
    normals: F64
    faces: I64
    across: F64
    margin: F64
    triangles: U32

    def points(self, sizes: AnyArray, bevels: AnyArray) -> F64:
        """Vertices (b, p, 3) of boxes of ``sizes`` (b, 3), centred on the origin.

        ``bevels`` (b,) are less than half the least edge.
        """
        half = sizes * 0.5 - bevels[:, None]
        points: F64 = self.core * half[:, None, :] + self.lift * bevels[:, None, None]
        return points

    def chart_points(self, sizes: AnyArray, margins: AnyArray) -> F64:
        """Places (b, p, 2) on charts of ``sizes`` (b, 6, 2), from their centres, in their unit.

        ``margins`` (b, 6) are as wide as the bevels; boxes that share a chart share them.
        """
        margin = margins[:, self.faces, None]
        half = sizes[:, self.faces] * 0.5 - margin
        points: F64 = self.across * half + self.margin * margin
        return points

    def repeated(self, boxes: int) -> U32:
        """Triangles of so many boxes, their vertices one box after another."""
        first = np.arange(boxes, dtype=np.uint32) * np.uint32(len(self.core))
        triangles: U32 = (self.triangles[None] + first[:, None, None]).reshape(-1, 3)
        return triangles


@cache
def rounded_box(segments: int, cells: tuple[int, int, int]) -> BoxTemplate:
    """A box with round edges of 2 x ``segments`` facets; flats have ``cells`` along each axis.

    Normals are those of the rounding, and the face's own on flats, as game artists weight them.
    """
    core, offset, faces, triangles = _lattices([_line(segments, count) for count in cells])
    unit = normalised(offset)
    return _template(core, unit, _arcs(offset), unit, faces, triangles)


def rounded_triangles(segments: int, cells: tuple[int, int, int]) -> int:
    """How many triangles :func:`rounded_box` has."""
    x, y, z = (count + 2 * segments for count in cells)
    return 4 * (x * y + y * z + z * x)


@cache
def sharp_box() -> BoxTemplate:
    """A box of 12 triangles, whose UVs are some of those of an eased box."""
    front, back = _ring(1, (1, 1)), _ring(-1, (1, -1))
    return _ring_template([(FRONT, FRONT, front), (BACK, BACK, back[::-1]), *_sides(front, back)])


@cache
def eased_box() -> BoxTemplate:
    """A box of 20 triangles: its front (+z) has flat bevels, which lie on the front's chart.

    Its back repeats the flat of that chart, and its sides lie in the middle of theirs, so that
    opposite faces may share charts.
    """
    back = _ring(-1, (1, -1))
    return _ring_template([*_eased_front(), (BACK, BACK, back[::-1]), *_sides(_RIM, back)])


@cache
def twice_eased_box() -> BoxTemplate:
    """A box of 28 triangles, whose front and back have flat bevels."""
    turn = np.array((-1.0, 1.0, -1.0))
    behind = {FRONT: BACK, 0: 1, 1: 0, 2: 2, 3: 3}
    backs = [(BACK, behind[side], quad * turn) for _, side, quad in _eased_front()]
    back = _RIM * (1.0, 1.0, -1.0)
    return _ring_template([*_eased_front(), *backs, *_sides(_RIM, back)])


def _eased_front() -> list[_Quad]:
    """The flat of the front, and the bevels around it."""
    flat = _ring(1, (0, 1))
    bevels = [
        (FRONT, side, np.stack((flat[k], _RIM[k], _RIM[(k + 1) % 4], flat[(k + 1) % 4])))
        for k, side in enumerate(_AROUND)
    ]
    return [(FRONT, FRONT, flat), *bevels]


def _sides(rim: F64, back: F64) -> list[_Quad]:
    """The faces around, between the front's corners and the back's."""
    return [
        (side, side, np.stack((rim[k], back[k], back[(k + 1) % 4], rim[(k + 1) % 4])))
        for k, side in enumerate(_AROUND)
    ]


def _ring_template(quads: list[_Quad]) -> BoxTemplate:
    """A template of quads whose bevels' shading turns from a broad face's normal to a side's."""
    points = np.concatenate([quad for _, _, quad in quads])
    faces = np.repeat([face for face, _, _ in quads], 4)
    sides = np.repeat([side for _, side, _ in quads], 4)
    core, lift = points[:, 0], points[:, 1]
    flat = (lift[:, 0] == 0) | (sides == faces)
    broad = (faces == FRONT) | (faces == BACK)
    # Sides of all templates lie alike in their charts: as deep as a bevel at the front leaves them.
    filled = core * np.array((1.0, 1.0, 0.5))
    offset = np.where(broad[:, None], np.where(flat[:, None], 0.0, lift), filled)
    first = np.arange(0, len(points), 4)[:, None]
    triangles = (first + np.array((0, 1, 2, 0, 2, 3))).reshape(-1, 3)
    normals = _outward(np.where(flat, faces, sides))
    return _template(core, lift, offset, normals, faces, triangles)


def _ring(depth: int, lift: tuple[int, int]) -> F64:
    """Core and lift (4, 2, 3) of four corners, counter-clockwise from the upper left."""
    sideways, outwards = lift
    return np.array(
        [
            ((x, y, depth), (x * sideways, y * sideways, outwards))
            for x, y in ((-1, 1), (-1, -1), (1, -1), (1, 1))
        ],
        dtype=np.float64,
    )


#: Corners of the front's sides, where its bevels end.
_RIM = _ring(1, (1, 0))


def _line(segments: int, cells: int) -> F64:
    """Points along an axis (2, n): places on the core, and offsets from it, -1 … 1 each."""
    flat = np.arange(cells + 1) * (2.0 / cells) - 1.0
    cosines, sines = cos_sin(np.arange(1, segments + 1) * (_EIGHTH / max(segments, 1)))
    rise = sines / cosines
    rise[-1:] = 1.0
    ends = np.ones(segments)
    core = np.concatenate((-ends, flat, ends))
    return np.stack((core, np.concatenate((-rise[::-1], np.zeros(cells + 1), rise))))


def _arcs(tangents: F64) -> F64:
    """Arcs of up to an eighth of a turn, in radii, that charts unroll, of their tangents.

    Within 0.004, by S. Rajan and others, "Efficient Approximations for the Arctangent Function",
    IEEE Signal Processing Magazine 23-3 (2006), (7).
    """
    arcs: F64 = tangents * (_HALF_RIGHT + 0.273 * (1.0 - np.abs(tangents)))
    return arcs


def _lattices(lines: list[F64]) -> tuple[F64, F64, I64, I64]:
    """Core and offset (p, 3), face (p,) and triangles (t, 3) of lattices on all faces."""
    places, faces, triangles, first = [], [], [], 0
    for face, ((axis, sign), (right, right_sign), (up, up_sign)) in enumerate(FACES):
        columns, rows = lines[right][:, ::right_sign], lines[up][:, ::-up_sign]
        grid = np.full((2, rows.shape[1], columns.shape[1], 3), float(sign))
        grid[:, :, :, right] = columns[:, None, :]
        grid[:, :, :, up] = rows[:, :, None]
        count = grid[0, :, :, axis].size
        places.append(grid.reshape(2, count, 3))
        faces.append(np.full(count, face))
        triangles.append(_lattice(first, rows.shape[1], columns.shape[1]))
        first += count
    core, offset = np.concatenate(places, axis=1)
    return core, offset, np.concatenate(faces), np.concatenate(triangles)


def _lattice(first: int, rows: int, columns: int) -> I64:
    """Triangles of a lattice whose vertices are numbered from ``first``, row by row.

    All cells are split the same way, so that boxes which share a chart have the same UVs.
    """
    index = np.arange(first, first + rows * columns).reshape(rows, columns)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, :-1], index[1:, 1:]
    return np.stack((a, c, d, a, d, b), axis=-1).reshape(-1, 3)


def _outward(faces: I64) -> F64:
    """The normals of faces."""
    normals = np.zeros((len(FACES), 3))
    for face, ((axis, sign), _, _) in enumerate(FACES):
        normals[face, axis] = sign
    outward: F64 = normals[faces]
    return outward


def _template(
    core: F64, lift: F64, offset: F64, normals: F64, faces: I64, triangles: AnyArray
) -> BoxTemplate:
    """Vertices that agree in all but their number are made one; charts are seen from outside."""
    rows = np.concatenate((core, lift, offset, normals, faces[:, None].astype(np.float64)), axis=1)
    _, first, number = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    core, lift, offset, normals = core[first], lift[first], offset[first], normals[first]
    image = np.array([(right, up) for _, (right, _), (up, _) in FACES])[faces[first]]
    ways = np.array([(way, -upward) for _, (_, way), (_, upward) in FACES])[faces[first]]
    across, margin = (np.take_along_axis(place, image, axis=1) * ways for place in (core, offset))
    joined = number.reshape(-1)[triangles].astype(np.uint32)
    return BoxTemplate(core, lift, normals, faces[first], across, margin, joined)
