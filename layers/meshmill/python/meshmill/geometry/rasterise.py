"""A z-buffer rasteriser of many triangles in numpy.

Each triangle is cut into lines of samples; edge functions give both ends of every line at once.
Juan Pineda, "A Parallel Algorithm for Polygon Rasterization" (1988), for the edge functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from meshmill.geometry.arrays import F32, I64, AnyArray, Bools

#: No triangle here; also the index of a cleared sample.
EMPTY = -1

#: As many as keep the arrays of one batch in cache.
_SAMPLES_PER_BATCH = 1 << 15
#: Rounding may put a sample of a shared edge outside of both its triangles.
_TOLERANCE = np.float32(1e-3)
_LEAST_WEIGHT = np.float32(1e-20)
_FAR = np.float32(np.inf)
#: Areas nearer to zero have no reciprocal in float32.
_SLIVER = np.float32(-1e-12)
_HALF, _ONE = np.float32(0.5), np.float32(1.0)

_Slopes = tuple[F32, F32]


@dataclass(frozen=True, slots=True)
class Cutout:
    """A texture that says where the triangles of a draw call have holes.

    ``coordinates`` are float32 (3, n): u w, v w and w of each vertex, with a w that makes all three
    linear on the screen (nearness under perspective, 1 in a parallel view). ``solid`` is bool
    (height, width), row 0 at v = 0.
    """

    coordinates: F32
    solid: Bools

    def keeps(self, corners: tuple[I64, I64, I64], share0: F32, share1: F32) -> Bools:
        """Which fragments are solid: bool (f,), from their barycentric coordinates."""
        share2 = _ONE - share0 - share1
        u, v, w = (
            row.take(corners[0]) * share0 + row.take(corners[1]) * share1
            + row.take(corners[2]) * share2
            for row in self.coordinates
        )  # fmt: skip
        height, width = self.solid.shape
        w = np.maximum(w, _LEAST_WEIGHT)
        column = np.clip(u / w * np.float32(width), 0, width - 1).astype(np.int64)
        row = np.clip(v / w * np.float32(height), 0, height - 1).astype(np.int64)
        kept: Bools = self.solid.ravel().take(row * width + column)
        return kept


class ZBuffer:
    """The nearest triangle of each sample of a square, drawn in any number of calls.

    ``triangle`` is int32 (size * size,), :data:`EMPTY` where nothing is; ``nearness`` float32
    alike, zero where nothing is. Samples' centres are at half integers.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.triangle = np.full(size * size, EMPTY, dtype=np.int32)
        self.nearness = np.zeros(size * size, dtype=np.float32)

    def draw(
        self, screen: F32, triangles: AnyArray, numbers: AnyArray, cutout: Cutout | None = None
    ) -> None:
        """Draw what is in front of all that was drawn before.

        ``screen`` is float32 (n, 3): x to the right, y downwards, and a positive nearness that is
        linear on the screen and greater for what is in front. Only triangles (m, 3) that are
        counter-clockwise as seen are drawn; ``numbers`` (m,) stand for them in ``triangle``.
        """
        faces = _Faces.in_front(screen, triangles, numbers, self.size)
        for batch in _batches(faces):
            self._draw_batch(faces, batch, cutout)

    def discard(self, samples: Bools) -> None:
        """Clear ``samples``, bool (size * size,)."""
        self.triangle[samples] = EMPTY
        self.nearness[samples] = 0

    def _draw_batch(self, faces: _Faces, batch: I64, cutout: Cutout | None) -> None:
        lines = _Lines.of(faces, batch)
        pixel, depth = lines.fragments(faces, self.size)
        nearer = np.flatnonzero(depth > self.nearness.take(pixel))
        pixel, depth = pixel.take(nearer), depth.take(nearer)
        source = np.repeat(lines.face, lines.count).take(nearer)
        if cutout:
            corners = faces.first.take(source), faces.second.take(source), faces.third.take(source)
            kept = np.flatnonzero(cutout.keeps(corners, *faces.shares(source, pixel, self.size)))
            pixel, depth, source = pixel.take(kept), depth.take(kept), source.take(kept)
        np.maximum.at(self.nearness, pixel, depth)
        wins = np.flatnonzero(depth == self.nearness.take(pixel))
        self.triangle[pixel.take(wins)] = faces.number.take(source.take(wins))


def rasterise(screen: F32, triangles: AnyArray, size: int) -> ZBuffer:
    """Draw ``triangles`` (m, 3), numbered by their rows, into a new z-buffer."""
    buffer = ZBuffer(size)
    buffer.draw(screen, triangles, np.arange(len(triangles), dtype=np.int32))
    return buffer


