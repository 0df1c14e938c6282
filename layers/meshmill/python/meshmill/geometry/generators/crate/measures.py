"""Thicknesses and widths of a crate's parts, in proportion to the crate."""

from __future__ import annotations

from dataclasses import dataclass

from meshmill.geometry.generators.crate.pieces import Vector
from meshmill.geometry.generators.crate.spec import CrateOptions


@dataclass(frozen=True, slots=True)
class Measures:
    """Metres; ``half`` is half the crate's bounds, ``mean`` and ``least`` are of its edges."""

    half: Vector
    mean: float
    least: float

    @classmethod
    def of(cls, options: CrateOptions) -> Measures:
        """What the options ask for."""
        edges = (options.width_m, options.height_m, options.depth_m)
        x, y, z = (edge / 2 for edge in edges)
        return cls((x, y, z), sum(edges) / 3, min(edges))

    def part(self, of_mean: float, of_least: float) -> float:
        """A share of the mean edge, and no more than a share of the least."""
        return min(of_mean * self.mean, of_least * self.least)

    def inside(self, depth: float) -> Vector:
        """Half extents of the crate, less ``depth`` all around."""
        x, y, z = (edge - depth for edge in self.half)
        return x, y, z

    @property
    def clearance(self) -> float:
        """Between parts that lie on one another, so that no two faces share a plane."""
        longest = 2 * max(self.half)
        return min(max(0.0008 * self.least, 0.00025 * longest), 0.012 * self.least)

    @property
    def bevel(self) -> float:
        """The radius of edges."""
        return self.part(0.0045, 0.012)

    def eased(self, *edges: float) -> float:
        """The radius of a part's edges, small beside its own size."""
        return min(self.bevel, 0.22 * min(edges))
