"""What stones are made of, and the moss on them."""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Mineral:
    """The look of bare stone.

    Colours are 8-bit sRGB. ``grains`` is the share of dark and of light crystals, ``bands`` the
    contrast between layers of bedding, ``bump`` the strength of the grain in the normal map.
    """

    dark: Colour
    light: Colour
    dark_grain: Colour
    light_grain: Colour
    grains: tuple[float, float]
    bands: float
    roughness: float
    bump: float
    stain: Colour


MINERALS: dict[str, Mineral] = {
    "granite": Mineral((112, 106, 102), (168, 158, 150), (70, 66, 66), (200, 188, 178),
                       (0.75, 0.6), 0.05, 0.78, 1.5, (88, 78, 66)),
    "basalt": Mineral((56, 57, 60), (88, 88, 90), (36, 36, 38), (112, 110, 106),
                      (0.7, 0.25), 0.04, 0.82, 1.9, (74, 64, 54)),
    "limestone": Mineral((178, 168, 148), (208, 200, 180), (150, 138, 116), (224, 218, 204),
                         (0.35, 0.4), 0.25, 0.88, 1.2, (132, 120, 98)),
    "sandstone": Mineral((162, 112, 74), (200, 152, 106), (128, 82, 54), (220, 182, 138),
                         (0.4, 0.35), 1.0, 0.9, 1.1, (120, 84, 62)),
    "slate": Mineral((70, 76, 84), (104, 110, 116), (50, 54, 62), (130, 134, 136),
                     (0.4, 0.2), 0.7, 0.62, 1.3, (92, 80, 66)),
}  # fmt: skip

MOSS_DARK: Colour = (50, 62, 30)
MOSS_LIGHT: Colour = (104, 112, 52)
MOSS_ROUGHNESS, MOSS_BUMP = 0.96, 1.6
