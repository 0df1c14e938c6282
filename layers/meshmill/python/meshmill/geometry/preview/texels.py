"""Maps of a material at the scales that the preview shows them in."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from meshmill.geometry.arrays import F32, I64, U8
from meshmill.geometry.scene import Material, Texture

#: Texels that a pixel covers at most before the next coarser level is used; two are looked up.
_TEXELS_PER_PIXEL = 3.0
_COARSEST = 6
#: Small textures are enlarged, at most twice and up to this edge, lest their texels show.
_FINEST = -2
_ENLARGED_EDGE = 512
#: Of larger textures only every other texel is read.
_LARGEST_EDGE = 2048
#: One in so many samples, at either end, does with the level of the others.
_RARE = 24


@dataclass(frozen=True, slots=True)
class Image:
    """A texture at one scale: uint8 (channels, height, width), contiguous planes."""

    planes: U8

    def at(self, u: F32, v: F32) -> list[U8]:
        """The channels of the nearest texels; UVs beyond 0 … 1 are clamped."""
        _, height, width = self.planes.shape
        column = np.clip(u * np.float32(width), 0, width - 1).astype(np.int64)
        row = np.clip(v * np.float32(height), 0, height - 1).astype(np.int64)
        texel = row * width + column
        return [plane.ravel().take(texel) for plane in self.planes]


@dataclass(frozen=True, slots=True)
class MaterialMaps:
    """A material's maps, all halved or enlarged equally often."""

    material: Material
    base_colour: Image
    normal: Image
    orm: Image
    emissive: Image | None


@dataclass(frozen=True, slots=True)
class Pyramid:
    """One material's maps at every scale that is asked for."""

    material: Material
    _images: dict[tuple[str, int], Image] = field(default_factory=dict)

    def choose(self, shares: F32) -> I64:
        """The level for each sample; a pixel there covers ``shares`` (n,) of the texture.

        Levels that hardly any sample asks for aren't made.
        """
        size = _read(self.material.normal)[:, :, 0].size
        texels = shares * np.float32(size)
        finest = _FINEST
        while finest < 0 and size * 4**-finest > _ENLARGED_EDGE * _ENLARGED_EDGE:
            finest += 1
        level = np.full(len(texels), finest, dtype=np.int64)
        for number in range(finest, _COARSEST):
            scale = 4 ** (number - _FINEST) / 4**-_FINEST
            level += texels > np.float32(_TEXELS_PER_PIXEL * scale)
        below = np.cumsum(np.bincount(level - finest))
        rare = len(level) // _RARE
        return np.clip(level, *(finest + np.searchsorted(below, (rare, len(level) - rare))))

    def level(self, number: int) -> MaterialMaps:
        """Maps of 1 / 2ⁿ of the edge that is read."""
        material = self.material
        return MaterialMaps(
            material,
            self._image(material.base_colour, number),
            self._image(material.normal, number),
            self._image(material.orm, number),
            self._image(material.emissive, number) if material.emissive else None,
        )

    def _image(self, texture: Texture, number: int) -> Image:
        key = (texture.role, number)
        if key not in self._images:
            self._images[key] = self._made(texture, number)
        return self._images[key]

    def _made(self, texture: Texture, number: int) -> Image:
        source = list(np.moveaxis(_read(texture), 2, 0))
        if number == 0:
            return Image(np.stack(source))
        if number < 0:
            return Image(_doubled(self._image(texture, number + 1).planes))
        finer = source if number == 1 else self._image(texture, number - 1).planes
        return Image(np.stack([_halved(plane) for plane in finer]))


def _read(texture: Texture) -> U8:
    step = max(1, max(texture.pixels.shape[:2]) // _LARGEST_EDGE)
    return texture.pixels[step // 2 :: step, step // 2 :: step]


def _halved(plane: U8) -> U8:
    """Means of two by two texels; an edge of one texel stays."""
    for axis, edge in enumerate(plane.shape):
        if edge == 1:
            plane = np.repeat(plane, 2, axis=axis)
    height, width = plane.shape
    even = plane[: height // 2 * 2, : width // 2 * 2]
    total = even[0::2, 0::2].astype(np.uint16)
    total += even[1::2, 0::2]
    total += even[0::2, 1::2]
    total += even[1::2, 1::2]
    total += np.uint16(2)
    total >>= np.uint16(2)
    return total.astype(np.uint8)


def _doubled(planes: U8) -> U8:
    """Linear interpolation at quarters of a texel."""
    return _doubled_along(_doubled_along(planes, 1), 2)


def _doubled_along(planes: U8, axis: int) -> U8:
    wide = np.moveaxis(planes, axis, 0).astype(np.uint16)
    near = wide * np.uint16(3) + np.uint16(2)
    before, after = np.concatenate((wide[:1], wide[:-1])), np.concatenate((wide[1:], wide[-1:]))
    doubled = np.stack(((near + before) >> np.uint16(2), (near + after) >> np.uint16(2)), axis=1)
    joined = doubled.reshape(2 * len(wide), *wide.shape[1:]).astype(np.uint8)
    return np.ascontiguousarray(np.moveaxis(joined, 0, axis))
