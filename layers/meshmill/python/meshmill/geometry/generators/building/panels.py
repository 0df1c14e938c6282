"""Which panels a facade is made of: patterns of bays, and several variants of each.

A panel is ``groups`` bays wide and a band's storeys high, and has a chart of the wall's texture.
Panels of one pattern differ in what is behind their windows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import I64
from meshmill.geometry.generators.building.layout import BLANK, DOOR, WINDOW, Band, Layout
from meshmill.geometry.noise import hash_share

#: Variants of what is seen through a window: unlit ones, then lit ones.
DARK, LIT = 4, 4
_PERIOD = 4
_MOST_VARIANTS = 9
#: Square metres of texture for panels of upper storeys and of the ground floor.
_AREAS = {False: 104.0, True: 50.0}
_PATTERN_SALT, _LIT_SALT, _GLASS_SALT, _CHOICE_SALT = 21, 22, 23, 24

Key = tuple[int, int, bool]


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Panels of one size: ``kinds`` and ``glass`` int64 (variants, storeys, bays).

    Rows are from the lowest storey up. ``choices`` lists the variants of each pattern of bays.
    """

    key: Key
    kinds: I64
    glass: I64
    choices: dict[tuple[int, ...], tuple[int, ...]]

    def name(self, variant: int) -> str:
        """Name of a variant's chart."""
        bays, storeys, ground = self.key
        return f"{'ground' if ground else 'upper'}_{bays}x{storeys}_{variant}"


@dataclass(frozen=True, slots=True, eq=False)
class Panels:
    """All panels of a building, by size."""

    layout: Layout
    seed: int
    pools: dict[Key, Pool]

    @classmethod
    def of(cls, layout: Layout, seed: int) -> Panels:
        """Draw the panels of a building."""
        patterns: dict[Key, set[tuple[int, ...]]] = {}
        for side in range(4):
            for band in layout.bands:
                key = _key(layout, side, band)
                kinds = bay_kinds(layout, seed, side, ground=band.ground)
                rows = kinds.reshape(-1, key[0])
                patterns.setdefault(key, set()).update(tuple(row.tolist()) for row in rows)
        pools = {key: _pool(layout, seed, key, sorted(found)) for key, found in patterns.items()}
        return cls(layout, seed, pools)

    def pool(self, side: int, band: Band) -> Pool:
        """The panels of a side's band."""
        return self.pools[_key(self.layout, side, band)]

    def variants(self, side: int, band: Band) -> I64:
        """Variant of each panel along a side's band, int64 (panels,)."""
        pool = self.pool(side, band)
        kinds = bay_kinds(self.layout, self.seed, side, ground=band.ground)
        rows = [tuple(row) for row in kinds.reshape(-1, pool.key[0]).tolist()]
        place = np.arange(len(rows))
        share = hash_share(self.seed + _CHOICE_SALT, place, np.array(side % 4 + 16 * band.first))
        picks = [
            pool.choices[row][int(at * len(pool.choices[row]))]
            for row, at in zip(rows, share.tolist(), strict=True)
        ]
        return np.array(picks, dtype=np.int64)


def bay_kinds(layout: Layout, seed: int, side: int, *, ground: bool) -> I64:
    """Kinds of the bays along a side, int64 (bays,): windows stand above one another."""
    count = layout.bays[side % 2]
    density = layout.options.window_density
    held = round(_PERIOD * density * (2.0 - density)) if density > 0 else 0
    ranks = np.argsort(hash_share(seed + _PATTERN_SALT, np.arange(_PERIOD)), kind="stable")
    pattern = np.full(_PERIOD, BLANK)
    pattern[ranks[: max(held, 1 if density > 0 else 0)]] = WINDOW
    kinds = pattern[np.arange(count) % _PERIOD]
    if density > 0 and not (kinds == WINDOW).any():
        kinds[count // 2] = WINDOW
    if ground and side % 2 == 0:
        kinds[_door_bays(layout, count)] = DOOR
    return kinds.astype(np.int64)


def _door_bays(layout: Layout, count: int) -> I64:
    middle = count // 2
    if not layout.style.roller:
        return np.array([middle], dtype=np.int64)
    return np.arange(middle % 2, count, 2, dtype=np.int64)


def _key(layout: Layout, side: int, band: Band) -> Key:
    return layout.groups[side % 2], band.storeys, band.ground


def _pool(layout: Layout, seed: int, key: Key, patterns: list[tuple[int, ...]]) -> Pool:
    bays, storeys, ground = key
    area = bays * storeys * layout.bay[0] * layout.bay[1]
    each = int(_AREAS[ground] / (area * len(patterns)) + 0.5)
    choices: dict[tuple[int, ...], tuple[int, ...]] = {}
    rows: list[tuple[int, ...]] = []
    for pattern in patterns:
        most = _MOST_VARIANTS if WINDOW in pattern else 2
        count = max(1, min(each, most))
        choices[pattern] = tuple(range(len(rows), len(rows) + count))
        rows += [pattern] * count
    kinds = np.repeat(np.array(rows, dtype=np.int64)[:, None, :], storeys, axis=1)
    return Pool(key, kinds, _glass(layout, seed, key, kinds), choices)


def _glass(layout: Layout, seed: int, key: Key, kinds: I64) -> I64:
    """What is behind each window: of all windows the asked-for share is lit."""
    salt = seed + 97 * key[0] + 31 * key[1] + int(key[2])
    place = np.arange(kinds.size)
    windows = np.flatnonzero(kinds.ravel() == WINDOW)
    order = windows[np.argsort(hash_share(salt + _LIT_SALT, windows), kind="stable")]
    lit = round(layout.options.lit_windows * len(windows))
    if layout.options.lit_windows > 0 and len(windows):
        lit = max(1, lit)
    share = hash_share(salt + _GLASS_SALT, place)
    glass = (share * DARK).astype(np.int64)
    glass[order[:lit]] = DARK + (share[order[:lit]] * LIT).astype(np.int64)
    return glass.reshape(kinds.shape)
