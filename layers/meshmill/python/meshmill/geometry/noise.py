"""Gradient noise from integer hashes: the same bits on every machine.

On raster grids the interpolation is separable: each lattice row is spread along the columns once,
and every pixel row is a weighted sum of four such rows. That is four products and three sums a
pixel, against about a hundred operations for noise at scattered points.
Ken Perlin, "Improving Noise" (2002), for the fade curve; Mark Jarzynski and Marc Olano, "Hash
Functions for GPU Rendering" (2020), for the choice of an integer hash.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshmill.geometry.arrays import F32, I64, U32

_COMPONENT_BITS = 10
_COMPONENT_MASK = np.uint32((1 << _COMPONENT_BITS) - 1)
_COMPONENT_SCALE = np.float32(2.0 / ((1 << _COMPONENT_BITS) - 1))
#: Brings the usual range of noise with these gradients near to -1 … 1.
_GAIN = np.float32(1.5)
#: As many as keep the intermediate arrays in cache, and the calls for each few.
_POINTS_AT_ONCE = 32768
_LAST_AXIS = 2
#: The golden ratio in 32 bits.
_COORDINATE = np.uint32(0x9E3779B1)
#: Texels from which on a run of rows is worth a turn of a Python loop.
_LONG_RUN = 6144


def hash_lattice(seed: int, *coordinates: NDArray[Any]) -> U32:
    """Hash integer lattice coordinates, broadcast against one another, to uint32."""
    state = _initial(seed)
    for coordinate in coordinates:
        state = _absorb(state, coordinate.astype(np.uint32))
    return state


def hash_share(seed: int, *coordinates: NDArray[Any]) -> F32:
    """Hash integer lattice coordinates to float32 from 0 up to, not including, 1."""
    bits = hash_lattice(seed, *coordinates) >> np.uint32(8)
    share: F32 = bits.view(np.int32).astype(np.float32) * np.float32(1.0 / (1 << 24))
    return share


def _initial(seed: int) -> U32:
    return np.array([_mix_scalar(seed)], dtype=np.uint32)


def _absorb(state: U32, coordinate: U32) -> U32:
    return _mix(coordinate * _COORDINATE + state)


def gradient_component(hashed: U32, axis: int) -> F32:
    """One component, -1 … 1, of the gradient that a lattice point's hash stands for."""
    component = _component_bits(hashed, axis)
    component *= _COMPONENT_SCALE
    component -= np.float32(1.0)
    return component


def _component_bits(hashed: U32, axis: int) -> F32:
    bits = hashed >> np.uint32(axis * _COMPONENT_BITS)
    bits &= _COMPONENT_MASK
    # Signed integers become floats in one instruction, unsigned ones don't.
    return bits.view(np.int32).astype(np.float32)


def lattice_noise(rows: F32, columns: F32, along_rows: F32, along_columns: F32) -> F32:
    """Gradient noise on the grid ``rows`` x ``columns``, about -1 … 1, float32 (r, c).

    ``rows`` and ``columns`` ascend, in units of the lattice whose gradient components
    ``along_rows`` and ``along_columns`` are, float32 (j, i); they stay within 0 … j-1 and 0 … i-1.
    """
    return NoiseSpread(columns, along_rows, along_columns).band(rows)


class NoiseSpread:
    """Gradient noise spread along its columns once, to be read in bands of rows.

    Arguments are those of :func:`lattice_noise`; ``strength`` is what the noise is multiplied by.
    """

    def __init__(
        self, columns: F32, along_rows: F32, along_columns: F32, strength: float = 1.0
    ) -> None:
        cell = np.minimum(columns.astype(np.intp), along_columns.shape[1] - 2)
        within = columns - cell.astype(np.float32)
        weight, gain = fade(within), _GAIN * np.float32(strength)
        near, far = (np.take(along_columns, cell + k, axis=1, mode="clip") for k in (0, 1))
        near *= within
        far *= within - np.float32(1.0)
        level = _blend(near, far, weight, gain)
        near, far = (np.take(along_rows, cell + k, axis=1, mode="clip") for k in (0, 1))
        slope = _blend(near, far, weight, gain)
        # Between two lattice rows noise is level + t slope + fade(t) (rise + t bend).
        bend = slope[1:] - slope[:-1]
        rise = level[1:] - level[:-1]
        rise -= slope[1:]
        self._terms = (level, slope, rise, bend)

    def band(self, rows: F32) -> F32:
        """Noise at ascending positions ``rows``: float32 (r, columns)."""
        first = np.minimum(rows.astype(np.intp), len(self._terms[-1]) - 1)
        within = rows - first.astype(np.float32)
        weight = fade(within)
        return weighted_rows(first, self._terms, (within, weight, weight * within))


