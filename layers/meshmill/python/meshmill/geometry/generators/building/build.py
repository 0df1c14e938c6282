"""Building: walls, roof and fittings at any number of triangles, from one set of textures."""

from __future__ import annotations

from dataclasses import dataclass, field

from meshmill.geometry.generators.building.bars import Workshop, charts_of
from meshmill.geometry.generators.building.faces import Faces
from meshmill.geometry.generators.building.fine_paint import (
    glass_material,
    roof_material,
    trim_material,
)
from meshmill.geometry.generators.building.fittings import ALWAYS, Fitting, fittings_of
from meshmill.geometry.generators.building.kinds import roof_kinds, trim_kinds
from meshmill.geometry.generators.building.layout import Layout
from meshmill.geometry.generators.building.panels import Panels
from meshmill.geometry.generators.building.roofs import Roof, roof_of
from meshmill.geometry.generators.building.roofscape import DORMER_PANE
from meshmill.geometry.generators.building.sheet import Draft, Sheet
from meshmill.geometry.generators.building.site import Site
from meshmill.geometry.generators.building.slab import roof_charts, roof_group, slab_faces
from meshmill.geometry.generators.building.spec import BuildingOptions
from meshmill.geometry.generators.building.styles import style_of
from meshmill.geometry.generators.building.wall_closing import wall_charts, wall_group
from meshmill.geometry.generators.building.wall_paint import wall_material
from meshmill.geometry.generators.building.walls import (
    bay_cells,
    panel_cells,
    recessed_shell,
    shell,
)
from meshmill.geometry.generators.building.windows import glass_charts
from meshmill.geometry.model import Brief
from meshmill.geometry.parts import assemble
from meshmill.geometry.scene import Material, Mesh, Scene

#: From this many triangles on, edges of bars are bevelled.
_BEVELLED_FROM = 40_000
#: A level has at most this share of the triangles of the level before.
_FEWER = 0.75
#: When so many fittings in a row don't fit, the level is taken to be full.
_MISSES = 4


