"""How finely a gear is drawn: steps of detail for its teeth and its body, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, sqrt

from meshmill.geometry.angles import PI
from meshmill.geometry.generators.gear.blank import Blank, Bore, Holes, Spokes, Web
from meshmill.geometry.generators.gear.outlines import inner_half_edges, polygon_fullness
from meshmill.geometry.generators.gear.profile import Nodes

#: Share of the room between windows and fillets by which straight edges may come nearer.
_CLEAR = 0.5
_LEAST_HUB = 8
#: So many teeth have tips of which two edges are told from one, at a millionth of the gear's size.
_TIP_CURVE = 300
#: Corners of coarse circles may take these shares of the rim's and of the web's extent.
_RIM_SHARE, _HUB_SHARE = 0.5, 0.04


@dataclass(frozen=True, slots=True)
class TeethDetail:
    """Outline of a tooth (None: the gear is a disc of ``disc`` edges), slices along the axis.

    ``per_turn`` is the number of slices in which teeth would wind around once.
    """

    nodes: Nodes | None
    per_turn: int
    beveled: bool
    disc: int = 0

    def outline(self, blank: Blank) -> Nodes | None:
        """The outline's nodes, without points on tips that are as good as straight."""
        if self.nodes is None or not self.nodes.feet:
            return self.nodes
        useful = max(0, int(_TIP_CURVE / (blank.teeth + 2)) - 1)
        return replace(self.nodes, land=min(self.nodes.land, useful))

    def slices(self, blank: Blank) -> int:
        """Slices of the teeth between their bevels."""
        if self.nodes is None:
            return 1
        return max(1, ceil(2.0 * abs(blank.twist) * self.per_turn))

    def triangles(self, blank: Blank) -> int:
        """Triangles of the teeth, and of the faces between them and the next circle inwards."""
        nodes = self.outline(blank)
        if nodes is None:
            return 4 * self.disc
        rows = self.slices(blank) + (2 if self.beveled else 0)
        return 2 * blank.teeth * nodes.pitch * (rows + 1)


@dataclass(frozen=True, slots=True)
class BodyDetail:
    """Edges around circles, and of windows; ``fillet`` edges from the web to rim and hub.

    ``recessed`` tells whether the web is lower than the rim, and has its windows.
    """

    around: int
    fillet: int
    window: int
    beveled: bool
    recessed: bool = True

    def bore(self, blank: Blank) -> Bore | None:
        """The bore; without its keyway where the web is level."""
        if blank.bore is None or self.recessed:
            return blank.bore
        return Bore(blank.bore.radius, None)

    def bore_quarter(self, blank: Blank) -> int:
        """Edges along a quarter of the bore's round part."""
        share = sqrt(blank.bore.radius / blank.pitch) if blank.bore else 0.0
        return max(1, int(self.around * 0.25 * min(1.0, share * 1.3)))

    def rim_edges(self, blank: Blank) -> int:
        """Edges around the rim's inner circle: even, and where recessed equal in all sectors.

        So many that none of them reaches a window.
        """
        if blank.web is None or not self.recessed:
            return self.around
        least = 0.0
        if blank.web.windows is not None:
            outer, _ = blank.web.floor_radii(self.fillet)
            sag = (outer - self._farthest(blank.web.windows)) * _CLEAR
            least = PI / sqrt(2.0 * sag / outer)
        return _in_sectors(max(self.around, least), sectors(blank))

    def _farthest(self, windows: Spokes | Holes) -> float:
        """Greatest distance of a window's outline from the axis."""
        if isinstance(windows, Spokes):
            return windows.outer
        return windows.middle + windows.radius * polygon_fullness(self.window)

    def hub_edges(self, blank: Blank) -> int:
        """The same around the hub's outer circle."""
        return _in_sectors(max(0.7 * self.around, _LEAST_HUB), sectors(blank))

    def rim_fullness(self, blank: Blank, web: Web) -> float:
        """How much the rim's polygon is larger than its circle, for the circle's area."""
        most = 1.0 + _RIM_SHARE * (blank.root - web.rim) / web.rim
        return min(polygon_fullness(self.rim_edges(blank)), most)

    def hub_fullness(self, blank: Blank, web: Web) -> float:
        """The same of the hub's polygon."""
        most = 1.0 + _HUB_SHARE * (web.rim - web.hub) / web.hub
        return min(polygon_fullness(self.hub_edges(blank)), most)

    def window_edges(self, windows: Spokes | Holes, web: Web) -> int:
        """Edges around a window; so many that none of its inner arc reaches the hub."""
        edges = self.window
        if isinstance(windows, Spokes):
            _, inner = web.floor_radii(self.fillet)
            sag = (windows.inner - inner) * _CLEAR
            least = PI / windows.count / (2.0 * sqrt(2.0 * sag / windows.inner))
            while inner_half_edges(windows, edges) < least:
                edges += 2
        return edges

    def triangles(self, blank: Blank) -> int:
        """Triangles of everything within the rim."""
        hole = self.bore(blank)
        bore = 0
        if hole:
            bore = 4 * self.bore_quarter(blank) + (3 if hole.key else 0)
        bevel = 2 if self.beveled else 0
        total = 2 * bore * (1 + bevel) + 2 * bore
        if blank.web is None:
            return total
        rim, hub = self.rim_edges(blank), self.hub_edges(blank)
        if not self.recessed:
            return total + 4 * rim
        total += (rim + hub) * (8 + 2 * bevel + 4 * self.fillet)
        if blank.web.windows is None:
            return total
        count = sectors(blank)
        edges = self.window_edges(blank.web.windows, blank.web)
        return total + 4 * count + count * edges * (2 + 2 + 2 * bevel)