def _blend(near: F32, far: F32, weight: F32, gain: np.float32) -> F32:
    """From ``near`` to ``far`` by ``weight``, times the gain; changes ``far``."""
    far -= near
    far *= weight
    far += near
    far *= gain
    return far


def weighted_rows(first: I64, terms: Sequence[F32], factors: Sequence[F32]) -> F32:
    """Rows ``terms[0][first] + factors[0] * terms[1][first] + …``, float32 (r, columns).

    ``first`` (r,) ascends; ``terms`` are float32 (j, columns), one more than ``factors`` (r,).
    """
    columns = [factor[:, None] for factor in factors]
    stretches = runs(first)
    if len(first) * terms[0].shape[1] < len(stretches) * _LONG_RUN:
        return _weighted([np.take(term, first, axis=0) for term in terms], columns)
    out = np.empty((len(first), terms[0].shape[1]), dtype=np.float32)
    for start, stop in stretches:
        lattice_row = first[start]
        _weighted(
            [term[lattice_row] for term in terms],
            [column[start:stop] for column in columns],
            out[start:stop],
        )
    return out


def _weighted(terms: Sequence[F32], factors: Sequence[F32], out: F32 | None = None) -> F32:
    """The first term and the products of the others with their factors."""
    total = np.multiply(factors[0], terms[1], out=out)
    total += terms[0]
    product = np.empty_like(total)
    for factor, term in zip(factors[1:], terms[2:], strict=True):
        np.multiply(factor, term, out=product)
        total += product
    return total


def runs(values: NDArray[Any]) -> list[tuple[int, int]]:
    """Stretches of equal neighbours in a one-dimensional array, as (start, stop)."""
    edges = np.flatnonzero(values[1:] != values[:-1]) + 1
    bounds = [0, *edges.tolist(), len(values)]
    return list(pairwise(bounds))


def periodic_noise(rows: F32, columns: F32, cells: int, seed: int) -> F32:
    """Noise over the unit square that continues itself at its borders, ``cells`` features a side.

    ``rows`` and ``columns`` are ascending positions, 0 … 1 (a little beyond is allowed).
    """
    return stretched_noise(rows, columns, (cells, cells), seed)


def stretched_noise(rows: F32, columns: F32, cells: tuple[int, int], seed: int) -> F32:
    """Noise as :func:`periodic_noise`, with as many features down and across as ``cells`` says."""
    down, across = cells
    rows, columns = rows * np.float32(down), columns * np.float32(across)
    row_start, row_index = _lattice_span(rows)
    column_start, column_index = _lattice_span(columns)
    hashed = hash_lattice(seed, row_index[:, None] % down, column_index[None, :] % across)
    return lattice_noise(
        rows - row_start,
        columns - column_start,
        gradient_component(hashed, 0),
        gradient_component(hashed, 1),
    )


def fractal_noise(rows: F32, columns: F32, cells: tuple[int, int], octaves: int, seed: int) -> F32:
    """Octaves of :func:`stretched_noise`, each twice as fine and half as strong, about -1 … 1."""
    total = np.zeros((len(rows), len(columns)), dtype=np.float32)
    weight = 1.0 / (2.0 - 2.0 / (1 << octaves))
    for octave in range(octaves):
        finer = (cells[0] << octave, cells[1] << octave)
        layer = stretched_noise(rows, columns, finer, seed + octave)
        layer *= np.float32(weight)
        total += layer
        weight *= 0.5
    return total


