"""How a building is divided: bays, storeys, and the panels that its coarsest level is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product

from meshmill.geometry.generators.building.spec import BuildingOptions
from meshmill.geometry.generators.building.styles import Covering, OpeningSize, Style, covering_of

#: Share of the coarsest level's triangles that its walls may use.
_WALL_SHARE = 0.37
_COARSEST = 8
_MANY_BAYS = 8
_JETTIES = 2
_HEADROOM = 0.3
_LEAST_OPENING = 0.3

BLANK, WINDOW, DOOR = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Band:
    """Storeys that a panel holds together: ``first`` up to ``first + storeys``."""

    first: int
    storeys: int
    outset: float

    @property
    def ground(self) -> bool:
        """Whether it is the ground floor."""
        return self.first == 0


@dataclass(frozen=True, slots=True)
class Opening:
    """A rectangle in a bay, as shares of its width and height, from the lower left."""

    left: float
    right: float
    bottom: float
    top: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Bays along width and depth, bays in a panel on either, and bands of storeys.

    ``bay`` is the width and height of the nominal bay in metres; ``openings`` belong to the kinds
    of bays ``window``, ``shop`` and ``door``.
    """

    options: BuildingOptions
    style: Style
    bays: tuple[int, int]
    groups: tuple[int, int]
    bands: tuple[Band, ...]
    bay: tuple[float, float]
    rise: float
    openings: dict[str, Opening]

    @classmethod
    def of(cls, options: BuildingOptions, style: Style, budget: int) -> Layout:
        """Divide a building whose coarsest level has an eighth of ``budget`` triangles."""
        bays = _bays(options, style)
        widths = options.width_m / bays[0], options.depth_m / bays[1]
        bay = (widths[0] + widths[1]) * 0.5, options.storey_height_m
        groups, bands = _groups(options, style, bays, bay, budget // _COARSEST)
        openings = {
            "window": _opening(style.window, bay, 0.0),
            "shop": _opening(style.shop, bay, style.plinth + 0.12),
            "door": _opening(style.door, bay, style.plinth),
        }
        return cls(options, style, bays, groups, bands, bay, _rise(options, style), openings)

    @property
    def size(self) -> tuple[float, float]:
        """Width and depth of the footprint."""
        return self.options.width_m, self.options.depth_m

    @property
    def wall_height(self) -> float:
        """Height of the walls up to the eaves."""
        return self.options.storeys * self.options.storey_height_m

    @property
    def top_outset(self) -> float:
        """How far the top storey stands out beyond the footprint."""
        return self.bands[-1].outset

    @property
    def covering(self) -> Covering:
        """What lies on the roof."""
        return covering_of(self.options)

    @property
    def ridge_along_x(self) -> bool:
        """Whether the ridge follows the width."""
        return ridge_along_x(self.options)

    @property
    def gabled(self) -> bool:
        """Whether walls run up into gables."""
        return self.options.roof == "gable"

    def storeys(self) -> Iterator[tuple[int, Band, int]]:
        """Each storey with its band, and its place in the band, from the ground up."""
        for band in self.bands:
            for within in range(band.storeys):
                yield band.first + within, band, within

    def level(self, storey: int) -> float:
        """Height of a storey's floor."""
        return storey * self.options.storey_height_m

    def opening(self, kind: int, ground: bool) -> Opening:  # noqa: FBT001 - a place, not a mode
        """The opening of a bay of that kind."""
        return self.openings[opening_name(kind, ground=ground)]


def opening_name(kind: int, *, ground: bool) -> str:
    """Name of the opening of a bay's kind."""
    if kind == DOOR:
        return "door"
    return "shop" if ground else "window"


def ridge_along_x(options: BuildingOptions) -> bool:
    """Ridges follow the longer walls."""
    return options.width_m >= options.depth_m


def _rise(options: BuildingOptions, style: Style) -> float:
    """Height of a pitched roof above its eaves; wide roofs are flatter."""
    span = min(options.width_m, options.depth_m)
    return min(0.5 * span * style.pitch, 2.4 + 0.2 * span)


def _bays(options: BuildingOptions, style: Style) -> tuple[int, int]:
    """Bays along both walls: as equal in width as can be, within the style's range."""
    low, high = style.bay
    lengths = options.width_m, options.depth_m
    gable_wall = 1 if ridge_along_x(options) else 0
    choices = []
    for axis, length in enumerate(lengths):
        counts = range(max(1, int(length / high) - 1), int(length / low) + 3)
        even = options.roof == "gable" and axis == gable_wall
        choices.append([n for n in counts if _divides_well(n, even=even)] or [2])
    wanted = (low + high) * 0.5

    def cost(pair: tuple[int, int]) -> float:
        widths = [length / count for length, count in zip(lengths, pair, strict=True)]
        uneven = max(widths) / min(widths) - 1.0
        outside = sum(max(low / w, w / high, 1.0) - 1.0 for w in widths)
        unusual = sum(max(w / wanted, wanted / w) - 1.0 for w in widths)
        return uneven + 1.5 * outside + 0.25 * unusual

    return min(product(*choices), key=cost)  # type: ignore[arg-type, return-value]


def _divides_well(count: int, *, even: bool) -> bool:
    if count > _MANY_BAYS:
        return count % 4 == 0
    return count % 2 == 0 or not even


def _groups(
    options: BuildingOptions,
    style: Style,
    bays: tuple[int, int],
    bay: tuple[float, float],
    budget: int,
) -> tuple[tuple[int, int], tuple[Band, ...]]:
    """The smallest panels of which the walls take no more than their share of ``budget``."""
    halves = [1, 1]
    if options.roof == "gable":
        halves[1 if ridge_along_x(options) else 0] = 2
    widths = [
        [g for g in range(1, count // half + 1) if (count // half) % g == 0]
        for count, half in zip(bays, halves, strict=True)
    ]
    choices = []
    for across, along, high in product(*widths, range(1, max(2, options.storeys))):
        bands = _bands(options, style, high)
        used = _panel_triangles((bays[0] // across, bays[1] // along), bands, options)
        size = (across + along) * bay[0] + 2 * high * bay[1]
        over = max(0.0, used - _WALL_SHARE * budget)
        choices.append((over, size, across, along, high))
    _, _, across, along, high = min(choices)
    return (across, along), _bands(options, style, high)


def _panel_triangles(
    panels: tuple[int, int], bands: tuple[Band, ...], options: BuildingOptions
) -> int:
    around = 4 * (panels[0] + panels[1])
    steps = sum(low.outset != high.outset for low, high in pairwise(bands))
    gables = 2 * max(panels) * max(panels) if options.roof == "gable" else 0
    return around * (len(bands) + steps) + 4 * panels[0] * panels[1] + gables


def _bands(options: BuildingOptions, style: Style, high: int) -> tuple[Band, ...]:
    """The ground floor, storeys that jetty out, then ``high`` storeys at a time."""
    bands = [Band(0, 1, 0.0)]
    storey, outset = 1, 0.0
    while style.jetty > 0 and storey < min(options.storeys, _JETTIES + 1):
        outset += style.jetty
        bands.append(Band(storey, 1, outset))
        storey += 1
    while storey < options.storeys:
        count = high if storey + high <= options.storeys else 1
        bands.append(Band(storey, count, outset))
        storey += count
    return tuple(bands)


def _opening(size: OpeningSize, bay: tuple[float, float], least_sill: float) -> Opening:
    width = min(size.width, size.width_share * bay[0])
    height = min(size.height, size.height_share * bay[1])
    sill = max(least_sill, min(size.sill, bay[1] - height - _HEADROOM))
    top = max(min(sill + height, bay[1] - _HEADROOM), sill + _LEAST_OPENING)
    margin = 0.5 * (1.0 - width / bay[0])
    return Opening(margin, 1.0 - margin, sill / bay[1], top / bay[1])
