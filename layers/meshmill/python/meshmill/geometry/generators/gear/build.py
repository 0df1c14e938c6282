"""Gear: an involute gear's blank, its textures, and its mesh at any budget."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.angles import TAU
from meshmill.geometry.arrays import I64
from meshmill.geometry.generators.gear.blank import Blank, Bore, Web, make_blank
from meshmill.geometry.generators.gear.body import Body
from meshmill.geometry.generators.gear.choice import detail_within
from meshmill.geometry.generators.gear.detail import sectors
from meshmill.geometry.generators.gear.layout import Sheet, Wanted, lay_out
from meshmill.geometry.generators.gear.mesh import placed, turned_over
from meshmill.geometry.generators.gear.paint import paint_web
from meshmill.geometry.generators.gear.spec import GearOptions
from meshmill.geometry.generators.gear.steel import paint_steel
from meshmill.geometry.generators.gear.teeth import make_teeth
from meshmill.geometry.generators.gear.unrolled import Unrolled
from meshmill.geometry.generators.gear.web import Recess, side_width, window_length
from meshmill.geometry.model import Brief
from meshmill.geometry.parts import Part, assemble
from meshmill.geometry.scene import Material, Mesh, Scene

#: The face's frame is wider than the tips by this share, for bevels drawn flat.
_MARGIN = 1.02
_FEWEST_VARIANTS, _MOST_VARIANTS = 2, 4


@dataclass(frozen=True, slots=True, eq=False)
class Skin:
    """A material and where surfaces lie in its maps."""

    sheet: Sheet
    material: Material


@dataclass(frozen=True, slots=True, eq=False)
class GearModel:
    """A gear whose dimensions and textures are made; ``variants`` number its teeth's charts."""

    brief: Brief
    blank: Blank
    unrolled: Unrolled
    variants: I64
    steel: Skin
    paint: Skin | None

    def scene(self, budget: int, suffix: str) -> Scene:
        """The gear in at most ``budget`` triangles."""
        detail = detail_within(self.blank, budget, self.brief.budget)
        sheet = self.steel.sheet
        teeth = make_teeth(self.blank, detail.teeth, sheet, self.unrolled, self.variants)
        body = Body(self.blank, detail.body, sheet)
        upper, whole = teeth.upper + body.upper(teeth.ring, teeth.flat), teeth.whole + body.whole()
        primitives = [assemble(self._stood(upper, whole), self.steel.material)]
        if self.paint and self.blank.web:
            recess = Recess(self.blank, self.blank.web, detail.body, self.paint.sheet, body.edge)
            parts = self._stood(recess.upper(), recess.whole())
            primitives.append(assemble(parts, self.paint.material))
        return Scene((Mesh(f"SM_Gear_{self.brief.seed}{suffix}", tuple(primitives)),))

    def _stood(self, upper: list[Part], whole: list[Part]) -> list[Part]:
        """Both halves, in metres and on the ground."""
        both = upper + [turned_over(part) for part in upper] + whole
        return [placed(part, self.blank.half_width) for part in both]


def build(options: GearOptions, brief: Brief) -> GearModel:
    """Proportion and paint the gear that ``options`` and the seed describe."""
    blank = make_blank(options)
    unrolled = Unrolled.of(blank)
    count = _variant_count(blank, unrolled)
    variants = np.random.default_rng(brief.seed).integers(0, count, blank.teeth)
    variants[:count] = np.arange(count)
    sheet = lay_out(_steel_frames(blank, unrolled, count), brief.texture_size)
    steel = Skin(sheet, paint_steel(blank, unrolled, sheet, brief.seed))
    paint = None
    if blank.web is not None:
        web_sheet = lay_out(_web_frames(blank, blank.web), brief.texture_size // 2)
        paint = Skin(web_sheet, paint_web(blank, blank.web, web_sheet, brief.seed))
    return GearModel(brief, blank, unrolled, variants, steel, paint)


def _variant_count(blank: Blank, unrolled: Unrolled) -> int:
    """Different charts of teeth: as many as take little room beside the faces."""
    face = 4.0 * blank.tip * blank.tip
    fit = int(0.7 * face / (unrolled.width * unrolled.height))
    return max(_FEWEST_VARIANTS, min(fit, _MOST_VARIANTS))


def _steel_frames(blank: Blank, unrolled: Unrolled, variants: int) -> dict[str, Wanted]:
    reach = blank.tip * _MARGIN
    frames = {"face": _disc_frame(reach)}
    for number in range(variants):
        frames[f"tooth{number}"] = Wanted(unrolled.width, unrolled.height)
    if blank.bore is not None:
        frames |= _bore_frames(blank.bore, 2.0 * blank.half_width)
    return frames


def _bore_frames(bore: Bore, width: float) -> dict[str, Wanted]:
    frames = {"bore": Wanted(TAU * bore.radius * 0.25, width)}
    if bore.key is not None:
        across, deep = bore.key
        frames["key"] = Wanted(across + 2.0 * deep + 0.5 * bore.radius, width)
    return frames


def _web_frames(blank: Blank, web: Web) -> dict[str, Wanted]:
    outer, _ = web.floor_radii(0)
    frames = {"floor": _disc_frame(outer)}
    deep = blank.half_width - web.floor + web.draft + web.fillet
    for name in ("rim", "hub"):
        frames[name] = Wanted(side_width(web, name, sectors(blank)), deep)
    if web.windows is not None:
        frames["window"] = Wanted(window_length(web.windows), 2.0 * web.floor)
    return frames


def _disc_frame(radius: float) -> Wanted:
    return Wanted(2.0 * radius, 2.0 * radius, (radius, radius))