@dataclass(frozen=True, slots=True, eq=False)
class Kit:
    """All parts that a building may have, made when first asked for.

    ``drafts`` hold the charts of each material; ``sites`` are for sharp and for bevelled bars.
    """

    panels: Panels
    roof: Roof
    drafts: dict[str, Draft]
    sites: dict[bool, Site]
    _made: dict[tuple[str, bool], Faces] = field(default_factory=dict)

    def chosen(self, most: int, allowed: frozenset[str] | None) -> Selection:
        """The most telling parts that ``most`` triangles hold, of those ``allowed`` by name."""
        bevelled = most >= _BEVELLED_FROM
        selection = Selection.of({"Roof": [self._slab()]})
        for fitting in ALWAYS:
            selection.add(fitting, self._fitting(fitting, bevelled=bevelled))
        recessed = selection.count + self._walls(recessed=True).triangle_count <= most
        selection.parts["Facade"].append(self._walls(recessed=recessed))
        misses = 0
        for fitting in fittings_of(self.panels.layout):
            refused = fitting.fine and not bevelled
            refused |= allowed is not None and fitting.name not in allowed
            if misses == _MISSES:
                break
            if refused or (fitting.recessed and not recessed):
                continue
            piece = self._fitting(fitting, bevelled=bevelled)
            fits = selection.count + piece.triangle_count <= most
            misses = 0 if fits else misses + 1
            if fits:
                selection.add(fitting, piece)
        return selection

    def _walls(self, *, recessed: bool) -> Faces:
        key = ("recessed" if recessed else "panels", False)
        draft = self.drafts["Facade"]
        if key not in self._made and recessed:
            self._made[key] = recessed_shell(self.panels, draft, self.sites[False].bays)
        elif key not in self._made:
            cells = panel_cells(self.panels, draft)
            self._made[key] = shell(self.panels, draft, cells, steps=self.panels.layout.groups)
        return self._made[key]

    def _slab(self) -> Faces:
        if ("slab", False) not in self._made:
            self._made["slab", False] = slab_faces(self.roof, self.drafts["Roof"])
        return self._made["slab", False]

    def _fitting(self, fitting: Fitting, *, bevelled: bool) -> Faces:
        key = fitting.name, bevelled
        if key not in self._made:
            self._made[key] = fitting.make(self.sites[bevelled])
        return self._made[key]


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Faces by material, and the names of the fittings that they are of."""

    parts: dict[str, list[Faces]]
    names: set[str]

    @classmethod
    def of(cls, parts: dict[str, list[Faces]]) -> Selection:
        """Begin with some parts."""
        return cls({"Facade": [], "Roof": [], "Trim": [], "Glass": []} | parts, set())

    def add(self, fitting: Fitting, piece: Faces) -> None:
        """Add a fitting; all panes take the place of the first one."""
        if fitting.name == "panes":
            self.parts["Glass"].clear()
        self.parts[fitting.part].append(piece)
        self.names.add(fitting.name)

    @property
    def count(self) -> int:
        """Triangles so far."""
        return sum(piece.triangle_count for pieces in self.parts.values() for piece in pieces)

    def faces(self, part: str) -> Faces:
        """All faces of a material."""
        return Faces.joined(self.parts[part])


@dataclass(frozen=True, slots=True, eq=False)
class BuildingModel:
    """A building whose parts and textures are made; ``names`` are the fittings it has."""

    brief: Brief
    kit: Kit
    names: frozenset[str]
    sheets: dict[str, Sheet]
    materials: dict[str, Material]
    _counts: dict[int, int] = field(default_factory=dict)

    def scene(self, budget: int, suffix: str) -> Scene:
        """The building in at most ``budget`` triangles."""
        chosen = self.kit.chosen(self._allowed(budget), self.names)
        primitives = tuple(
            assemble([chosen.faces(part).part(sheet)], self.materials[part])
            for part, sheet in self.sheets.items()
        )
        return Scene((Mesh(f"SM_Building_{self.brief.seed}{suffix}", primitives),))

    def _allowed(self, budget: int) -> int:
        """Triangles that a level may have: clearly fewer than the level before it."""
        if budget >= self.brief.budget:
            return self.brief.budget
        before = 2 * budget
        if before not in self._counts:
            self._counts[before] = self.kit.chosen(self._allowed(before), self.names).count
        return min(budget, int(_FEWER * self._counts[before]))


def build(options: BuildingOptions, brief: Brief) -> BuildingModel:
    """Lay out, clad and paint the building that ``options`` and the seed describe."""
    style = style_of(options, brief.seed)
    layout = Layout.of(options, style, brief.budget)
    panels, roof = Panels.of(layout, brief.seed), roof_of(layout, brief.budget)
    trims, coverings = trim_kinds(layout, brief.budget), roof_kinds(layout)
    drafts = {
        "Facade": Draft(wall_charts(panels), wall_group),
        "Roof": Draft({**roof_charts(roof), **charts_of(coverings)}, roof_group),
        "Trim": Draft(charts_of(trims), lambda name: trims[name.removesuffix("_end")].finish),
        "Glass": Draft(glass_charts(_pane_sizes(layout)), lambda name: str("edge" in name)),
    }
    bays = bay_cells(panels, drafts["Facade"])
    sites = {
        bevelled: Site(
            panels, brief.seed, bays, roof,
            trim=Workshop(trims, drafts["Trim"], bevelled),
            roofing=Workshop(coverings, drafts["Roof"], bevelled),
            glass=drafts["Glass"],
        )
        for bevelled in (False, True)
    }  # fmt: skip
    kit = Kit(panels, roof, drafts, sites)
    chosen = kit.chosen(brief.budget, None)
    sheets = _sheets(drafts, chosen, brief.texture_size)
    materials = {
        "Facade": wall_material(panels, sheets["Facade"], brief.seed),
        "Roof": roof_material(layout.covering, sheets["Roof"], brief.seed),
        "Trim": trim_material(style, trims, sheets["Trim"], brief.seed),
    }
    if "Glass" in sheets:
        materials["Glass"] = glass_material(sheets["Glass"], brief.seed)
    return BuildingModel(brief, kit, frozenset(chosen.names), sheets, materials)


def _sheets(drafts: dict[str, Draft], chosen: Selection, size: int) -> dict[str, Sheet]:
    """Charts of what is used, the walls' at ``size`` texels and all others at half of it."""
    sheets = {"Facade": drafts["Facade"].packed(frozenset(drafts["Facade"].sizes), size)}
    for part in ("Roof", "Trim", "Glass"):
        used = drafts[part].used(chosen.faces(part).uvs)
        if used:
            sheets[part] = drafts[part].packed(used, size // 2)
    return sheets


def _pane_sizes(layout: Layout) -> dict[str, tuple[float, float]]:
    """Sizes of the panes of windows, and of those in roofs and gables."""
    sizes = {
        name: (
            (opening.right - opening.left) * layout.bay[0],
            (opening.top - opening.bottom) * layout.bay[1],
        )
        for name, opening in layout.openings.items()
        if name != "door"
    }
    if layout.options.roof in ("mansard", "gable"):
        sizes["dormer"] = DORMER_PANE
    return sizes
