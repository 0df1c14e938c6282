"""Colours of leaves, stems and bark per habit and season, sRGB without light."""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """Leaves take colours between their neighbours in ``leaves``; ``petals`` are blossom."""

    leaves: tuple[Colour, ...]
    stem: Colour
    petals: tuple[Colour, ...] = ()


_STEM, _DARK_STEM = (92, 74, 56), (74, 54, 46)

PALETTES: dict[tuple[str, str], Palette] = {
    ("broadleaf", "spring"): Palette(
        ((124, 158, 50), (142, 172, 58), (162, 184, 76)),
        _STEM,
        ((238, 214, 222), (236, 226, 228), (226, 178, 196)),
    ),
    ("broadleaf", "summer"): Palette(
        ((70, 102, 36), (88, 124, 42), (106, 142, 48), (128, 156, 62)), _STEM
    ),
    ("broadleaf", "autumn"): Palette(
        ((142, 50, 32), (186, 82, 34), (212, 122, 40), (216, 158, 58), (136, 104, 46)), _STEM
    ),
    ("birch", "spring"): Palette(
        ((134, 164, 64), (152, 176, 76), (168, 186, 90)), _DARK_STEM, ((190, 180, 96),)
    ),
    ("birch", "summer"): Palette(
        ((84, 120, 46), (102, 138, 50), (122, 152, 58), (142, 166, 74)), _DARK_STEM
    ),
    ("birch", "autumn"): Palette(
        ((196, 138, 40), (218, 168, 50), (228, 188, 66), (176, 156, 58)), _DARK_STEM
    ),
    ("conifer", "summer"): Palette(
        ((46, 72, 42), (58, 90, 48), (72, 106, 52), (96, 128, 66)), (84, 64, 46)
    ),
    ("palm", "summer"): Palette(
        ((82, 112, 38), (100, 130, 44), (120, 144, 52), (150, 158, 72)), (126, 118, 66)
    ),
    ("shrub", "spring"): Palette(
        ((104, 138, 56), (122, 152, 62), (140, 166, 76)),
        _STEM,
        ((232, 204, 92), (228, 188, 72), (236, 216, 128)),
    ),
    ("shrub", "summer"): Palette(
        ((66, 104, 42), (82, 122, 48), (102, 138, 58), (126, 154, 76)), _STEM
    ),
    ("shrub", "autumn"): Palette(
        ((120, 34, 40), (158, 46, 42), (184, 74, 44), (196, 112, 56), (98, 84, 48)), _STEM
    ),
    ("broadleaf", "bare"): Palette(((100, 84, 68),), (96, 80, 64)),
    ("birch", "bare"): Palette(((92, 66, 56),), (88, 62, 54)),
    ("shrub", "bare"): Palette(((112, 88, 70),), (108, 86, 68)),
}