@dataclass(frozen=True, slots=True)
class _Faces:
    """Triangles that face the viewer, and how their values change over the screen.

    ``share0`` and ``share1`` (barycentric coordinates of the first two corners) and ``nearness``
    are slopes along x and y, to be counted from the third corner at ``x``, ``y``, where the
    nearness is ``base``. ``left``, ``top``, ``columns`` and ``rows`` are the box of samples;
    ``samples`` is about how much work there is.
    """

    number: AnyArray
    samples: I64
    first: I64
    second: I64
    third: I64
    left: I64
    top: I64
    columns: I64
    rows: I64
    x: F32
    y: F32
    base: F32
    share0: _Slopes
    share1: _Slopes
    nearness: _Slopes

    @classmethod
    def in_front(cls, screen: F32, triangles: AnyArray, numbers: AnyArray, size: int) -> _Faces:
        x, y, z = (np.ascontiguousarray(screen[:, axis]) for axis in range(3))
        corners = tuple(triangles[:, corner].astype(np.int64) for corner in range(3))
        (x0, x1, x2), (y0, y1, y2) = ([row.take(at) for at in corners] for row in (x, y))
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        left, columns = _span(x0, x1, x2, size)
        top, rows = _span(y0, y1, y2, size)
        # y grows downwards: areas of fronts are negative.
        kept = np.flatnonzero((area < _SLIVER) & (columns > 0) & (rows > 0))
        x0, x1, x2, y0, y1, y2 = (row.take(kept) for row in (x0, x1, x2, y0, y1, y2))
        first, second, third = (at.take(kept) for at in corners)
        area = area.take(kept)
        inverse: F32 = np.divide(_ONE, area)
        samples = (area * -_HALF).astype(np.int64) + 2 * rows.take(kept)
        share0 = ((y1 - y2) * inverse, (x2 - x1) * inverse)
        share1 = ((y2 - y0) * inverse, (x0 - x2) * inverse)
        base = z.take(third)
        rise0, rise1 = z.take(first) - base, z.take(second) - base
        return cls(
            numbers.take(kept), samples, first, second, third,
            left.take(kept), top.take(kept), columns.take(kept), rows.take(kept),
            x2, y2, base, share0, share1,
            (share0[0] * rise0 + share1[0] * rise1, share0[1] * rise0 + share1[1] * rise1),
        )  # fmt: skip

    def shares(self, source: I64, pixel: I64, size: int) -> tuple[F32, F32]:
        """Barycentric coordinates of the first two corners of fragments."""
        row = pixel // size
        dx = (pixel - row * size).astype(np.float32) + _HALF - self.x.take(source)
        dy = row.astype(np.float32) + _HALF - self.y.take(source)
        share0, share1 = (
            along_x.take(source) * dx + along_y.take(source) * dy
            for along_x, along_y in (self.share0, self.share1)
        )
        return share0, share1


def _span(t0: F32, t1: F32, t2: F32, size: int) -> tuple[I64, I64]:
    """First sample within the range of three coordinates, and how many there are."""
    low, high = (
        np.clip(np.ceil(bound - _HALF), 0, size).astype(np.int64)
        for bound in (
            np.minimum(np.minimum(t0, t1), t2),
            np.maximum(np.maximum(t0, t1), t2),
        )
    )
    return low, high - low


def _batches(faces: _Faces) -> Iterator[I64]:
    """Runs of faces that have about as many lines and samples as fit into the cache."""
    seen = np.cumsum(faces.samples)
    if not len(seen):
        return
    ends = np.arange(1, seen[-1] // _SAMPLES_PER_BATCH + 1) * _SAMPLES_PER_BATCH
    bounds = np.unique(np.concatenate(([0], np.searchsorted(seen, ends), [len(seen)])))
    for start, stop in pairwise(bounds):
        yield np.arange(start, stop)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Runs of samples in a row of a face: where each begins, and how many it has."""

    face: I64
    row: I64
    column: I64
    count: I64

    @classmethod
    def of(cls, faces: _Faces, batch: I64) -> _Lines:
        rows = faces.rows[batch]
        face = np.repeat(batch, rows)
        row = np.arange(len(face)) + np.repeat(faces.top[batch] - (np.cumsum(rows) - rows), rows)
        low, high = _ends(faces, face, row.astype(np.float32) + _HALF - faces.y.take(face))
        x = faces.x.take(face) - _HALF
        left = faces.left.take(face)
        last = left + faces.columns.take(face) - 1
        column = np.clip(np.ceil(low + x - _TOLERANCE), left, last + 1).astype(np.int64)
        stop = np.clip(np.floor(high + x + _TOLERANCE), left - 1, last).astype(np.int64)
        kept = np.flatnonzero(stop >= column)
        column = column.take(kept)
        return cls(face.take(kept), row.take(kept), column, stop.take(kept) + 1 - column)

    def fragments(self, faces: _Faces, size: int) -> tuple[I64, F32]:
        """Indices on the screen and nearness of all samples of the lines, one after another."""
        face, count = self.face, self.count
        within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        dx = self.column.astype(np.float32) + _HALF - faces.x.take(face)
        dy = self.row.astype(np.float32) + _HALF - faces.y.take(face)
        along_x, along_y = (slope.take(face) for slope in faces.nearness)
        start = faces.base.take(face) + along_y * dy + along_x * dx
        depth = np.repeat(along_x, count) * within.astype(np.float32) + np.repeat(start, count)
        return np.repeat(self.row * size + self.column, count) + within, depth


def _ends(faces: _Faces, face: I64, dy: F32) -> tuple[F32, F32]:
    """Where lines enter and leave their faces, as offsets from the third corner along x."""
    (a0, b0), (a1, b1) = (
        (slopes[0].take(face), slopes[1].take(face)) for slopes in (faces.share0, faces.share1)
    )
    low = np.full(len(face), -_FAR)
    high = np.full(len(face), _FAR)
    for slope, value in ((a0, b0 * dy), (a1, b1 * dy), (-a0 - a1, _ONE - (b0 + b1) * dy)):
        # The share is slope * x + value; it must not be negative.
        crossing = -value / np.where(slope == 0, _ONE, slope)
        np.maximum(low, np.where(slope > 0, crossing, -_FAR), out=low)
        np.minimum(high, np.where(slope < 0, crossing, _FAR), out=high)
    return low, high
