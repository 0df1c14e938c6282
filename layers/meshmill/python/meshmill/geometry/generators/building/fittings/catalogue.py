"""Which parts a building has, the most telling first: levels of detail take as many as they can."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from meshmill.geometry.generators.building.bars import Bars
from meshmill.geometry.generators.building.faces import Faces
from meshmill.geometry.generators.building.fittings import (
    balconies,
    cladding,
    dormers,
    dressings,
    entrances,
    flat_roofs,
    frames,
    gables,
    mouldings,
    panes,
    pitched_roofs,
    rainwater,
    tiles,
    timber,
)
from meshmill.geometry.generators.building.layout import Layout
from meshmill.geometry.generators.building.site import Site

Part = Literal["Facade", "Roof", "Trim", "Glass"]
Piece = Bars | Faces


@dataclass(frozen=True, slots=True)
class Fitting:
    """Parts of one material.

    ``recessed`` ones sit in the openings of recessed walls; ``fine`` ones are left to budgets that
    hold them all, so that the qualities are well apart. ``replaces`` names one that it stands for.
    """

    name: str
    part: Part
    make: Callable[[Site], Sequence[Piece]]
    recessed: bool = False
    fine: bool = False
    replaces: str | None = None


_Offer = tuple[bool, Fitting]


def outline_of(layout: Layout) -> tuple[Fitting, ...]:
    """Fittings of every level: they make outline and bounds, and keep each material in use."""
    flat = layout.options.roof == "flat"
    offers = (
        (True, Fitting("entrance steps", "Trim", entrances.entrance_steps)),
        (flat, Fitting("parapet", "Trim", mouldings.parapet)),
        (flat, Fitting("penthouse", "Trim", flat_roofs.penthouse)),
        (_has_chimneys(layout), Fitting("chimneys", "Trim", pitched_roofs.chimneys)),
        (True, Fitting("first pane", "Glass", panes.first_pane)),
    )
    return tuple(fitting for applies, fitting in offers if applies)


def fittings_of(layout: Layout) -> tuple[Fitting, ...]:
    """Everything else, in the order in which it is left out last."""
    offers = (*_large(layout), *_windows(layout), *_small(layout), *_fine(layout))
    return tuple(fitting for applies, fitting in offers if applies)


def _large(layout: Layout) -> tuple[_Offer, ...]:
    """Frames, roofscape, and bands around the walls."""
    style, roof = layout.style, layout.options.roof
    flat, mansard, chimneys = roof == "flat", roof == "mansard", _has_chimneys(layout)
    vents = layout.options.style == "warehouse" and roof in ("gable", "hip")
    return (
        (style.timber, Fitting("timber frame", "Trim", timber.frame)),
        (mansard, Fitting("dormers", "Trim", dormers.dormers)),
        (mansard, Fitting("dormer roofs", "Roof", dormers.dormer_roofs)),
        (flat, Fitting("machines", "Trim", flat_roofs.machines)),
        (vents, Fitting("ridge vents", "Trim", pitched_roofs.ridge_vents)),
        (style.fins, Fitting("fins", "Trim", cladding.fins)),
        (style.ribs, Fitting("ribs", "Trim", cladding.ribs)),
        (True, Fitting("plinth", "Trim", mouldings.plinth)),
        (True, Fitting("doors", "Trim", entrances.doors, recessed=True)),
        (True, Fitting("upper steps", "Trim", entrances.upper_steps)),
        (style.roller, Fitting("docks", "Trim", entrances.docks)),
        (not style.timber, Fitting("courses", "Trim", mouldings.courses)),
        (not style.timber, Fitting("cornice", "Trim", mouldings.cornice)),
        (flat, Fitting("coping", "Trim", mouldings.coping)),
        (chimneys, Fitting("chimney heads", "Trim", pitched_roofs.chimney_heads)),
        (style.balconies, Fitting("balconies", "Trim", balconies.balconies)),
        (style.balconies, Fitting("balusters", "Trim", balconies.balusters)),
    )


def _windows(layout: Layout) -> tuple[_Offer, ...]:
    """Panes, frames, and what is around them."""
    style = layout.style
    dormer = layout.options.roof == "mansard" and layout.options.window_density > 0
    attic = gables.has_attic(layout)
    framed_gable = layout.gabled and style.timber
    all_panes = Fitting(
        "panes", "Glass", panes.window_panes, recessed=True, replaces="first pane"
    )  # fmt: skip
    return (
        (True, all_panes),
        (dormer, Fitting("dormer panes", "Glass", dormers.dormer_panes)),
        (attic, Fitting("attic panes", "Glass", gables.attic_panes)),
        (attic, Fitting("attic frames", "Trim", gables.attic_frames)),
        (framed_gable, Fitting("gable timber", "Trim", gables.timber)),
        (style.timber, Fitting("braces", "Trim", timber.braces)),
        (style.sills, Fitting("sills", "Trim", dressings.sills, recessed=True)),
        (style.sills, Fitting("lintels", "Trim", dressings.lintels, recessed=True)),
        (True, Fitting("frames", "Trim", frames.frames, recessed=True)),
        (True, Fitting("mullions", "Trim", frames.mullions, recessed=True)),
        (style.shutters, Fitting("shutters", "Trim", dressings.shutters)),
    )


def _small(layout: Layout) -> tuple[_Offer, ...]:
    """What is seen from near."""
    style = layout.style
    ridged = layout.options.roof in ("gable", "hip", "mansard")
    metal = layout.covering == "metal"
    return (
        (ridged, Fitting("ridges", "Roof", pitched_roofs.ridges)),
        (True, Fitting("rainwater", "Trim", rainwater.rainwater)),
        (style.jetty > 0, Fitting("joists", "Trim", timber.joists)),
        (style.fins, Fitting("spandrels", "Trim", cladding.spandrels)),
        (style.quoins, Fitting("quoins", "Trim", mouldings.quoins)),
        (True, Fitting("door panels", "Trim", entrances.door_panels, recessed=True)),
        (metal, Fitting("seams", "Roof", pitched_roofs.seams)),
    )


def _fine(layout: Layout) -> tuple[_Offer, ...]:
    """What only the highest quality has."""
    style = layout.style
    plain = not (style.timber or style.fins or style.ribs)
    brick, tiled = style.upper_wall == "brick", layout.covering in ("tiles", "slate")
    return (
        (style.fins, Fitting("blades", "Trim", dressings.blades, fine=True)),
        (plain, Fitting("dentils", "Trim", mouldings.dentils, fine=True)),
        (tiled, Fitting("tiles", "Roof", tiles.tiles, fine=True)),
        (brick, Fitting("voussoirs", "Trim", dressings.voussoirs, fine=True)),
        (style.shutters, Fitting("louvres", "Trim", dressings.louvres, fine=True)),
        (style.ribs, Fitting("sheet ribs", "Trim", cladding.sheet_ribs, fine=True)),
        (True, Fitting("glazing bars", "Trim", frames.glazing_bars, recessed=True, fine=True)),
    )


def _has_chimneys(layout: Layout) -> bool:
    heated = layout.options.style in ("residential", "medieval")
    return heated and layout.options.roof in ("gable", "hip", "mansard")
