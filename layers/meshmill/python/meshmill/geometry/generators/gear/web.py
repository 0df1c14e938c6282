"""The recess between rim and hub, with its windows: a casting's skin."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from meshmill.geometry.angles import TAU, cos_sin
from meshmill.geometry.arrays import F32, F64, I64
from meshmill.geometry.generators.gear.blank import Blank, Holes, Spokes, Web, level_rim
from meshmill.geometry.generators.gear.detail import BodyDetail, sectors
from meshmill.geometry.generators.gear.layout import Sheet
from meshmill.geometry.generators.gear.mesh import (
    BEVEL_SLANT,
    fan,
    flat_face,
    lift,
    walls,
    welded,
    zipper,
)
from meshmill.geometry.generators.gear.outlines import (
    bore_loop,
    square,
    turns_of,
    unit_circle,
    window_outline,
    window_ring,
)
from meshmill.geometry.generators.gear.pierced import pierced
from meshmill.geometry.parts import Part

#: A casting's edges are as round as this share of the turned ones' bevels.
_ROUNDED = 0.7


def rounding_of(blank: Blank, web: Web) -> float:
    """Extent of the roundings around windows, millimetres."""
    return min(_ROUNDED * blank.bevel, 0.02 * (web.rim - web.hub), 0.3 * web.floor)


@dataclass(frozen=True, slots=True, eq=False)
class Recess:
    """The web's surfaces at one step of detail, below the height ``edge``."""

    blank: Blank
    web: Web
    detail: BodyDetail
    sheet: Sheet
    edge: float

    @property
    def _count(self) -> int:
        return sectors(self.blank)

    @property
    def _rounding(self) -> float:
        return rounding_of(self.blank, self.web) if self.detail.beveled else 0.0

    def _edges(self, windows: Spokes | Holes) -> int:
        return self.detail.window_edges(windows, self.web)

    def upper(self) -> list[Part]:
        """Walls, floor and window edges of the upper half; or a level face, drawn coarsely."""
        if not self.detail.recessed:
            return [self._level()]
        parts = [self._side("rim"), self._side("hub")]
        windows = self.web.windows
        if windows is None:
            return [*parts, self._plain_floor()]
        floor = self._pierced_floor(windows)
        if self._rounding:
            floor = welded((floor, self._window_edges(windows)))
        return [*parts, floor]

    def _level(self) -> Part:
        """A face from the rim to the bore at the height of the teeth's ends.

        Every triangle takes one half of the rim wall's chart.
        """
        circle = self._circle("rim")
        rim = circle * level_rim(self.blank, self.web, len(circle))
        bore = self.detail.bore(self.blank)
        if bore is None:
            points, faces = np.concatenate((rim, np.zeros((1, 2)))), fan(len(rim))
        else:
            inner = bore_loop(bore, self.detail.bore_quarter(self.blank), 0.0).ring
            points = np.concatenate((rim, inner))
            faces = zipper(turns_of(rim), turns_of(inner))
        width = side_width(self.web, "rim", self._count)
        top, foot = self.blank.bevel, self.blank.half_width - self.web.floor
        halves = np.array([[[0, top], [0, foot], [width, top]],
                           [[width, foot], [width, top], [0, foot]]])  # fmt: skip
        places = halves[(np.arange(len(faces)) >= len(rim)).astype(np.int64)].reshape(-1, 2)
        uvs = self.sheet.uvs("rim", places[:, 0], places[:, 1])
        corners = np.arange(faces.size).reshape(-1, 3)
        return flat_face(points[faces].reshape(-1, 2), self.edge, uvs, corners)

    def whole(self) -> list[Part]:
        """The windows' walls, from the upper to the lower edge; all share one texture."""
        if self.web.windows is None or not self.detail.recessed:
            return []
        points, normals = self._windows(self.web.windows, 0.0)
        closed = np.arange(points.shape[1] + 1) % points.shape[1]
        height = self.web.floor - self._rounding
        positions = np.stack(
            [lift(points[:, closed], level) for level in (height, -height)], axis=1
        )
        facing = lift(normals[:, closed], 0.0)
        right, down = self._window_places(height)
        uvs = self.sheet.uvs("window", right[None, :], down[:, None])
        first = np.arange(points.shape[1])
        edges = np.stack((first + 1, first), axis=1)
        return [walls(positions, np.stack((facing, facing), axis=1), uvs, edges)]

    def _window_places(self, height: float) -> tuple[F64, F64]:
        """Millimetres around a window against the clock, and down from its upper edge."""
        assert self.web.windows is not None  # noqa: S101 - for the type checker
        base, _ = window_outline(self.web.windows, self._edges(self.web.windows), 0.0)
        steps = np.sqrt(square(np.roll(base, -1, axis=0) - base))
        ways = np.concatenate(([0.0], np.cumsum(steps)))
        full = window_length(self.web.windows)
        return full - ways * (full / ways[-1]), self.web.floor - np.array([height, -height])

    def _windows(self, windows: Spokes | Holes, offset: float) -> tuple[F64, F64]:
        """Points and normals (count, n, 2) of all windows."""
        base, facing = window_outline(windows, self._edges(windows), offset)
        return window_ring(windows.count, base), window_ring(windows.count, facing)

    def _circle(self, name: str) -> F64:
        edges = self.detail.rim_edges if name == "rim" else self.detail.hub_edges
        return unit_circle(edges(self.blank))

    def _full_circle(self, name: str) -> F64:
        """The same, as large as the true circle."""
        full = self.detail.rim_fullness if name == "rim" else self.detail.hub_fullness
        return self._circle(name) * full(self.blank, self.web)

    def _side(self, name: str) -> Part:
        """The wall and fillet on the rim's or the hub's side, in sectors that share a texture."""
        radii, heights, outward, upward = meridian(self.web, name, self.edge, self.detail.fillet)
        circle = self._circle(name)
        each = len(circle) // self._count
        columns = ((np.arange(self._count) * each)[:, None] + np.arange(each + 1)) % len(circle)
        around = circle[columns][:, None]
        drawn = self._full_circle(name)[columns]
        positions = np.stack(
            [lift(drawn * r, y) for r, y in zip(radii, heights, strict=True)], axis=1
        )
        normals = np.stack(
            [lift(around[:, 0] * n, u) for n, u in zip(outward, upward, strict=True)], axis=1
        )
        first = np.arange(each)
        edges = np.stack((first, first + 1), axis=1)
        width = side_width(self.web, name, self._count)
        right = np.arange(each + 1) * (width / each)
        if name == "rim":
            edges, right = edges[:, ::-1], right[::-1]
        down = meridian_lengths(radii, heights) + (self.blank.half_width - self.edge)
        uvs = self.sheet.uvs(name, right[None, :], down[:, None])
        return walls(positions, normals, uvs, edges)

    def _plain_floor(self) -> Part:
        rim, hub = self._full_circle("rim"), self._full_circle("hub")
        outer, inner = self.web.floor_radii(self.detail.fillet)
        points = np.concatenate((rim * outer, hub * inner))
        return self._floor(points, zipper(turns_of(rim), turns_of(hub)))

    def _pierced_floor(self, windows: Spokes | Holes) -> Part:
        """Each sector is a flat piece with a window in it."""
        rim, hub = self._full_circle("rim"), self._full_circle("hub")
        openings, _ = self._windows(windows, self._rounding)
        around = openings.shape[1]
        outer_edges, inner_edges = len(rim) // self._count, len(hub) // self._count
        sector = np.arange(self._count)[:, None]
        index = np.concatenate((
            (sector * outer_edges + np.arange(outer_edges + 1)) % len(rim),
            (sector * inner_edges + np.arange(inner_edges, -1, -1)) % len(hub) + len(rim),
            sector * around + np.arange(around) + len(rim) + len(hub),
        ), axis=1)  # fmt: skip
        outer, inner = self.web.floor_radii(self.detail.fillet)
        points = np.concatenate((rim * outer, hub * inner, openings.reshape(-1, 2)))
        triangles = pierced(points[index[0]], outer_edges + inner_edges + 2)
        return self._floor(points, index[:, triangles])

    def _floor(self, points: F64, triangles: I64) -> Part:
        return flat_face(points, self.web.floor, self._uvs(points), triangles)

    def _uvs(self, points: F64) -> F32:
        return self.sheet.uvs("floor", points[..., 0], -points[..., 1])

    def _window_edges(self, windows: Spokes | Holes) -> Part:
        """Roundings between the floor and the windows' walls, drawn flat inside the windows."""
        wide = self._rounding
        mouth, _ = self._windows(windows, wide)
        throat, normals = self._windows(windows, 0.0)
        flat, _ = self._windows(windows, -wide * BEVEL_SLANT)
        positions = np.stack((lift(mouth, self.web.floor), lift(throat, self.web.floor - wide)), 1)
        facing = lift(normals, 0.0)
        up = np.broadcast_to(np.array([0.0, 1.0, 0.0]), facing.shape)
        uvs = np.stack((self._uvs(mouth), self._uvs(flat)), axis=1)
        first = np.arange(mouth.shape[1])
        edges = np.stack((np.roll(first, -1), first), axis=1)
        return walls(positions, np.stack((up, facing), axis=1), uvs, edges)


