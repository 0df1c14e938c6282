"""Texture maps of one material while they are painted, in bands of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict, Unpack

import numpy as np

from meshmill.geometry.arrays import F32, U8
from meshmill.geometry.scene import AlphaMode, Material, Texture, TextureRole

_BAND_TEXELS = 1 << 16
FLAT_NORMAL = (128, 128, 255)


class MaterialProperties(TypedDict, total=False):
    """What a material has beside its maps."""

    emissive_strength: float
    alpha: AlphaMode
    double_sided: bool


@dataclass(frozen=True, slots=True, eq=False)
class MapSet:
    """Base colour, normal and packed occlusion, roughness, metal: uint8 (rows, size, 3) each."""

    base_colour: U8
    normal: U8
    orm: U8

    @classmethod
    def blank(cls, size: int) -> MapSet:
        """Maps of ``size`` x ``size`` texels, to be painted all over."""
        return cls(*(np.empty((size, size, 3), dtype=np.uint8) for _ in range(3)))

    @classmethod
    def filled(cls, size: int, colour: tuple[int, int, int], orm: tuple[int, int, int]) -> MapSet:
        """Maps of ``size`` x ``size`` texels of one colour and a flat normal."""
        maps = cls.blank(size)
        for image, texel in zip(
            (maps.base_colour, maps.normal, maps.orm), (colour, FLAT_NORMAL, orm), strict=True
        ):
            image[:] = np.tile(np.array(texel, dtype=np.uint8), (size, 1))
        return maps

    def rows(self, start: int, stop: int) -> MapSet:
        """A band of the same maps; painting it paints them."""
        return MapSet(self.base_colour[start:stop], self.normal[start:stop], self.orm[start:stop])

    def material(
        self,
        generator: str,
        part: str,
        *,
        coverage: U8 | None = None,
        emissive: U8 | None = None,
        **properties: Unpack[MaterialProperties],
    ) -> Material:
        """The material of these maps under the project's names.

        ``coverage`` is the base colour's alpha, uint8 (rows, size); ``emissive`` a further map of
        colours, uint8 (rows, size, 3).
        """

        def texture(role: TextureRole, pixels: U8) -> Texture:
            return Texture(f"T_{generator}_{part}_{role}", role, pixels)

        base_colour = self.base_colour
        if coverage is not None:
            base_colour = np.concatenate((base_colour, coverage[:, :, None]), axis=2)
        return Material(
            name=f"M_{generator}_{part}",
            base_colour=texture("BC", base_colour),
            normal=texture("N", self.normal),
            orm=texture("ORM", self.orm),
            emissive=None if emissive is None else texture("E", emissive),
            **properties,
        )


def bands(rows: int, columns: int | None = None) -> Iterator[tuple[int, int]]:
    """Stretches of rows, (start, stop), whose float32 fields stay in cache."""
    step = max(4, _BAND_TEXELS // (columns or rows))
    return ((start, min(start + step, rows)) for start in range(0, rows, step))


def pack_normals(tilt_x: F32, tilt_y: F32, out: U8) -> None:
    """Write unit normals from x / z and y / z components, +Y towards the top of the image."""
    inverse = tilt_x * tilt_x
    inverse += tilt_y * tilt_y
    inverse += np.float32(1.0)
    np.sqrt(inverse, out=inverse)
    np.divide(np.float32(127.0), inverse, out=inverse)
    half = np.float32(128.0)
    out[:, :, 0] = tilt_x * inverse + half
    out[:, :, 1] = tilt_y * inverse + half
    out[:, :, 2] = inverse + half


def tilts(bump: F32) -> tuple[F32, F32]:
    """Slopes x / z and y / z of the normals of heights (rows, columns) in texels, borders clamped.

    Rows run downwards, and +Y upwards: what :func:`pack_normals` takes.
    """
    return inner_tilts(np.pad(bump, 1, mode="edge"))


def inner_tilts(bump: F32) -> tuple[F32, F32]:
    """Slopes as :func:`tilts`, of all but the outermost rows and columns."""
    half = np.float32(0.5)
    tilt_x: F32 = bump[1:-1, :-2] - bump[1:-1, 2:]
    tilt_y: F32 = bump[2:, 1:-1] - bump[:-2, 1:-1]
    tilt_x *= half
    tilt_y *= half
    return tilt_x, tilt_y
