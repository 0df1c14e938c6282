"""What the cells of the leaf texture show: twigs with leaves, blossom, needles or leaflets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.angles import cos_sin
from meshmill.geometry.arrays import F64, I64, AnyArray
from meshmill.geometry.generators.tree.clusters import LEAF, NEEDLE, STROKE, Sprites
from meshmill.geometry.generators.tree.draws import uniform
from meshmill.geometry.generators.tree.palettes import Palette

#: Cells of leaf clusters; the last of them stand for the shade inside of the crown.
CELLS, SHADED = 9, 3
#: Fronds of palms, and how much longer than wide they are.
FRONDS, FROND_LENGTH = 3, 3.0
_SIDE_STEMS = 9
_MARGIN, _RAGGED = 0.035, 0.07
_LEAST_LEAVES, _MOST_LEAVES = 16, 320
_PETALS = 5


@dataclass(frozen=True, slots=True)
class Foliage:
    """Proportions of one habit's foliage in its cell.

    ``slender`` is half the width of a leaf over its length, ``cover`` how much of the cell the
    leaves would cover side by side. ``angle`` is degrees of side stems from the leader at its foot
    and its tip, ``turn`` how far leaves turn from their stem; ``blossom`` covers as ``cover``.
    """

    slender: float
    cover: float
    angle: tuple[float, float]
    turn: float = 55.0
    blossom: float = 0.0


FOLIAGE: dict[str, Foliage] = {
    "broadleaf": Foliage(0.3, 1.3, (66, 24), 62.0, 0.34),
    "birch": Foliage(0.34, 1.05, (56, 22), 60.0, 0.1),
    "shrub": Foliage(0.25, 1.35, (60, 24), 56.0, 0.3),
}


def leafy(foliage: Foliage, palette: Palette, leaf: float, seed: int) -> Sprites:
    """Twigs with leaves of the length ``leaf``, in widths of the cell."""
    area = leaf * leaf * foliage.slender * 1.05
    count = int(min(max(foliage.cover / area, _LEAST_LEAVES), _MOST_LEAVES))
    cell, rank = _grid(CELLS, count)
    random = _Random(seed, cell * 1024 + rank)
    stem = rank % (_SIDE_STEMS + 1)
    at = 0.12 + 0.88 * random(0)
    base, heading = _side_stem(foliage, cell, stem, at, seed)
    turn = (random(1) - 0.5) * 2.0
    direction = _turned(heading, turn * (foliage.turn / 360.0))
    length = leaf * (0.75 + 0.4 * random(2))
    scatter = (np.stack((random(7), random(8)), axis=1) - 0.5) * (1.1 * leaf + 0.1)
    base = _kept_inside(base + scatter, direction * length[:, None], random(9))
    depth = 0.25 + 0.75 * random(3)
    shade = random(4) * 0.8 + 0.2 * _Random(seed, cell)(5)
    colour = _between(palette.leaves, shade) * (0.84 + 0.32 * random(6))[:, None]
    leaves = Sprites(
        cell, base, direction, length, length * foliage.slender,
        np.full(len(cell), LEAF), colour, depth,
    )  # fmt: skip
    every = [leaves, _stems(foliage, palette, leaf, seed)]
    if palette.petals:
        every.append(_blossom(foliage, palette, leaf, seed))
    return Sprites.joined(every)


def bare(foliage: Foliage, palette: Palette, thickness: float, seed: int) -> Sprites:
    """Twigs alone, forked twice."""
    count = (_SIDE_STEMS + 1) * 9
    cell, rank = _grid(CELLS, count)
    random = _Random(seed, cell * 1024 + rank)
    stem, number = rank % (_SIDE_STEMS + 1), rank // (_SIDE_STEMS + 1)
    base, heading = _side_stem(foliage, cell, stem, 0.15 + 0.1 * number, seed)
    sign = np.where(number % 2 == 0, 1.0, -1.0)
    direction = _turned(heading, sign * (22.0 + 24.0 * random(1)) / 360.0)
    length = 0.1 + 0.14 * random(2)
    tint = _between(palette.leaves, random(4)) * (0.9 + 0.2 * random(6))[:, None]
    forks = Sprites(
        cell, _kept_inside(base, direction * length[:, None], random(9)), direction, length,
        np.full(len(cell), 0.45 * thickness), np.full(len(cell), STROKE), tint, random(3) * 0.5,
    )  # fmt: skip
    return Sprites.joined([forks, _stems(foliage, palette, thickness * 10.0, seed)])


def needled(palette: Palette, needle: float, breadth: float, seed: int) -> Sprites:
    """Flat sprays of needles, as firs and spruces have them: a leader and side twigs."""
    twigs = 21
    each = int(min(max(2.6 / needle, 16), 60))
    cell, rank = _grid(CELLS, twigs * each)
    twig, place = rank // each, rank % each
    random = _Random(seed, cell * 4096 + rank)
    base, heading, reach = _fir_twig(cell, twig, twigs, seed)
    along = (place // 2 * 2 + random(0)) / each
    side = np.where(place % 2 == 0, 1.0, -1.0)
    direction = _turned(heading, side * (38.0 + 22.0 * random(1)) / 360.0)
    length = needle * (0.75 + 0.5 * random(2)) * (1.0 - 0.35 * along)
    root = base + heading * (reach * along)[:, None]
    root = _kept_inside(root, direction * length[:, None], random(9))
    shade = 0.25 * random(4) + 0.45 * along + 0.3 * _Random(seed, cell)(5)
    colour = _between(palette.leaves, shade) * (0.88 + 0.24 * random(6))[:, None]
    needles = Sprites(
        cell, root, direction, length, np.full(len(cell), breadth),
        np.full(len(cell), NEEDLE), colour, 0.2 + 0.8 * random(3),
    )  # fmt: skip
    own, number = _grid(CELLS, twigs)
    start, way, long = _fir_twig(own, number, twigs, seed)
    stems = _strokes(own, (start, way, long), (breadth * 0.9, 10), palette.stem)
    return Sprites.joined([needles, stems])


def fronds(palette: Palette, breadth: float, seed: int) -> Sprites:
    """Feathers of leaflets on both sides of a midrib; the cell is FROND_LENGTH times as high."""
    each = int(min(max(1.05 * FROND_LENGTH / (2.0 * breadth), 24), 96))
    cell, rank = _grid(FRONDS, 2 * each)
    random = _Random(seed, cell * 1024 + rank)
    along = (rank // 2 + 0.6 * random(0)) / each
    height = FROND_LENGTH * (0.1 + 0.84 * along)
    side = np.where(rank % 2 == 0, 1.0, -1.0)
    degrees = side * (62.0 - 40.0 * along + 9.0 * (random(1) - 0.5))
    direction = _turned(np.broadcast_to((0.0, 1.0), (len(rank), 2)), degrees / 360.0)
    taper = np.minimum(1.0, 0.45 + 3.2 * along) * np.sqrt(np.maximum(1.03 - along * along, 0.02))
    length = np.minimum(0.62 * taper, 0.455 / np.maximum(np.abs(direction[:, 0]), 0.2))
    length = np.minimum(length, (FROND_LENGTH * 0.992 - height) / direction[:, 1])
    base = np.stack((np.zeros(len(rank)), height), axis=1)
    shade = 0.3 * random(4) + 0.35 * along + 0.35 * _Random(seed, cell)(5)
    colour = _between(palette.leaves, shade) * (0.9 + 0.2 * random(6))[:, None]
    leaflets = Sprites(
        cell, base, direction, length, np.full(len(rank), breadth * 1.25),
        np.full(len(rank), NEEDLE), colour, 0.2 + 0.6 * random(3),
    )  # fmt: skip
    own = np.arange(FRONDS)
    up = np.broadcast_to((0.0, 1.0), (FRONDS, 2))
    foot = np.zeros((FRONDS, 2))
    length = np.full(FRONDS, FROND_LENGTH * 0.96)
    ribs = _strokes(own, (foot, up, length), (0.018, 16), palette.stem)
    return Sprites.joined([leaflets, ribs])


def _side_stem(foliage: Foliage, cell: I64, stem: I64, at: AnyArray, seed: int) -> tuple[F64, F64]:
    """Places ``at`` shares along side stems, and the directions there; number 0 is the leader."""
    random = _Random(seed + 31, cell * 64 + stem)
    share = (stem + 0.7 * random(0)) / (_SIDE_STEMS + 1)
    low, high = foliage.angle
    degrees = (low + (high - low) * share) * np.where(stem % 2 == 0, 1.0, -1.0)
    degrees = np.where(stem == 0, 6.0 * (random(1) - 0.5), degrees + 30.0 * (random(2) - 0.5))
    start = np.where(stem == 0, 0.0, 0.06 + 0.66 * share)
    reach = np.where(stem == 0, 0.84, (0.5 - 0.22 * share * share) * (0.62 + 0.5 * random(3)))
    heading = _turned(np.broadcast_to((0.0, 1.0), (len(stem), 2)), degrees / 360.0)
    base = heading * (reach * at)[:, None]
    base[:, 1] += start
    return base, heading


def _stems(foliage: Foliage, palette: Palette, leaf: float, seed: int) -> Sprites:
    """The woody part of twigs."""
    cell, stem = _grid(CELLS, _SIDE_STEMS + 1)
    base, heading = _side_stem(foliage, cell, stem, np.zeros(len(cell)), seed)
    end, _ = _side_stem(foliage, cell, stem, np.ones(len(cell)), seed)
    way = end - base
    long = np.sqrt(way[:, 0] * way[:, 0] + way[:, 1] * way[:, 1])
    return _strokes(cell, (base, heading, long), (0.055 * leaf + 0.002, 9), palette.stem)


def _strokes(
    cell: I64,
    lines: tuple[F64, F64, F64],
    brush: tuple[float, int],
    colour: tuple[int, int, int],
) -> Sprites:
    """Tapered ``lines`` (bases, directions, lengths), drawn in pieces.

    ``brush`` is half the width in the middle, and the number of pieces.
    """
    thick, pieces = brush
    base, heading, long = (np.repeat(field, pieces, axis=0) for field in lines)
    place = np.tile(np.arange(pieces) * (1.0 / pieces), len(cell))
    count = len(place)
    return Sprites(
        np.repeat(cell, pieces), base + heading * (long * place)[:, None], heading,
        long * (1.3 / pieces), thick * (1.5 - place), np.full(count, STROKE),
        np.broadcast_to(np.array(colour, dtype=np.float64), (count, 3)), np.full(count, 0.4),
    )  # fmt: skip


def _blossom(foliage: Foliage, palette: Palette, leaf: float, seed: int) -> Sprites:
    """Flowers of five petals, in front."""
    flowers = int(foliage.blossom / (leaf * leaf * 0.5))
    cell, rank = _grid(CELLS, min(max(flowers, 6), 90) * _PETALS)
    flower = _Random(seed + 57, cell * 1024 + rank // _PETALS)
    stem = (rank // _PETALS) % (_SIDE_STEMS + 1)
    middle, _ = _side_stem(foliage, cell, stem, 0.15 + 0.85 * flower(0), seed)
    petal = 0.36 * leaf * (0.8 + 0.4 * flower(1))
    turn = (rank % _PETALS) * (1.0 / _PETALS) + flower(2)
    direction = _turned(np.broadcast_to((0.0, 1.0), (len(rank), 2)), turn)
    shift = (np.stack((flower(3), flower(4)), axis=1) - 0.5) * leaf
    middle = np.clip(
        middle + shift, (-0.5 + _MARGIN + leaf * 0.5, _MARGIN), (0.5 - _MARGIN - leaf * 0.5, 0.93)
    )
    colour = _between(palette.petals, flower(5))
    return Sprites(
        cell, middle, direction, petal, petal * 0.42, np.full(len(rank), LEAF), colour,
        0.9 + 0.1 * flower(6),
    )  # fmt: skip


def _fir_twig(cell: I64, twig: I64, twigs: int, seed: int) -> tuple[F64, F64, F64]:
    """Bases, directions and lengths of a spray's twigs; number 0 is the leader."""
    random = _Random(seed + 31, cell * 64 + twig)
    share = (twig - 1 + 0.5 * random(0)) / (twigs - 1)
    degrees = (54.0 - 20.0 * share + 16.0 * (random(1) - 0.5)) * np.where(twig % 2 == 0, 1.0, -1.0)
    leader = twig == 0
    degrees = np.where(leader, 4.0 * (random(1) - 0.5), degrees)
    heading = _turned(np.broadcast_to((0.0, 1.0), (len(twig), 2)), degrees / 360.0)
    base = np.zeros((len(twig), 2))
    base[:, 1] = np.where(leader, 0.0, 0.02 + 0.8 * share)
    side = np.minimum(0.52 * (1.06 - share), 0.22 + 1.6 * np.abs(share))
    reach = np.where(leader, 0.88, side * (0.5 + 0.6 * random(2)))
    return base, heading, reach