def window_length(windows: Spokes | Holes) -> float:
    """Way around a window in millimetres."""
    base, _ = window_outline(windows, 96, 0.0)
    steps = np.sqrt(square(np.roll(base, -1, axis=0) - base))
    return float(np.cumsum(steps)[-1])


def side_width(web: Web, name: str, count: int) -> float:
    """Way along the rim's or hub's wall from one sector to the next, millimetres."""
    outer, inner = web.floor_radii(1)
    middle = (web.rim + outer) if name == "rim" else (web.hub + inner)
    return TAU * middle * 0.5 / count


def meridian(web: Web, name: str, edge: float, fillet: int) -> tuple[F64, F64, F64, F64]:
    """Radii and heights (rows,) of a wall and its fillet from ``edge`` down to the floor.

    With the normals' components away from the axis and upwards.
    """
    start, inwards = (web.rim, -1.0) if name == "rim" else (web.hub, 1.0)
    end = start + inwards * (web.draft + web.fillet)
    if fillet == 0:
        run, fall = web.draft, edge - web.floor
        end = start + inwards * run
        tilt = np.full(2, inwards * fall), np.full(2, run)
        scale = 1.0 / sqrt(run * run + fall * fall)
        return np.array([start, end]), np.array([edge, web.floor]), tilt[0] * scale, tilt[1] * scale
    cos, sin = cos_sin(np.arange(fillet + 1) * (0.25 / fillet))
    radii = np.concatenate(([start], end - inwards * web.fillet * cos))
    heights = np.concatenate(([edge], web.floor + web.fillet * (1.0 - sin)))
    first = np.array([1.0, 0.0])
    return (
        radii,
        heights,
        np.concatenate((first[:1], cos)) * inwards,
        np.concatenate((first[1:], sin)),
    )


def meridian_lengths(radii: F64, heights: F64) -> F64:
    """Way down from the first row, millimetres."""
    steps = np.stack((radii[1:] - radii[:-1], heights[1:] - heights[:-1]), axis=1)
    return np.concatenate(([0.0], np.cumsum(np.sqrt(square(steps)))))