def point_fractal(points: F32, octaves: int, seed: int) -> F32:
    """Octaves of :func:`point_noise`, each twice as fine and half as strong, about -1 … 1."""
    total = np.zeros(len(points), dtype=np.float32)
    weight = 1.0 / (2.0 - 2.0 / (1 << octaves))
    for octave in range(octaves):
        layer = point_noise(points * np.float32(1 << octave), seed + octave)
        layer *= np.float32(weight)
        total += layer
        weight *= 0.5
    return total


def _lattice_span(positions: F32) -> tuple[np.float32, NDArray[np.int64]]:
    """First lattice line at or below ascending positions, and all lines that they touch."""
    start, stop = int(np.floor(positions[0])), int(np.floor(positions[-1])) + 2
    return np.float32(start), np.arange(start, stop)


def point_noise(points: F32, seed: int) -> F32:
    """Gradient noise at scattered points (n, 3), one feature a unit, about -1 … 1, float32 (n,)."""
    noise = np.empty(len(points), dtype=np.float32)
    for start in range(0, len(points), _POINTS_AT_ONCE):
        chunk = points[start : start + _POINTS_AT_ONCE]
        noise[start : start + len(chunk)] = _noise_at(np.ascontiguousarray(chunk.T), seed)
    noise *= _GAIN
    return noise


def _noise_at(points: F32, seed: int) -> F32:
    """Noise at points (3, n), before its gain."""
    base = np.floor(points)
    cells = base.astype(np.int32).view(np.uint32)
    within = points - base
    sides = (within, within - np.float32(1.0))
    weights = fade(within)
    scaled = [side * _COMPONENT_SCALE for side in sides]
    keys = [(cells + np.uint32(step)) * _COORDINATE for step in (0, 1)]

    def along(axis: int, state: U32, offsets: tuple[F32, ...], reach: F32 | None) -> F32:
        """Blend the two sides of one axis, each blended over the axes that follow.

        ``offsets`` are scaled ways from the corner along the axes before, ``reach`` their sum.
        """
        ends = []
        for step in (0, 1):
            hashed = _mix(keys[step][axis] + state)
            ways = (*offsets, scaled[step][axis])
            so_far = sides[step][axis] if reach is None else reach + sides[step][axis]
            if axis == _LAST_AXIS:
                ends.append(_slope(hashed, ways, so_far))
            else:
                ends.append(along(axis + 1, hashed, ways, so_far))
        near, far = ends
        far -= near
        far *= weights[axis]
        far += near
        return far

    return along(0, _initial(seed), (), None)


def _slope(hashed: U32, ways: tuple[F32, ...], reach: F32) -> F32:
    """A corner's gradient times the way from it.

    A component is its bits, scaled, less 1: hence bits times the scaled ways, less their sum.
    """
    total = _component_bits(hashed, 0)
    total *= ways[0]
    for axis in (1, 2):
        bits = _component_bits(hashed, axis)
        bits *= ways[axis]
        total += bits
    total -= reach
    return total


def fade(t: F32) -> F32:
    """Perlin's quintic: 0 to 1 with first and second derivatives zero at both ends."""
    curve = t * np.float32(6.0)
    curve -= np.float32(15.0)
    curve *= t
    curve += np.float32(10.0)
    for _ in range(3):
        curve *= t
    return curve


def _mix(state: U32) -> U32:
    """A 32-bit finaliser (Chris Wellons' lowbias32), in place."""
    state ^= state >> np.uint32(16)
    state *= np.uint32(0x21F0AAAD)
    state ^= state >> np.uint32(15)
    state *= np.uint32(0x735A2D97)
    state ^= state >> np.uint32(15)
    return state


def _mix_scalar(seed: int) -> int:
    value = (seed * int(_COORDINATE) + 0x7F4A7C15) & 0xFFFFFFFF
    value = ((value ^ (value >> 16)) * 0x21F0AAAD) & 0xFFFFFFFF
    value = ((value ^ (value >> 15)) * 0x735A2D97) & 0xFFFFFFFF
    return value ^ (value >> 15)
