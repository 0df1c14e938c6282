"""What the glazes and clays look like, from thin to thick and from bare to smoked."""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[int, int, int]
Stops = tuple[tuple[float, Colour], ...]


@dataclass(frozen=True, slots=True)
class Glaze:
    """A coat and the clay below it.

    ``stops`` are sRGB colours by thickness 0 … 1, ``start`` the thickness on a plain wall.
    ``flow``, ``mottle`` and ``streak`` say how far broad, small and running variations move the
    thickness, ``pooling`` how far hollows and edges do. ``roughness`` is of thin and of thick
    glaze. ``decor`` is the colour of painted ornament; where it is None, ornament is carved and
    glaze pools in it. ``cloud`` is what fire leaves in broad patches, with its share.
    """

    stops: Stops
    start: float
    flow: float
    mottle: float
    streak: float
    pooling: float
    roughness: tuple[float, float]
    clay: tuple[Colour, Colour]
    crack: Colour
    decor: tuple[Colour, Colour] | None = None
    speck: tuple[Colour, float] = ((70, 52, 40), 0.0)
    cloud: tuple[Colour, float] = ((60, 50, 46), 0.0)
    grain: float = 0.10
    clay_roughness: float = 0.86
    raised: float = 1.0
    lustre: float = 0.0


_STONEWARE = ((122, 88, 62), (186, 146, 108))
_BISQUE = ((196, 180, 158), (226, 214, 196))

GLAZES: dict[str, Glaze] = {
    "celadon": Glaze(
        stops=(
            (0.0, (206, 196, 164)),
            (0.16, (190, 204, 178)),
            (0.42, (142, 180, 154)),
            (0.70, (92, 142, 122)),
            (1.0, (44, 88, 82)),
        ),
        start=0.44,
        flow=0.15,
        mottle=0.08,
        streak=0.09,
        pooling=1.0,
        roughness=(0.20, 0.10),
        clay=_STONEWARE,
        crack=(96, 84, 62),
        speck=((96, 80, 54), 0.40),
    ),
    "cobalt": Glaze(
        stops=(
            (0.0, (168, 128, 96)),
            (0.13, (120, 104, 118)),
            (0.28, (56, 78, 152)),
            (0.55, (34, 52, 124)),
            (0.80, (30, 38, 86)),
            (1.0, (30, 32, 58)),
        ),
        start=0.56,
        flow=0.16,
        mottle=0.12,
        streak=0.18,
        pooling=1.1,
        roughness=(0.24, 0.09),
        clay=_STONEWARE,
        crack=(126, 140, 186),
        speck=((120, 140, 200), 0.25),
    ),
    "cobalt bands": Glaze(
        stops=(
            (0.0, (232, 224, 208)),
            (0.25, (238, 237, 232)),
            (0.6, (228, 234, 236)),
            (1.0, (190, 206, 216)),
        ),
        start=0.40,
        flow=0.10,
        mottle=0.06,
        streak=0.03,
        pooling=0.7,
        roughness=(0.16, 0.09),
        clay=_BISQUE,
        crack=(150, 138, 118),
        decor=((92, 116, 190), (30, 44, 122)),
        speck=((120, 110, 96), 0.15),
    ),
    "terracotta": Glaze(
        stops=(
            (0.0, (206, 136, 94)),
            (0.30, (190, 110, 72)),
            (0.60, (168, 88, 56)),
            (1.0, (122, 60, 42)),
        ),
        start=0.42,
        flow=0.24,
        mottle=0.16,
        streak=0.0,
        pooling=0.35,
        roughness=(0.66, 0.54),
        clay=((142, 76, 50), (202, 132, 94)),
        crack=(58, 36, 30),
        decor=((78, 48, 38), (40, 33, 31)),
        speck=((222, 176, 136), 0.55),
        cloud=((64, 48, 44), 0.85),
        grain=0.30,
        raised=0.0,
    ),
    "raku": Glaze(
        stops=(
            (0.0, (40, 37, 37)),
            (0.18, (70, 48, 42)),
            (0.34, (138, 66, 44)),
            (0.46, (168, 92, 52)),
            (0.58, (104, 104, 84)),
            (0.74, (46, 116, 116)),
            (1.0, (38, 62, 92)),
        ),
        start=0.46,
        flow=0.42,
        mottle=0.20,
        streak=0.14,
        pooling=0.6,
        roughness=(0.46, 0.22),
        clay=((36, 34, 34), (72, 66, 62)),
        crack=(34, 31, 31),
        decor=((226, 218, 202), (232, 226, 214)),
        cloud=((40, 37, 37), 0.7),
        speck=((34, 32, 32), 0.8),
        grain=0.18,
        lustre=1.0,
    ),
    "raku crackle": Glaze(
        stops=(
            (0.0, (58, 52, 50)),
            (0.20, (150, 138, 124)),
            (0.38, (214, 204, 188)),
            (0.70, (230, 222, 208)),
            (1.0, (168, 196, 190)),
        ),
        start=0.46,
        flow=0.22,
        mottle=0.10,
        streak=0.06,
        pooling=0.6,
        roughness=(0.36, 0.22),
        clay=((36, 34, 34), (72, 66, 62)),
        crack=(32, 30, 30),
        cloud=((52, 47, 45), 0.72),
        speck=((34, 32, 32), 0.5),
        lustre=0.55,
    ),
    "white": Glaze(
        stops=(
            (0.0, (226, 212, 190)),
            (0.22, (238, 232, 220)),
            (0.55, (236, 233, 224)),
            (0.85, (214, 217, 210)),
            (1.0, (176, 182, 176)),
        ),
        start=0.38,
        flow=0.10,
        mottle=0.05,
        streak=0.04,
        pooling=0.8,
        roughness=(0.26, 0.15),
        clay=_BISQUE,
        crack=(146, 126, 98),
        speck=((170, 148, 118), 0.40),
    ),
}

#: Copper, brass, rose and peacock: what lustre shimmers with. All bright enough for metals.
LUSTRE: Stops = (
    (0.0, (252, 190, 182)),
    (0.30, (253, 204, 182)),
    (0.48, (250, 218, 182)),
    (0.64, (240, 188, 190)),
    (0.80, (206, 182, 220)),
    (1.0, (182, 214, 216)),
)
