"""Maps of a crate's materials, painted sheet by sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from meshmill.geometry.charts import Atlas
from meshmill.geometry.generators.crate.enamel import Enamel
from meshmill.geometry.generators.crate.pieces import Skin, Slot
from meshmill.geometry.generators.crate.polymer import Polymer
from meshmill.geometry.generators.crate.sheets import Coat, Sheet, put, sheets_of
from meshmill.geometry.generators.crate.spec import CrateOptions
from meshmill.geometry.generators.crate.steel import Steel
from meshmill.geometry.generators.crate.timber import Timber
from meshmill.geometry.maps import MapSet
from meshmill.geometry.scene import Material


class Coating(Protocol):
    """A kind of surface, of a lot by the ``seed``, worn 0 … 1, on a crate of ``mean`` metres."""

    def __init__(self, seed: int, wear: float, mean: float) -> None: ...

    @property
    def ground(self) -> tuple[int, int, int]:
        """Its colour on the whole, of texels that belong to no chart."""

    @property
    def metal(self) -> int:
        """The metalness of such texels, 0 … 255."""

    def coat(self, sheet: Sheet) -> Coat:
        """Paint a band of a sheet."""


_BODIES: dict[str, type[Coating]] = {"wood": Timber, "metal": Enamel, "plastic": Polymer}


def paint(
    options: CrateOptions, slot: Slot, skins: Sequence[Skin], atlas: Atlas, seed: int
) -> Material:
    """The material of a slot, with all its charts and their gutters."""
    mean = (options.width_m + options.height_m + options.depth_m) / 3
    kind: type[Coating] = _BODIES[options.material] if slot == "body" else Steel
    coating = kind(seed, options.wear, mean)
    maps = MapSet.filled(atlas.size, coating.ground, (255, 190, coating.metal))
    for sheet in sheets_of(skins, atlas):
        put(sheet, [(rows, coating.coat(band)) for band, rows in sheet.bands()], maps, atlas.gutter)
    return maps.material("Crate", options.material.capitalize() if slot == "body" else "Hardware")