def _kept_inside(base: F64, reach: F64, ragged: F64) -> F64:
    """Bases moved so that sprites don't reach over the cell's sides and top.

    ``ragged``, 0 … 1, keeps each a little farther inside, lest they line up.
    """
    shy = (_MARGIN + _RAGGED * ragged)[:, None]
    low = np.array((-0.5, 0.0)) + shy * (1.0, 0.0) - np.minimum(reach, 0.0)
    high = np.array((0.5, 1.0)) - shy - np.maximum(reach, 0.0)
    moved: F64 = np.minimum(np.maximum(base, low), high)
    return moved


def _turned(direction: F64, turns: F64) -> F64:
    """Directions (n, 2) turned clockwise by ``turns``."""
    along, aside = cos_sin(turns)
    x, y = direction[:, 0], direction[:, 1]
    return np.stack((x * along + y * aside, y * along - x * aside), axis=1)


def _between(colours: tuple[tuple[int, int, int], ...], share: F64) -> F64:
    """Colours (n, 3) at places 0 … 1 along ``colours``."""
    stops = np.array(colours, dtype=np.float64)
    at = np.clip(share, 0.0, 1.0) * (len(stops) - 1)
    cell = np.minimum(at.astype(np.int64), max(len(stops) - 2, 0))
    following = np.minimum(cell + 1, len(stops) - 1)
    mixed: F64 = stops[cell] + (at - cell)[:, None] * (stops[following] - stops[cell])
    return mixed


def _grid(cells: int, count: int) -> tuple[I64, I64]:
    """``count`` sprites in each of ``cells``: cell and number."""
    return np.repeat(np.arange(cells), count), np.tile(np.arange(count), cells)


@dataclass(frozen=True, slots=True, eq=False)
class _Random:
    """Uniform numbers of sprites: ``random(channel)``, 0 … 1."""

    seed: int
    index: I64

    def __call__(self, channel: int) -> F64:
        return uniform(self.seed, self.index, channel)
