"""Bark-covered tubes around the branches: closed solids, each sunk into its parent.

The bark's texture repeats. Along a branch v runs from 1 to 0 again and again, and rings are
doubled where it starts anew; around it u takes a share of the texture as wide as the branch is
thick, and the trunk the whole width, so that its seam shows no step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.angles import TAU
from meshmill.geometry.arrays import F64, I64
from meshmill.geometry.generators.tree.rings import Rings
from meshmill.geometry.generators.tree.strips import strips
from meshmill.geometry.generators.tree.wood import BarkScale, Resolution, Wood
from meshmill.geometry.parts import Part
from meshmill.geometry.vectors import cross, dot, normalised

#: Below this share of the girth that takes the texture's whole width, a trunk's seam opens.
_PINNED = 0.75


def tubes(resolution: Resolution, seed: int) -> list[Part]:
    """The tubes, those of equal resolution at once; positions in units of the tree's height."""
    return [
        part
        for members, sides, rings, order in resolution.groups()
        for part in _Tubes(resolution.wood, order, members, sides, rings).parts(seed)
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Tubes:
    """Branches of one order that share a resolution."""

    wood: Wood
    order: int
    members: I64
    sides: int
    rings: int

    def parts(self, seed: int) -> list[Part]:
        """The tubes, and the caps of their bases."""
        spans = self._spans()
        shape = Rings.of(
            self.wood, self.order, self.wood.index[spans.branch], spans.share, self.sides
        )
        positions, normals = shape.surface(self.wood.skeleton.habit.flare, seed)
        turns = np.arange(self.sides + 1) * (1.0 / self.sides) - 0.5
        width = _texture_width(shape.radius, self.wood.scale, stem=self.order == 0)
        uvs = np.empty((*positions.shape[:3], 2))
        uvs[..., 0] = 0.5 + turns * width[:, :, None]
        uvs[..., 1] = spans.down[:, :, None]
        rims = positions[spans.first, 0, :-1]
        caps = _caps(rims, shape.direction[spans.first, 0], self.wood.scale)
        return [strips(positions, normals, uvs), caps]

    def _spans(self) -> _Spans:
        """Cut the branches where the texture starts anew."""
        wood = self.wood
        counts = wood.spans[self.members]
        branch = np.repeat(self.members, counts)
        number = np.arange(len(branch)) - np.repeat(np.cumsum(counts) - counts, counts)
        offset, whole = wood.first[branch], wood.runs[branch][:, None]
        start = np.maximum(number - offset, 0.0)[:, None]
        stop = np.minimum(number + 1.0 - offset, wood.runs[branch])[:, None]
        ticks = np.arange(self.rings + 1) * (1.0 / self.rings)
        if self.order == 0:  # more rings at the foot, for the roots
            ticks = np.where(number[:, None] == 0, ticks * (0.35 + 0.65 * ticks), ticks)
        # Neighbours meet at the very same number, and so at the same points.
        way = np.where(ticks == 1.0, stop, start + (stop - start) * ticks)
        share = np.where(way == whole, 1.0, way / whole)
        down = np.clip((number + 1.0 - offset)[:, None] - way, 0.0, 1.0)
        return _Spans(branch, share, down, np.flatnonzero(number == 0))


@dataclass(frozen=True, slots=True, eq=False)
class _Spans:
    """Pieces of branches along which the texture runs once.

    ``branch`` int64 (n,); ``share`` of the branch's way and ``down`` in the texture, float64 (n,
    rings); ``first`` are those pieces that begin a branch.
    """

    branch: I64
    share: F64
    down: F64
    first: I64


def _texture_width(radius: F64, scale: BarkScale, *, stem: bool) -> F64:
    """Share of the texture's width that rings take."""
    share = radius * (TAU / scale.width)
    if stem:
        share = share * (1.0 / _PINNED)
    widths: F64 = np.minimum(share, 1.0 / scale.periods)
    return widths


def _caps(rim: F64, direction: F64, scale: BarkScale) -> Part:
    """Flat ends of tubes at their bases: ``rim`` (n, sides, 3), facing against ``direction``.

    Fans around a middle, which sees all of a foot that roots make uneven.
    """
    count, sides, _ = rim.shape
    centre = np.cumsum(rim, axis=1)[:, -1:] * (1.0 / sides)
    right = normalised(rim[:, 0] - centre[:, 0])
    front = cross(direction, right)
    points = np.concatenate((rim, centre), axis=1)
    arm = points - centre
    across, down = dot(arm, right[:, None]), dot(arm, front[:, None])
    uvs = np.stack((0.5 + across / scale.width, 0.5 + down / scale.height), axis=-1)
    index = np.arange(count * (sides + 1)).reshape(count, sides + 1)
    fan = [index[:, (sides, (k + 1) % sides, k)] for k in range(sides)]
    return Part(
        points.reshape(-1, 3).astype(np.float32),
        np.repeat(-direction, sides + 1, axis=0).astype(np.float32),
        np.clip(uvs, 0.0, 1.0).reshape(-1, 2).astype(np.float32),
        np.concatenate(fan).astype(np.uint32),
    )
