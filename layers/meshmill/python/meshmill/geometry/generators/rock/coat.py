"""What lies on a stone at the scale of several texels: bedding, stains in hollows, moss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.generators.rock.minerals import (
    MOSS_BUMP,
    MOSS_DARK,
    MOSS_LIGHT,
    MOSS_ROUGHNESS,
    Mineral,
)
from meshmill.geometry.noise import hash_share
from meshmill.geometry.rasters import blend_into, doubled, smoothstep

#: How much a unit of grain brightens stone, as a share of its range of colours.
TINT_OF_GRAIN = 0.55
_ONE, _HALF = np.float32(1.0), np.float32(0.5)


@dataclass(frozen=True, slots=True, eq=False)
class Coat:
    """Fields float32 (rows, columns).

    ``tint`` runs from the mineral's dark to its light colour; ``bare`` is the share of it that
    shows under ``cover``, the red, green and blue of stains and moss times their share.
    """

    tint: F32
    bare: F32
    cover: tuple[F32, F32, F32]
    roughness: F32
    bump: F32
    occlusion: F32

    def doubled(self, shape: tuple[int, ...]) -> Coat:
        """The same at twice the resolution, cut to ``shape``."""
        rows, columns = shape

        def whole(field: F32) -> F32:
            return doubled(field)[:rows, :columns]

        red, green, blue = self.cover
        return Coat(
            whole(self.tint),
            whole(self.bare),
            (whole(red), whole(green), whole(blue)),
            whole(self.roughness),
            whole(self.bump),
            whole(self.occlusion),
        )


def underpaint(mineral: Mineral, moss: float, seed: int, below: list[F32], grain: F32) -> Coat:
    """The coat of stone whose depth, layer of bedding and upward look are ``below``.

    ``moss`` is the share of what looks up that it covers; ``seed`` draws the bedding.
    """
    hollow, layer, upward = below
    tint = _HALF + grain * np.float32(TINT_OF_GRAIN) - hollow * np.float32(0.28)
    if mineral.bands > 0:
        tint += _bands(seed, layer, grain) * np.float32(mineral.bands)
    stained = smoothstep(hollow + grain * np.float32(0.3), 0.15, 0.9)
    mossy = _moss(moss, hollow, upward, grain)
    free = _ONE - mossy
    stained *= free
    roughness = np.float32(mineral.roughness) + grain * np.float32(0.06)
    blend_into(roughness, np.float32(MOSS_ROUGHNESS), mossy)
    red, green, blue = _cover(mineral, stained, mossy, grain)
    return Coat(
        tint=tint,
        bare=free - stained,
        cover=(red, green, blue),
        roughness=roughness,
        bump=np.float32(mineral.bump) * free + np.float32(MOSS_BUMP) * mossy,
        occlusion=_occlusion(hollow, grain),
    )


def _moss(share: float, hollow: F32, upward: F32, grain: F32) -> F32:
    """How much of what looks up moss covers, in hollows first, 0 … 1."""
    if share <= 0:
        return np.zeros_like(grain)
    start = 1.25 - 1.45 * share
    liking = upward + grain * np.float32(0.6) + hollow * np.float32(0.45)
    return smoothstep(liking, start, start + 0.25)


def _cover(mineral: Mineral, stained: F32, mossy: F32, grain: F32) -> list[F32]:
    """Red, green and blue of stains and moss, 0 … 255, times what they cover."""
    tuft = np.clip(_HALF + grain * np.float32(0.9), np.float32(0.0), _ONE)
    return [
        np.float32(stain) * stained + (np.float32(dark) + tuft * np.float32(light - dark)) * mossy
        for stain, dark, light in zip(mineral.stain, MOSS_DARK, MOSS_LIGHT, strict=True)
    ]


def _occlusion(hollow: F32, grain: F32) -> F32:
    shade = np.float32(0.98) - np.maximum(hollow, np.float32(0.0)) * np.float32(0.55)
    shade += np.minimum(grain, np.float32(0.0)) * np.float32(0.25)
    occlusion: F32 = np.clip(shade, np.float32(0.2), _ONE)
    return occlusion


def _bands(seed: int, layer: F32, grain: F32) -> F32:
    """Brightness of the bedding, -0.5 … 0.5, in layers of two thicknesses."""
    wavy = layer + grain * np.float32(0.22)
    total = np.zeros_like(layer)
    for fineness, weight in ((1.0, 0.6), (3.7, 0.4)):
        scaled = wavy * np.float32(fineness)
        below = np.floor(scaled)
        index = below.astype(np.int32)
        first = int(index.min())
        known = np.arange(first, int(index.max()) + 2)
        shade = hash_share(seed + 77, known)
        here = shade[index - first]
        step = smoothstep(scaled - below, 0.7, 1.0)
        total += (here + (shade[index - first + 1] - here) * step - _HALF) * np.float32(weight)
    return total
