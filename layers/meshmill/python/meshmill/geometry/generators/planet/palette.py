"""Coats tabulated by what they depend on: a texel's colour and roughness is one look-up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshmill.geometry.arrays import F32, I64, U8, U32

Colour = tuple[int, int, int]
I32 = NDArray[np.int32]

_ONE, _HALF = np.float32(1.0), np.float32(0.5)
_FULL = np.float32(255.0)
DARKEST, BRIGHTEST = np.float32(30.0), np.float32(240.0)
_SMOOTHEST = np.float32(0.1)
_CHANNELS = 4
#: Less than this changes no texel.
_LEAST_AMOUNT = np.float32(1.0 / 256.0)


@dataclass(slots=True, eq=False)
class Coat:
    """Paint: colours float32 (..., 3) 0 … 255, roughness 0 … 1, glow 0 … 255 as the colours."""

    colours: F32
    roughness: F32
    glow: F32 | None = None

    def lay(self, colour: Colour, amount: F32, roughness: float) -> None:
        """Cover by ``amount``, 0 … 1, in place."""
        for channel in range(3):
            plane = self.colours[..., channel]
            plane += (np.float32(colour[channel]) - plane) * amount
        self.roughness += (np.float32(roughness) - self.roughness) * amount

    def texels(self) -> U8:
        """Red, green, blue and roughness, uint8 (..., 4), within what is plausible."""
        texels = np.empty((*self.roughness.shape, _CHANNELS), dtype=np.uint8)
        texels[..., :3] = np.clip(self.colours, DARKEST, BRIGHTEST)
        texels[..., 3] = np.clip(self.roughness, _SMOOTHEST, _ONE) * _FULL
        return texels


@dataclass(frozen=True, slots=True)
class Axis:
    """One of the measures that a palette is tabulated by, in ``steps`` from ``low`` to ``high``."""

    low: float
    high: float
    steps: int

    @property
    def values(self) -> F32:
        """What is tabulated, float32 (steps,)."""
        values = self.low + np.arange(self.steps) * ((self.high - self.low) / (self.steps - 1))
        return values.astype(np.float32)

    def nearest(self, measures: F32) -> I32:
        """Numbers of the steps nearest to ``measures``."""
        scale = (self.steps - 1) / (self.high - self.low)
        place = measures * np.float32(scale)
        place += np.float32(0.5 - self.low * scale)
        np.clip(place, _HALF, np.float32(self.steps) - _HALF, out=place)
        return place.astype(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """Texels by steps of ``axes``, the last varying fastest: four bytes in each uint32.

    ``glow`` are those of the light given off, if any, with nothing in the last byte.
    """

    axes: tuple[Axis, ...]
    colours: U32
    glow: U32 | None

    @classmethod
    def of(cls, paint: Callable[..., Coat], *axes: Axis) -> Palette:
        """Tabulate ``paint``, which makes a coat of one array of measures per axis."""
        coat = paint(*(grid.ravel() for grid in np.meshgrid(*(axis.values for axis in axes),
                                                           indexing="ij")))  # fmt: skip
        glow = None
        if coat.glow is not None:
            shown = np.zeros((len(coat.glow), _CHANNELS), dtype=np.uint8)
            shown[:, :3] = coat.glow
            glow = shown.view(np.uint32)[:, 0]
        return cls(axes, coat.texels().view(np.uint32)[:, 0], glow)

    def steps(self, *measures: F32) -> I32:
        """Where texels of these measures are in the palette."""
        place = self.axes[0].nearest(measures[0])
        for axis, measure in zip(self.axes[1:], measures[1:], strict=True):
            place *= np.int32(axis.steps)
            place += axis.nearest(measure)
        return place

    def texels(self, *measures: F32) -> U8:
        """Red, green, blue and roughness, uint8 (..., 4), of texels of these measures."""
        return unpacked(self.colours, self.steps(*measures))


def unpacked(table: U32, places: I32) -> U8:
    """Entries of a palette's table, uint8 (..., 4)."""
    return np.take(table, places).view(np.uint8).reshape(*places.shape, _CHANNELS)


def lay(texels: U8, colour: Colour, amount: F32, roughness: float) -> None:
    """Cover ``texels`` uint8 (r, c, 4) by ``amount`` (r, c), 0 … 1: only where it shows."""
    places = np.flatnonzero(amount > _LEAST_AMOUNT)
    lay_at(texels, places, colour, amount.ravel()[places], roughness)


def lay_at(texels: U8, places: I64, colour: Colour, amount: F32, roughness: float) -> None:
    """Cover the texels at ``places`` of the ravelled texture by ``amount`` there."""
    for channel, target in enumerate((*colour, roughness * float(_FULL))):
        plane = texels.reshape(-1, _CHANNELS)[:, channel]
        under = plane[places].astype(np.float32)
        under += (np.float32(target) - under) * amount
        plane[places] = under
