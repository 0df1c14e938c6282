"""The walls of one pitch of teeth: turned tips, ground and polished flanks, oily roots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64
from meshmill.geometry.generators.gear.coat import Canvas, Coat, Stretch, ease, shades, tint
from meshmill.geometry.generators.gear.metal import (
    BLUE,
    DARK,
    LIGHT,
    METAL,
    OILED,
    STRAW,
    Wear,
)
from meshmill.geometry.generators.gear.profile import EDGE, FOOT, JOIN, SHOULDER, SPACE
from meshmill.geometry.generators.gear.unrolled import Unrolled
from meshmill.geometry.rasters import smoothstep

#: Lay of the tool marks in texels across and down: turned tips, ground flanks, hobbed roots, and
#: the traces of sliding.
_TURNED, _GROUND, _HOBBED, _SLID = (90.0, 2.8), (2.8, 70.0), (40.0, 6.0), (24.0, 2.5)
#: The gear drives in one direction more often than in the other.
_IDLE_FLANK = 0.45


@dataclass(frozen=True, slots=True, eq=False)
class GroundTooth:
    """Shares of each zone at the chart's columns with margin, float32 (1, columns).

    ``offset`` is how far down the tooth's middle lies in each column, in millimetres.
    """

    tip: F32
    flank: F32
    root: F32
    contact: F32
    own: F32
    occlusion: F32
    offset: F32
    reach: float
    wear: Wear
    salt: int
    number: int

    @classmethod
    def of(
        cls, canvas: Canvas, unrolled: Unrolled, wear: Wear, salt: int, number: int
    ) -> GroundTooth:
        """Divide a chart into zones."""
        right = canvas.columns.astype(np.float64) - unrolled.width * 0.5
        away = np.abs(right)
        places = unrolled.place_at(away)
        sides = np.where(right > 0, 1.0, _IDLE_FLANK)
        tip = ease(places, SHOULDER + 0.2, EDGE)
        root = 1.0 - ease(places, FOOT + 0.2, JOIN + 0.1)
        contact = ease(places, JOIN + 0.06, JOIN + 0.25) * (1.0 - ease(places, 2.8, SHOULDER))
        up = unrolled.interpolated(unrolled.along, places) * np.where(right > 0, 1.0, -1.0)
        middle = unrolled.width * 0.5
        return cls(
            tip=_row(tip),
            flank=_row((1.0 - tip) * (1.0 - root)),
            root=_row(root),
            contact=_row(contact * sides),
            own=_row(1.0 - ease(away, 0.8 * middle, 0.97 * middle)),
            occlusion=_row(0.42 + 0.58 * ease(places, SPACE, SHOULDER)),
            offset=_row(unrolled.height * 0.5 - up),
            reach=unrolled.half_width * unrolled.lengthening,
            wear=wear,
            salt=salt,
            number=number,
        )

    def coat(self, stretch: Stretch) -> Coat:
        """Paint a stretch of the chart."""
        marks = stretch.grain(_GROUND, self.salt + 21) * self.flank
        marks += stretch.grain(_TURNED, self.salt + 22) * self.tip
        marks += stretch.grain(_HOBBED, self.salt + 23) * self.root
        fine = stretch.grain((4.0, 4.0), self.salt + 24)
        slid = stretch.grain(_SLID, self.salt + 25 + self.number)
        flank, root, contact, own, shade, offset = (
            values[:, 1:-1]
            for values in (
                self.flank, self.root, self.contact, self.own, self.occlusion, self.offset,
            )
        )  # fmt: skip
        broad = stretch.broad((4, 3), self.salt + 100 * self.number) * own
        along = np.abs(stretch.down - offset) * np.float32(1.0 / self.reach)
        touched = contact * (
            np.float32(1.0) - smoothstep(along + broad * np.float32(0.12), 0.7, 0.95)
        )
        touched *= np.float32(self.wear.polish)
        inner, rubbed = marks[1:-1, 1:-1], slid[1:-1, 1:-1] * touched
        level = np.float32(0.45) + inner * np.float32(0.18) + broad * np.float32(0.3)
        level += touched * np.float32(0.3) + rubbed * np.float32(0.25)
        colours = shades(level, DARK, LIGHT)
        temper = np.float32(min(1.0, self.wear.temper))
        tint(colours, BLUE, root * temper * np.float32(0.7))
        unworn: F32 = (flank - flank * touched) * (temper * np.float32(0.35))
        tint(colours, STRAW, unworn)
        dirt = np.clip(root * (np.float32(0.75) + broad), np.float32(0.0), np.float32(1.0))
        tint(colours, OILED, dirt * np.float32(0.7))
        tint(colours, LIGHT, smoothstep(along, 0.955, 1.0) * np.float32(0.7))
        roughness = np.float32(0.34) + inner * np.float32(0.06) - broad * np.float32(0.1)
        roughness += dirt * np.float32(0.1) - touched * np.float32(0.13)
        roughness += rubbed * np.float32(0.08) + fine[1:-1, 1:-1] * np.float32(0.03)
        bump = marks * np.float32(0.28) + fine * np.float32(0.07)
        occlusion = np.broadcast_to(shade, roughness.shape)
        return Coat(colours, roughness, occlusion, METAL, bump)


def _row(values: F64) -> F32:
    row: F32 = values.astype(np.float32)[None, :]
    return row