def _in_sectors(around: float, count: int) -> int:
    """About ``around`` edges, as many in each of ``count`` sectors, an even number in all."""
    each = ceil(around / count - 0.25)
    return count * (each + each % 2 * (count % 2))


def sectors(blank: Blank) -> int:
    """Equal sectors of the web: from spoke to spoke, or quarters."""
    if blank.web is None or blank.web.windows is None:
        return 4
    return blank.web.windows.count


def _teeth_steps() -> tuple[TeethDetail, ...]:
    discs = (TeethDetail(None, 0, beveled=False, disc=disc) for disc in (16, 24, 32, 48, 64))
    coarse = (
        TeethDetail(Nodes(0, 0, 0, 1, feet=False), 6, beveled=False),
        TeethDetail(Nodes(0, 0, 0, 1, feet=False), 9, beveled=False),
        TeethDetail(Nodes(0, 1, 0, 0, feet=False), 10, beveled=False),
        TeethDetail(Nodes(0, 1, 0, 0), 12, beveled=False),
        TeethDetail(Nodes(0, 1, 0, 0), 14, beveled=True),
        TeethDetail(Nodes(0, 2, 0, 0), 16, beveled=True),
    )
    fine = (
        (0, 2, 1, 0, 18), (1, 2, 1, 0, 20), (2, 2, 1, 0, 22), (2, 3, 1, 0, 26), (3, 3, 1, 0, 30),
        (3, 4, 2, 0, 34), (4, 5, 2, 0, 40), (5, 6, 2, 1, 46), (6, 8, 2, 1, 54), (7, 10, 3, 1, 64),
        (9, 12, 3, 1, 76), (11, 15, 4, 2, 90), (13, 19, 4, 3, 106), (16, 23, 5, 3, 126),
        (19, 28, 6, 4, 148), (23, 34, 6, 5, 174), (28, 40, 8, 7, 204),
    )  # fmt: skip
    return (
        *discs,
        *coarse,
        *(
            TeethDetail(Nodes(root, flank, rounding, land), per_turn, beveled=True)
            for root, flank, rounding, land, per_turn in fine
        ),
    )


def _body_steps() -> tuple[BodyDetail, ...]:
    flat = tuple(
        BodyDetail(around, 0, 6, beveled=False, recessed=False) for around in (6, 10, 16, 22)
    )
    plain = tuple(
        BodyDetail(around, 0, window, beveled=False)
        for around, window in ((8, 6), (8, 8), (8, 12), (16, 12), (20, 12), (24, 12), (28, 12))
    )
    fine = (
        (24, 1, 12), (28, 1, 12), (32, 1, 16), (40, 1, 18), (48, 1, 20), (56, 1, 22), (64, 2, 26),
        (80, 2, 30), (96, 2, 32), (112, 3, 36), (128, 3, 44), (160, 4, 52), (192, 4, 64),
        (224, 5, 76), (256, 5, 92), (304, 6, 108), (352, 6, 128), (416, 7, 152), (480, 8, 180),
    )  # fmt: skip
    return (*flat, *plain, *(BodyDetail(*steps, beveled=True) for steps in fine))


TEETH_STEPS, BODY_STEPS = _teeth_steps(), _body_steps()
