"""Building: walls, roof and fittings at any number of triangles, from one set of textures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from meshmill.geometry.generators.building.bars import Stock, charts_of, kind_of_chart
from meshmill.geometry.generators.building.fittings.catalogue import Part
from meshmill.geometry.generators.building.fittings.panes import glass_charts, pane_sizes
from meshmill.geometry.generators.building.kinds import roof_kinds, trim_kinds
from meshmill.geometry.generators.building.kit import Kit, Selection
from meshmill.geometry.generators.building.layout import Layout
from meshmill.geometry.generators.building.paint.glass import glass_material
from meshmill.geometry.generators.building.paint.roof import roof_material
from meshmill.geometry.generators.building.paint.trim import trim_material
from meshmill.geometry.generators.building.paint.walls import wall_material
from meshmill.geometry.generators.building.panels import Panels
from meshmill.geometry.generators.building.roofs.roof import roof_of
from meshmill.geometry.generators.building.roofs.slab import roof_charts, roof_group
from meshmill.geometry.generators.building.sheet import Draft, Sheet
from meshmill.geometry.generators.building.site import Site
from meshmill.geometry.generators.building.spec import BuildingOptions
from meshmill.geometry.generators.building.styles import style_of
from meshmill.geometry.generators.building.walls.cells import bay_cells
from meshmill.geometry.generators.building.walls.closing import wall_charts, wall_group
from meshmill.geometry.model import Brief
from meshmill.geometry.parts import assemble
from meshmill.geometry.scene import Material, Mesh, Scene

#: A level has at most this share of the triangles of the level before.
_FEWER = 0.75


@dataclass(frozen=True, slots=True, eq=False)
class BuildingModel:
    """A building whose parts and textures are made; ``chosen`` are those of the finest level."""

    brief: Brief
    kit: Kit
    chosen: Selection
    sheets: Mapping[Part, Sheet]
    materials: Mapping[Part, Material]
    _counts: dict[int, int] = field(default_factory=dict)

    def scene(self, budget: int, suffix: str) -> Scene:
        """The building in at most ``budget`` triangles."""
        chosen = self._selection(self._most(budget))
        primitives = tuple(
            assemble([self.kit.faces(chosen, part).part(sheet)], self.materials[part])
            for part, sheet in self.sheets.items()
        )
        return Scene((Mesh(f"SM_Building_{self.brief.seed}{suffix}", primitives),))

    def _selection(self, most: int) -> Selection:
        if most == self.brief.budget:
            return self.chosen
        return self.kit.chosen(most, frozenset(self.chosen.pieces))

    def _most(self, budget: int) -> int:
        """Triangles that a level may have: clearly fewer than the level before it."""
        if budget >= self.brief.budget:
            return self.brief.budget
        before = 2 * budget
        if before not in self._counts:
            self._counts[before] = self._selection(self._most(before)).count
        return min(budget, int(_FEWER * self._counts[before]))


def build(options: BuildingOptions, brief: Brief) -> BuildingModel:
    """Lay out, clad and paint the building that ``options`` and the seed describe."""
    style = style_of(options, brief.seed)
    layout = Layout.of(options, style, brief.budget)
    panels, roof = Panels.of(layout, brief.seed), roof_of(layout, brief.budget)
    trims, coverings = trim_kinds(layout, brief.budget), roof_kinds(layout)
    drafts: dict[Part, Draft] = {
        "Facade": Draft.of(wall_charts(panels), wall_group),
        "Roof": Draft.of({**roof_charts(roof), **charts_of(coverings)}, roof_group),
        "Trim": Draft.of(charts_of(trims), lambda name: trims[kind_of_chart(name)].finish),
        "Glass": Draft.of(glass_charts(pane_sizes(layout)), lambda name: str("edge" in name)),
    }
    bays = bay_cells(panels, drafts["Facade"])
    site = Site.of(panels, bays, roof, (Stock(trims), Stock(coverings)), drafts["Glass"])
    kit = Kit(site, drafts)
    chosen = kit.chosen(brief.budget, None)
    sheets = _sheets(kit, chosen, brief.texture_size)
    materials: dict[Part, Material] = {
        "Facade": wall_material(panels, sheets["Facade"], brief.seed),
        "Roof": roof_material(layout.covering, sheets["Roof"], brief.seed),
        "Trim": trim_material(style, trims, sheets["Trim"], brief.seed),
    }
    if "Glass" in sheets:
        materials["Glass"] = glass_material(sheets["Glass"], brief.seed)
    return BuildingModel(brief, kit, chosen, sheets, materials)


def _sheets(kit: Kit, chosen: Selection, size: int) -> dict[Part, Sheet]:
    """Charts of what is used, the walls' at ``size`` texels and all others at half of it."""
    walls = kit.drafts["Facade"]
    sheets: dict[Part, Sheet] = {"Facade": walls.packed(frozenset(walls.sizes), size)}
    others: tuple[Part, ...] = ("Roof", "Trim", "Glass")
    for part in others:
        used = kit.charts(chosen, part)
        if used:
            sheets[part] = kit.drafts[part].packed(used, size // 2)
    return sheets
