"""Which checks of point 9 each generator has."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.acceptance.domain.building import check_building
from tests.acceptance.domain.crate import check_crate
from tests.acceptance.domain.gear import check_gear
from tests.acceptance.domain.planet import check_planet
from tests.acceptance.domain.rock import check_rock
from tests.acceptance.domain.terrain import check_terrain
from tests.acceptance.domain.tree import check_tree
from tests.acceptance.domain.vase import check_vase
from tests.acceptance.report import Check
from tests.acceptance.subject import Asset

_CHECKS: dict[str, Callable[[Asset], Iterator[Check]]] = {
    "building": check_building,
    "crate": check_crate,
    "gear": check_gear,
    "planet": check_planet,
    "rock": check_rock,
    "terrain": check_terrain,
    "tree": check_tree,
    "vase": check_vase,
}


def check_domain(asset: Asset) -> Iterator[Check]:
    """What only this kind of thing can get wrong; nothing for a kind that is not known here."""
    check = _CHECKS.get(asset.generator)
    return check(asset) if check is not None else iter(())
