"""The parts of a building, and which of them a number of triangles holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from meshmill.geometry.generators.building.bars import Bars, chart_names
from meshmill.geometry.generators.building.faces import Faces
from meshmill.geometry.generators.building.fittings.catalogue import (
    Fitting,
    Part,
    Piece,
    fittings_of,
    outline_of,
)
from meshmill.geometry.generators.building.layout import BLANK
from meshmill.geometry.generators.building.profiles import Edges
from meshmill.geometry.generators.building.roofs.slab import slab_faces
from meshmill.geometry.generators.building.sheet import Draft
from meshmill.geometry.generators.building.site import Site
from meshmill.geometry.generators.building.walls.cells import panel_cells
from meshmill.geometry.generators.building.walls.shell import (
    RECESS_TRIANGLES,
    recessed_shell,
    shell,
)
from meshmill.geometry.generators.building.workshop import made

#: From this many triangles on, edges of bars are bevelled.
_BEVELLED_FROM = 40_000
#: When so many fittings in a row don't fit, the level is taken to be full.
_MISSES = 4
#: Instead of a number of storeys with recessed openings: walls of panels, not of bays.
_PANELS = -1


@dataclass(slots=True, eq=False)
class Selection:
    """Pieces of the fittings and walls that a level has, by their names, and their triangles."""

    edges: Edges
    pieces: dict[str, tuple[Part, tuple[Piece, ...]]] = field(default_factory=dict)
    count: int = 0

    def add(self, name: str, part: Part, pieces: Iterable[Piece]) -> None:
        """Add pieces of a material."""
        added = tuple(pieces)
        self.pieces[name] = part, added
        self.count += triangles_in(added, self.edges)

    def drop(self, name: str) -> None:
        """Leave out what was added under a name, if it was."""
        _, dropped = self.pieces.pop(name, ("Trim", ()))
        self.count -= triangles_in(dropped, self.edges)

    def bars(self, part: Part) -> list[Bars]:
        """All bars of a material."""
        return [piece for piece in self._of(part) if isinstance(piece, Bars)]

    def solids(self, part: Part) -> list[Faces]:
        """All faces of a material that aren't of bars."""
        return [piece for piece in self._of(part) if isinstance(piece, Faces)]

    def _of(self, part: Part) -> Iterable[Piece]:
        return (piece for own, pieces in self.pieces.values() if own == part for piece in pieces)


def triangles_in(pieces: Iterable[Piece], edges: Edges) -> int:
    """Triangles of pieces whose bars have such edges."""
    return sum(
        piece.triangle_count(edges) if isinstance(piece, Bars) else piece.triangle_count
        for piece in pieces
    )


@dataclass(frozen=True, slots=True, eq=False)
class Kit:
    """All parts that a building may have, made when first asked for.

    ``drafts`` hold the charts of each material.
    """

    site: Site
    drafts: Mapping[Part, Draft]
    _fittings: dict[str, tuple[Piece, ...]] = field(default_factory=dict)
    _walls: dict[int, Faces] = field(default_factory=dict)

    def chosen(self, most: int, allowed: frozenset[str] | None) -> Selection:
        """The most telling parts that ``most`` triangles hold, of those ``allowed`` by name."""
        layout = self.site.layout
        selection = Selection("bevelled" if most >= _BEVELLED_FROM else "sharp")
        selection.add("slab", "Roof", [self._slab()])
        for fitting in outline_of(layout):
            selection.add(fitting.name, fitting.part, self._made(fitting))
        whole = self._shell(layout.options.storeys)
        recessed = selection.count + whole.triangle_count <= most
        selection.add("walls", "Facade", [whole if recessed else self._shell(_PANELS)])
        self._add_fittings(selection, most, allowed, recessed=recessed)
        if not recessed:
            self._recess_some(selection, most)
        return selection

    def _add_fittings(
        self, selection: Selection, most: int, allowed: frozenset[str] | None, *, recessed: bool
    ) -> None:
        misses = 0
        for fitting in fittings_of(self.site.layout):
            refused = fitting.fine and selection.edges == "sharp"
            refused |= allowed is not None and fitting.name not in allowed
            if misses == _MISSES:
                break
            if refused or (fitting.recessed and not recessed):
                continue
            pieces = self._made(fitting)
            fits = selection.count + triangles_in(pieces, selection.edges) <= most
            misses = 0 if fits else misses + 1
            if fits:
                selection.add(fitting.name, fitting.part, pieces)
                if fitting.replaces:
                    selection.drop(fitting.replaces)

    def _recess_some(self, selection: Selection, most: int) -> None:
        """Recess the openings of as many storeys as fit, from the ground up."""
        room = most - selection.count + self._shell(_PANELS).triangle_count
        bays = self.site.bays
        openings = np.bincount(bays.storey[bays.kind != BLANK])
        used = self._shell(0).triangle_count + RECESS_TRIANGLES * np.cumsum(openings)
        storeys = int((used <= room).sum())
        if storeys > 0:
            selection.drop("walls")
            selection.add("walls", "Facade", [self._shell(storeys)])

    def faces(self, selection: Selection, part: Part) -> Faces:
        """All faces of a material."""
        bars = made(selection.bars(part), selection.edges, self.drafts[part])
        return Faces.joined([*selection.solids(part), bars])

    def charts(self, selection: Selection, part: Part) -> frozenset[str]:
        """Names of the charts that a material's parts use."""
        draft = self.drafts[part]
        used = draft.used(Faces.joined(selection.solids(part)).uvs)
        return used | chart_names(selection.bars(part))

    def _shell(self, storeys: int) -> Faces:
        """Walls of bays with recessed openings in so many storeys, or of panels."""
        if storeys not in self._walls:
            panels, draft, bays = self.site.panels, self.drafts["Facade"], self.site.bays
            if storeys == _PANELS:
                cells, steps = panel_cells(panels, draft), panels.layout.groups
                self._walls[storeys] = shell(panels, draft, cells, steps=steps)
            else:
                self._walls[storeys] = recessed_shell(panels, draft, bays, storeys)
        return self._walls[storeys]

    def _slab(self) -> Faces:
        return slab_faces(self.site.roof, self.drafts["Roof"])

    def _made(self, fitting: Fitting) -> tuple[Piece, ...]:
        if fitting.name not in self._fittings:
            self._fittings[fitting.name] = tuple(fitting.make(self.site))
        return self._fittings[fitting.name]
