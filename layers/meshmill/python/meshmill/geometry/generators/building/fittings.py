"""Which parts a building has, the most telling first: levels of detail take as many as they can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from meshmill.geometry.generators.building import facade, gables, roofscape, tiles, windows
from meshmill.geometry.generators.building.faces import Faces
from meshmill.geometry.generators.building.layout import Layout
from meshmill.geometry.generators.building.site import Site

Part = Literal["Trim", "Roof", "Glass"]


@dataclass(frozen=True, slots=True)
class Fitting:
    """Parts of one material.

    ``recessed`` ones sit in the openings of recessed walls; ``fine`` ones are left to budgets that
    hold them all, so that the qualities are well apart.
    """

    name: str
    part: Part
    make: Callable[[Site], Faces]
    recessed: bool = False
    fine: bool = False


#: At every level: they make the outline and the bounds, and keep each material in use.
ALWAYS = (
    Fitting("entrance steps", "Trim", windows.entrance_steps),
    Fitting("silhouette", "Trim", roofscape.silhouette),
    Fitting("first pane", "Glass", windows.first_pane),
)


def fittings_of(layout: Layout) -> tuple[Fitting, ...]:
    """Everything else, in the order in which it is left out last."""
    style = layout.style
    plain = not (style.timber or style.fins or style.ribs)
    chosen = [
        (style.timber, Fitting("timber frame", "Trim", facade.frame_posts)),
        (True, Fitting("dormers", "Trim", roofscape.dormers)),
        (True, Fitting("dormer roofs", "Roof", roofscape.dormer_roofs)),
        (True, Fitting("plant", "Trim", roofscape.plant)),
        (style.fins, Fitting("fins", "Trim", facade.fins)),
        (style.ribs, Fitting("ribs", "Trim", facade.ribs)),
        (True, Fitting("plinth", "Trim", facade.plinth)),
        (True, Fitting("doors", "Trim", windows.doors, recessed=True)),
        (True, Fitting("upper steps", "Trim", windows.upper_steps)),
        (style.roller, Fitting("docks", "Trim", windows.docks)),
        (not style.timber, Fitting("courses", "Trim", facade.courses)),
        (not style.timber, Fitting("cornice", "Trim", facade.cornice)),
        (True, Fitting("coping", "Trim", roofscape.coping)),
        (True, Fitting("chimney heads", "Trim", roofscape.chimney_heads)),
        (style.balconies, Fitting("balconies", "Trim", facade.balconies)),
        (True, Fitting("panes", "Glass", windows.panes, recessed=True)),
        (True, Fitting("dormer panes", "Glass", roofscape.dormer_panes)),
        (layout.gabled, Fitting("attic panes", "Glass", gables.attic_panes)),
        (layout.gabled, Fitting("attic frames", "Trim", gables.attic_frames)),
        (layout.gabled and style.timber, Fitting("gable timber", "Trim", gables.timber)),
        (style.timber, Fitting("braces", "Trim", facade.braces)),
        (style.sills, Fitting("sills", "Trim", windows.sills, recessed=True)),
        (style.sills, Fitting("lintels", "Trim", windows.lintels, recessed=True)),
        (True, Fitting("frames", "Trim", windows.frames, recessed=True)),
        (True, Fitting("mullions", "Trim", windows.mullions, recessed=True)),
        (style.shutters, Fitting("shutters", "Trim", windows.shutters)),
        (True, Fitting("ridges", "Roof", roofscape.ridges)),
        (True, Fitting("pipes", "Trim", facade.pipes)),
        (style.jetty > 0, Fitting("joists", "Trim", facade.joists)),
        (style.fins, Fitting("spandrels", "Trim", facade.spandrels)),
        (style.quoins, Fitting("quoins", "Trim", facade.quoins)),
        (True, Fitting("door panels", "Trim", windows.door_panels, recessed=True)),
        (_metal(layout), Fitting("seams", "Roof", roofscape.seams)),
        (style.fins, Fitting("blades", "Trim", windows.blades, fine=True)),
        (plain, Fitting("dentils", "Trim", facade.dentils, fine=True)),
        (not _metal(layout), Fitting("tiles", "Roof", tiles.tiles, fine=True)),
        (style.upper_wall == "brick", Fitting("voussoirs", "Trim", windows.voussoirs, fine=True)),
        (style.shutters, Fitting("louvres", "Trim", windows.louvres, fine=True)),
        (style.ribs, Fitting("sheet ribs", "Trim", facade.sheet_ribs, fine=True)),
        (True, Fitting("glazing bars", "Trim", windows.glazing_bars, recessed=True, fine=True)),
    ]
    return tuple(fitting for applies, fitting in chosen if applies)


def _metal(layout: Layout) -> bool:
    return layout.covering == "metal"
