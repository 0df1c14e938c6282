"""What painters of globes are told, and what they give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from meshmill.geometry.arrays import F32, U8
from meshmill.geometry.generators.planet.globe import Ground
from meshmill.geometry.generators.planet.palette import Colour, lay
from meshmill.geometry.rasters import smoothstep


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A band of texels on side ``face`` of the cube, at ``rows``, positions 0 … 1 down the side.

    ``polar`` is the sine of the latitude without its sign, ``rain`` how wet climates are there,
    ``grain`` fine noise about -1 … 1: float32 (rows, columns). ``texel`` is the
    share of the side that a texel spans.
    """

    face: int
    rows: F32
    texel: float
    polar: F32
    rain: F32
    grain: F32


class Painter(Protocol):
    """Paints one individual."""

    def paint(self, ground: Ground, site: Site) -> tuple[U8, U8 | None]:
        """Texels of a band: red, green, blue and roughness, and the glow if there is any.

        Both are uint8 (rows, columns, 4); the last byte of the glow says nothing.
        """


def rainfall(polar: F32) -> F32:
    """How wet climates are by the sine of the latitude, 0 … 1: least in the subtropics."""
    return smoothstep(np.abs(polar - np.float32(0.42)), 0.0, 0.3)


def freshen(texels: U8, fresh: F32, colour: Colour, most: float, roughness: float) -> None:
    """Young craters and their rays."""
    if fresh.shape == texels.shape[:2]:
        lay(
            texels,
            colour,
            np.clip(fresh, np.float32(0.0), np.float32(1.0)) * np.float32(most),
            roughness,
        )
