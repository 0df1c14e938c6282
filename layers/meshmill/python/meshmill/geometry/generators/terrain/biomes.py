"""Ground materials: which cover lies where, and what it looks like."""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[int, int, int]
#: Where a cover begins and where it is complete; descending for "below".
Ramp = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Cover:
    """One layer of ground over those before it.

    Colours are 8-bit sRGB, mixed by noise. ``bump`` is the strength of its grain in the normal map.
    Ramps: ``slope`` is rise over run, ``flow`` the logarithm-like wetness 0 … 1, ``height`` a share
    of the relief, ``hollow`` concavity from -1 (ridge) to 1 (hollow); None is everywhere.
    """

    name: str
    dark: Colour
    light: Colour
    roughness: float
    bump: float
    slope: Ramp | None = None
    flow: Ramp | None = None
    height: Ramp | None = None
    hollow: Ramp | None = None


_SNOW = Cover("snow", (208, 217, 228), (236, 238, 240), 0.55, 0.25, slope=(1.5, 0.85))

BIOMES: dict[str, tuple[Cover, ...]] = {
    "temperate": (
        Cover("grass", (58, 78, 38), (98, 108, 56), 0.92, 0.8),
        Cover("meadow", (104, 106, 60), (132, 124, 78), 0.94, 0.7, hollow=(-0.05, -0.3)),
        Cover("wood", (40, 58, 34), (62, 78, 42), 0.95, 1.3, hollow=(0.05, 0.3), slope=(0.75, 0.5)),
        Cover("earth", (92, 74, 54), (128, 106, 80), 0.95, 0.9, slope=(0.48, 0.72)),
        Cover("gravel", (112, 106, 96), (150, 142, 128), 0.9, 1.2, flow=(0.55, 0.8)),
        Cover("rock", (84, 80, 76), (136, 130, 122), 0.82, 1.9, slope=(0.68, 0.95)),
    ),
    "desert": (
        Cover("sand", (188, 152, 104), (212, 178, 128), 0.9, 0.45),
        Cover("pale sand", (208, 180, 136), (226, 202, 160), 0.92, 0.4, hollow=(-0.03, -0.25)),
        Cover("wash", (168, 128, 88), (194, 158, 114), 0.93, 0.6, flow=(0.5, 0.75)),
        Cover("scree", (150, 100, 66), (176, 126, 86), 0.92, 1.1, slope=(0.5, 0.7)),
        Cover("red rock", (134, 76, 50), (182, 118, 80), 0.85, 1.7, slope=(0.66, 0.9)),
    ),
    "arctic": (
        Cover("tundra", (112, 108, 92), (140, 134, 112), 0.93, 0.9),
        Cover("moss", (86, 92, 66), (112, 114, 82), 0.95, 1.0, hollow=(0.03, 0.25)),
        Cover("ice", (168, 196, 212), (204, 220, 230), 0.28, 0.35, flow=(0.6, 0.8)),
        Cover("drift", (206, 216, 228), (234, 237, 240), 0.55, 0.3, slope=(0.75, 0.45)),
        Cover("rock", (70, 72, 76), (118, 118, 120), 0.8, 1.9, slope=(0.72, 0.98)),
    ),
    "volcanic": (
        Cover("ash", (58, 54, 52), (84, 78, 74), 0.95, 0.7),
        Cover("cinder", (76, 48, 40), (112, 68, 54), 0.93, 1.2, hollow=(-0.03, -0.25)),
        Cover("silt", (92, 86, 80), (116, 108, 100), 0.95, 0.5, flow=(0.55, 0.8)),
        Cover(
            "lichen", (92, 96, 62), (120, 118, 80), 0.95, 0.9, hollow=(0.12, 0.4), slope=(0.6, 0.4)
        ),
        Cover("basalt", (40, 40, 43), (80, 78, 78), 0.72, 2.0, slope=(0.58, 0.85)),
    ),
}

_SHORE = Cover("shore", (176, 158, 122), (206, 190, 152), 0.85, 0.4)
_BLACK_SHORE = Cover("black sand", (50, 50, 52), (76, 74, 74), 0.8, 0.4)
_SHORES = {"volcanic": _BLACK_SHORE}
_SNOWY = frozenset({"temperate", "arctic"})
_SHORE_ABOVE = 0.035


def covers(biome: str, sea_level: float, snow_line: float) -> tuple[Cover, ...]:
    """All layers of a tile, from the lowest to the topmost."""
    layers = list(BIOMES[biome])
    if sea_level > 0:
        shore = _SHORES.get(biome, _SHORE)
        ramp = (sea_level + _SHORE_ABOVE, sea_level + 0.4 * _SHORE_ABOVE)
        layers.append(_at_height(shore, ramp))
    if biome in _SNOWY:
        layers.append(_at_height(_SNOW, (snow_line - 0.02, snow_line + 0.1)))
    return tuple(layers)


def _at_height(cover: Cover, ramp: Ramp) -> Cover:
    return Cover(
        cover.name, cover.dark, cover.light, cover.roughness, cover.bump,
        slope=cover.slope, height=ramp,
    )  # fmt: skip
