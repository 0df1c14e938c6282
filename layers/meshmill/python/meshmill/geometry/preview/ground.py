"""A soft shadow where the model meets the ground, as black of some opacity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64, I64, U8
from meshmill.geometry.camera import Camera
from meshmill.geometry.preview.soup import Sight, Soup
from meshmill.geometry.preview.stance import Stance
from meshmill.geometry.rasterise import rasterise
from meshmill.geometry.rasters import box_blur, smoothstep

_CELLS = 160
#: Share of the footprint's extent that is left around it for the shadow to fade in.
_MARGIN = 0.2
_CONTACT, _BROAD = np.float32(0.42), np.float32(0.30)
#: Height over the footprint's extent up to which something darkens the ground by contact.
_NEAR = 0.10
#: Height over the extent at which something hovering darkens the ground a quarter as much.
_REACH = np.float32(0.2)
_FADE = 36.0
_OPAQUE = np.uint8(255)
_ONE, _HALF = np.float32(1.0), np.float32(0.5)
_TINY, _FAR, _LEAST_SLOPE = np.float32(1e-6), np.float32(9.0), np.float32(-1e-6)


def add_ground_shadow(pixels: U8, soup: Soup, stance: Stance, camera: Camera, scale: int) -> None:
    """Darken the ground behind the model's uint8 ``pixels`` (n, n, 4), in place.

    ``camera`` has ``scale`` samples a pixel and axis. What floats leaves no shadow.
    """
    if stance.floats:
        return
    ground = _Ground.below(soup, stance)
    place = ground.pixels(camera, scale, pixels[:, :, 3])
    opacity = ground.opacity(camera, scale, place, len(pixels))
    _put_black_behind(pixels.reshape(-1, 4), place, opacity)


def _put_black_behind(pixels: U8, place: I64, opacity: F32) -> None:
    """Composite ``pixels`` (n, 4) at ``place`` over black of some opacity."""
    above = pixels[place, 3].astype(np.float32) * np.float32(1.0 / 255.0)
    total = above + (_ONE - above) * opacity
    keep = above / np.maximum(total, np.float32(1e-6))
    edges = np.flatnonzero(above > 0)
    for channel in range(3):
        behind = pixels[place[edges], channel] * keep[edges] + _HALF
        pixels[place[edges], channel] = behind.astype(np.uint8)
    pixels[place, 3] = (total * np.float32(255.0) + _HALF).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class _Ground:
    """A square of ground: its corner of least x and z, its extent, how dark each cell is."""

    corner: F64
    extent: float
    darkness: F32

    @classmethod
    def below(cls, soup: Soup, stance: Stance) -> _Ground:
        """The ground that a model stands on."""
        extent = (stance.breadth or 1.0) * (1.0 + 2.0 * _MARGIN)
        corner = (stance.low + stance.high) * 0.5 - extent * 0.5
        corner[1] = stance.low[1]
        return cls(corner, extent, _darkness(soup, corner, extent))

    def pixels(self, camera: Camera, scale: int, alpha: U8) -> I64:
        """Indices of pixels that may show the square beside what hides it."""
        across = np.array([[0, 0, 0], [1, 0, 0], [0, 0, 1], [1, 0, 1]]) * self.extent
        seen = camera.project((self.corner + across).astype(np.float32))[:, :2]
        size = len(alpha)
        first = np.clip(np.floor(seen.min(axis=0) / scale), 0, size).astype(np.int64)
        last = np.clip(np.ceil(seen.max(axis=0) / scale), 0, size).astype(np.int64)
        window = np.zeros((size, size), dtype=np.bool_)
        window[first[1] : last[1], first[0] : last[0]] = True
        return np.flatnonzero(window & (alpha < _OPAQUE))

    def opacity(self, camera: Camera, scale: int, place: I64, size: int) -> F32:
        """How much the ground is darkened at pixels, float32 (n,)."""
        column, row = (place % size).astype(np.float32), (place // size).astype(np.float32)
        rays = camera.rays((column + _HALF) * np.float32(scale), (row + _HALF) * np.float32(scale))
        below_eye = np.float32(self.corner[1] - camera.eye[1])
        depth: F32 = np.divide(below_eye, np.minimum(rays[1], _LEAST_SLOPE))
        x, _, z = camera.along(rays, depth)
        cell_x, cell_z = (
            (position - np.float32(self.corner[axis])) * np.float32(_CELLS / self.extent)
            for position, axis in ((x, 0), (z, 2))
        )
        return _linear(self.darkness, cell_x, cell_z) * _faded(column, size) * _faded(row, size)


def _darkness(soup: Soup, corner: F64, extent: float) -> F32:
    """Opacity of the shadow over the ground, float32 (cells z, cells x)."""
    relative = (soup.positions.astype(np.float64) - corner) * (1.0 / extent)
    screen = np.empty((len(relative), 3), dtype=np.float32)
    screen[:, 0] = relative[:, 0] * _CELLS
    screen[:, 1] = relative[:, 2] * _CELLS
    screen[:, 2] = 1.0 / (1.0 + relative[:, 1])
    sight = Sight.turning(soup, screen, np.ones(len(soup.triangles), dtype=np.bool_))
    lowest = rasterise(screen, sight.triangles, _CELLS).nearness.reshape(_CELLS, _CELLS)
    height = np.where(lowest > 0, _ONE / np.maximum(lowest, _TINY) - _ONE, _FAR)
    touching = smoothstep(-height, -_NEAR, 0.0)
    closeness: F32 = np.divide(_REACH, _REACH + height)
    tight = box_blur(box_blur(touching, 3), 3)
    wide = box_blur(box_blur(box_blur((lowest > 0) * closeness * closeness, 5), 5), 4)
    return tight * _CONTACT + wide * _BROAD


def _linear(field: F32, column: F32, row: F32) -> F32:
    """Interpolate between cells' centres; zero outside."""
    column, row = column - _HALF, row - _HALF
    last = np.float32(_CELLS - 1.001)
    inside = (column >= 0) & (row >= 0) & (column <= last) & (row <= last)
    column, row = np.clip(column, 0, last), np.clip(row, 0, last)
    left, top = column.astype(np.int64), row.astype(np.int64)
    across, down = column - left.astype(np.float32), row - top.astype(np.float32)
    at, flat = top * _CELLS + left, field.ravel()
    upper, lower = (
        flat.take(first) * (_ONE - across) + flat.take(first + 1) * across
        for first in (at, at + _CELLS)
    )
    value: F32 = (upper + down * (lower - upper)) * inside
    return value


def _faded(position: F32, size: int) -> F32:
    """1 within the picture, 0 at its border."""
    return smoothstep(np.minimum(position, np.float32(size - 1) - position), 1.0, _FADE)
