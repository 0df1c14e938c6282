"""What is within the teeth: rim, hub and bore, of steel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64, I64
from meshmill.geometry.generators.gear.blank import Blank, Bore, Web, level_rim
from meshmill.geometry.generators.gear.detail import BodyDetail
from meshmill.geometry.generators.gear.layout import Sheet
from meshmill.geometry.generators.gear.mesh import (
    BEVEL_SLANT,
    fan,
    flat_face,
    leaning,
    lift,
    upright,
    walls,
    zipper,
)
from meshmill.geometry.generators.gear.outlines import Loop, bore_loop, turns_of, unit_circle
from meshmill.geometry.parts import Part


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """Steel within the teeth at one step of detail."""

    blank: Blank
    detail: BodyDetail
    sheet: Sheet

    @property
    def bevel(self) -> float:
        """Width of the bevels in millimetres, 0 without."""
        return self.blank.bevel if self.detail.beveled else 0.0

    @property
    def edge(self) -> float:
        """Height at which bevels end below the face."""
        return self.blank.half_width - self.bevel

    def upper(self, ring: F64, flat: F64) -> list[Part]:
        """Faces and bevels of the upper half, from the ring (n, 2) that the teeth stand on.

        ``flat`` (n, 2) is where that ring lies in the face's chart.
        """
        web = self.blank.web
        if web is None:
            return self._around_bore(ring, flat)
        rim = unit_circle(self.detail.rim_edges(self.blank))
        if self.detail.recessed:
            rim *= self.detail.rim_fullness(self.blank, web)
            inner = rim * (web.rim + self.bevel)
        else:
            inner = rim * level_rim(self.blank, web, len(rim))
        points, places = (np.concatenate((around, inner)) for around in (ring, flat))
        parts = [self._flat(points, places, zipper(turns_of(ring), turns_of(rim)))]
        if not self.detail.recessed:
            return parts
        hub = unit_circle(self.detail.hub_edges(self.blank))
        hub *= self.detail.hub_fullness(self.blank, web)
        if self.bevel:
            parts += self._turned_bevels(web, rim, hub)
        outline = hub * (web.hub - self.bevel)
        return [*parts, *self._around_bore(outline, outline)]

    def whole(self) -> list[Part]:
        """The bore's walls, from end to end."""
        bore = self.detail.bore(self.blank)
        if bore is None:
            return []
        quarter = self.detail.bore_quarter(self.blank)
        loop = bore_loop(bore, quarter, 0.0)
        parts = [self._bore_walls(loop, quarter)]
        if bore.key is not None:
            parts.append(self._key_walls(loop, 4 * quarter + 1))
        return parts

    def _around_bore(self, ring: F64, flat: F64) -> list[Part]:
        """The face between a ring and the bore, and the bore's bevel."""
        bore = self.detail.bore(self.blank)
        if bore is None:
            middle = np.zeros((1, 2))
            points, places = (np.concatenate((around, middle)) for around in (ring, flat))
            return [self._flat(points, places, fan(len(ring)))]
        quarter = self.detail.bore_quarter(self.blank)
        mouth = bore_loop(bore, quarter, self.bevel)
        points, places = (np.concatenate((around, mouth.ring)) for around in (ring, flat))
        turns = turns_of(ring)
        parts = [self._flat(points, places, zipper(turns, _clear_of_key(bore, mouth, turns)))]
        if self.bevel:
            parts.append(self._bore_bevel(bore, quarter, mouth))
        return parts

    def _bore_bevel(self, bore: Bore, quarter: int, mouth: Loop) -> Part:
        throat = bore_loop(bore, quarter, 0.0)
        flat = bore_loop(bore, quarter, -BEVEL_SLANT * self.bevel)
        return self._bevel(mouth, throat.points, flat.points)

    def _turned_bevels(self, web: Web, rim: F64, hub: F64) -> list[Part]:
        """Of the rim's and the hub's edges towards the recess."""
        wide, slant = self.bevel, self.bevel * BEVEL_SLANT
        inwards = rim[::-1]
        return [
            self._bevel(
                Loop.smooth(inwards * (web.rim + wide), -inwards),
                inwards * web.rim,
                inwards * (web.rim - slant),
            ),
            self._bevel(
                Loop.smooth(hub * (web.hub - wide), hub), hub * web.hub, hub * (web.hub + slant)
            ),
        ]

    def _bevel(self, upper: Loop, lower: F64, flat: F64) -> Part:
        """From an outline on the face down to another, which is ``flat`` in the texture."""
        positions = np.stack((lift(upper.points, self.blank.half_width), lift(lower, self.edge)))[
            None
        ]
        normals = leaning(upper.normals, 1.0)
        uvs = np.stack((self._uvs(upper.points), self._uvs(flat)))
        return walls(positions, np.stack((normals, normals))[None], uvs, upper.edges)

    def _flat(self, points: F64, places: F64, triangles: I64) -> Part:
        return flat_face(points, self.blank.half_width, self._uvs(places), triangles)

    def _uvs(self, points: F64) -> F32:
        return self.sheet.uvs("face", points[..., 0], -points[..., 1])

    def _bore_walls(self, loop: Loop, quarter: int) -> Part:
        """The round part, in quarters that share their texture."""
        columns = (np.arange(4) * quarter)[:, None] + np.arange(quarter + 1)
        columns = columns % len(loop.points)
        edges = np.stack((np.arange(quarter), np.arange(1, quarter + 1)), axis=1)
        right = loop.lengths[: quarter + 1]
        return self._through(loop.points[columns], loop.normals[columns], ("bore", right), edges)

    def _key_walls(self, loop: Loop, first: int) -> Part:
        columns = np.arange(first, len(loop.points))[None]
        edges = np.arange(len(loop.points) - first).reshape(-1, 2)
        ways = loop.lengths[first - 1 :] - loop.lengths[first - 1]
        right = np.repeat(ways, 2)[1:-1]
        return self._through(loop.points[columns], loop.normals[columns], ("key", right), edges)

    def _through(self, points: F64, normals: F64, chart: tuple[str, F64], edges: I64) -> Part:
        """Walls through the gear at points and normals (k, c, 2), and where they lie in a chart."""
        heights = np.array([self.edge, -self.edge])
        positions = np.stack([lift(points, height) for height in heights], axis=1)
        facing = upright(normals)
        name, right = chart
        uvs = self.sheet.uvs(name, right[None, :], (self.blank.half_width - heights)[:, None])
        return walls(positions, np.stack((facing, facing), axis=1), uvs, edges)


def _clear_of_key(bore: Bore, mouth: Loop, outer: F64) -> F64:
    """Turns of a bore's vertices, moved so that no triangle reaches across the keyway.

    The keyway's sides are drawn to vertices of the ``outer`` ring that are beyond its corners: by
    half of that ring's longest edge.
    """
    turns = turns_of(mouth.ring)
    if bore.key is None:
        return turns
    ahead = np.roll(outer, -1) - outer
    longest = float((ahead - np.floor(ahead)).max())
    corner = float(turns_of(mouth.points[-1:] * np.array([1.0, -1.0]))[0])
    beyond = corner + 0.5 * longest
    return np.clip(turns, beyond, 1.0 - beyond)
