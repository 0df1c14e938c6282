"""The gear's faces: turned on a lathe, so that nearly everything depends on the radius."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64
from meshmill.geometry.generators.gear.blank import Blank
from meshmill.geometry.generators.gear.coat import (
    Coat,
    Colours,
    Scale,
    Steps,
    Stretch,
    bell,
    ease,
    shades,
    tint,
)
from meshmill.geometry.generators.gear.metal import (
    BLUE,
    DARK,
    LIGHT,
    METAL,
    OILED,
    STRAW,
    VIOLET,
    Wear,
)
from meshmill.geometry.rasters import smoothstep

#: Features of the lathe's marks in texels, with weights.
_MARKS = ((3.0, 0.5), (7.0, 0.4), (23.0, 0.5))
_RELIEF = 0.38
#: Temper colours lie this many modules below the root circle, as wide as the second figure.
_TEMPERED = ((BLUE, 0.35, 0.5), (VIOLET, 0.8, 0.45), (STRAW, 1.25, 0.6))
#: Modules by which they wander from their circles.
_WANDER = 0.3
_REACH = 1.03
_UNSHADED = np.float32(1.0)


@dataclass(frozen=True, slots=True, eq=False)
class TurnedFace:
    """Tables over the radius, float32 (n,): relief, brightness and roughness.

    ``temper`` holds what remains of the colour below, and what is added to red, green and blue;
    ``wander`` is in steps of the scale.
    """

    scale: Scale
    marks: F32
    level: F32
    roughness: F32
    temper: tuple[F32, ...]
    wander: np.float32
    wear: Wear
    salt: int

    @classmethod
    def of(cls, blank: Blank, wear: Wear, density: float, salt: int) -> TurnedFace:
        """Tabulate the faces of a gear."""
        scale = Scale.of(_REACH * blank.tip, density)
        radius = scale.places
        marks = np.zeros(len(radius), dtype=np.float32)
        for number, (texels, weight) in enumerate(_MARKS):
            marks += scale.noise(texels, salt + number) * np.float32(weight)
        marks -= _scribed(blank, radius, density)
        tone = scale.noise(5.0, salt + 7) * np.float32(0.5) + scale.noise(40.0, salt + 8)
        polish = _polished(blank, radius)
        return cls(
            scale,
            marks * np.float32(_RELIEF),
            np.float32(0.5) + tone * np.float32(0.2) + polish * np.float32(0.35),
            np.float32(0.37) + tone * np.float32(0.05) - polish * np.float32(0.1),
            _tempered(blank, radius, wear),
            np.float32(_WANDER * blank.module * scale.per_mm),
            wear,
            salt,
        )

    def coat(self, stretch: Stretch) -> Coat:
        """Paint a stretch of the face."""
        x, y = stretch.columns[None, :], stretch.rows[:, None]
        radius = np.sqrt(x * x + y * y)
        steps = self.scale.steps(radius)
        fine = stretch.grain((4.0, 4.0), self.salt + 11)
        bump = np.take(self.marks, steps)
        bump += fine * np.float32(0.08)
        steps, fine = steps[1:-1, 1:-1], fine[1:-1, 1:-1]
        broad, patches = (stretch.broad((n, n), self.salt + n) for n in (5, 13))
        level = np.take(self.level, steps)
        level += broad * np.float32(0.2)
        level += fine * np.float32(0.1)
        colours = shades(level, DARK, LIGHT)
        if self.wear.temper > 0:
            self._temper(colours, steps, broad)
        patches *= np.float32(0.7)
        patches += broad
        oil = smoothstep(patches, 0.05, 0.75)
        oil *= np.float32(self.wear.oil)
        tint(colours, OILED, oil * np.float32(0.7))
        roughness = np.take(self.roughness, steps)
        roughness += fine * np.float32(0.04)
        roughness -= oil * np.float32(0.17)
        roughness += smoothstep(patches, -0.3, -0.9) * np.float32(0.12)
        return Coat(colours, roughness, _UNSHADED, METAL, bump)

    def _temper(self, colours: Colours, steps: Steps, broad: F32) -> None:
        """Lay the temper colours over ``colours``."""
        wandered = steps + (broad * self.wander).astype(np.intp)
        np.clip(wandered, 0, len(self.marks) - 1, out=wandered)
        kept, *added = self.temper
        remains = np.take(kept, wandered)
        for channel, table in enumerate(added):
            colours[channel] *= remains
            colours[channel] += np.take(table, wandered)


def _tempered(blank: Blank, radius: F64, wear: Wear) -> tuple[F32, ...]:
    """Share of the colour below, and what to add to each channel."""
    kept = np.ones(len(radius))
    added = np.zeros((3, len(radius)))
    for shade, below, wide in _TEMPERED:
        amount = wear.temper * bell(radius, blank.root - below * blank.module, wide * blank.module)
        kept *= 1.0 - amount
        added += (np.array(shade, dtype=np.float64)[:, None] - added) * amount
    return kept.astype(np.float32), *(channel.astype(np.float32) for channel in added)


def _scribed(blank: Blank, radius: F64, density: float) -> F32:
    """A fine groove in the rim's face."""
    inner = blank.web.rim if blank.web else blank.root * 0.72
    wide = max(1.6 / density, 0.05 * blank.module)
    groove = bell(radius, inner + 0.3 * (blank.root - inner), wide)
    return (groove * 1.6).astype(np.float32)


def _polished(blank: Blank, radius: F64) -> F32:
    """Edges that hands and shafts have rubbed."""
    wide = 2.5 * blank.bevel
    polish = ease(radius, blank.tip - 0.5 * blank.module, blank.tip)
    if blank.web is not None:
        polish += bell(radius, blank.web.rim, wide) + bell(radius, blank.web.hub, wide)
    if blank.bore is not None:
        polish += bell(radius, blank.bore.radius, wide)
    return np.clip(polish, 0.0, 1.0).astype(np.float32)
