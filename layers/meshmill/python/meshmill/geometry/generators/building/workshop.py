"""Making bars: all those of one profile at a time, whatever their kinds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from meshmill.geometry.arrays import F64, I64
from meshmill.geometry.generators.building.bars import Bars, end_chart
from meshmill.geometry.generators.building.faces import Faces
from meshmill.geometry.generators.building.profiles import Edges, Profile, perimeters, profile_of
from meshmill.geometry.generators.building.sheet import Draft
from meshmill.geometry.vectors import cross, normalised


def made(several: Sequence[Bars], edges: Edges, draft: Draft) -> Faces:
    """The faces of all bars, on the charts that ``draft`` has for their kinds."""
    by_profile: dict[Profile, list[Bars]] = {}
    for bars in several:
        if len(bars.start):
            by_profile.setdefault(profile_of(bars.kind.shape, edges), []).append(bars)
    return Faces.joined([_prisms(p, own, draft) for p, own in by_profile.items()])


def _prisms(profile: Profile, several: Sequence[Bars], draft: Draft) -> Faces:
    sections = profile.sections(np.array([(b.kind.width, b.kind.height) for b in several]))
    owner = np.repeat(np.arange(len(several)), [len(bars.start) for bars in several])
    start, end, up = (
        np.concatenate([getattr(bars, member) for bars in several])
        for member in ("start", "end", "up")
    )
    along = end - start
    right = normalised(cross(up, along))
    upward = normalised(cross(along, right))
    section = sections[owner]
    reach = right[:, None] * section[:, :, :1] + upward[:, None] * section[:, :, 1:]
    segments = np.array([bars.segments for bars in several])[owner]
    ends = (start[:, None] + reach)[:, profile.mirrored], (start + along)[:, None] + reach
    corners = np.concatenate([ring[:, profile.fans].reshape(-1, 4, 3) for ring in ends])
    uvs = _end_uvs(profile, several, sections, draft)[owner].reshape(-1, 4, 2)
    bar, sides = _sides(start, along, reach, segments)
    return Faces(
        np.concatenate((sides, corners)),
        np.concatenate(
            (_side_uvs(several, sections, draft)[owner[bar]].reshape(-1, 4, 2), uvs, uvs)
        ),
    )


def _sides(start: F64, along: F64, reach: F64, segments: I64) -> tuple[I64, F64]:
    """The bar (m,) of each segment, and corners (m * k, 4, 3) of the quads around it.

    Ends of segments lie at the same share of the bar, whether they are a first or a last one.
    """
    bar = np.repeat(np.arange(len(segments)), segments)
    place = np.arange(len(bar)) - (np.cumsum(segments) - segments)[bar]
    near, far = (
        (start[bar] + along[bar] * ((place + k) / segments[bar])[:, None])[:, None] + reach[bar]
        for k in (0, 1)
    )
    turned = np.roll(np.arange(reach.shape[1]), -1)
    quads = np.stack((near, near[:, turned], far[:, turned], far), axis=2)
    return bar, quads.reshape(-1, 4, 3)


def _side_uvs(several: Sequence[Bars], sections: F64, draft: Draft) -> F64:
    """UVs (b, k, 4, 2) of the quads around a segment of each kind: length across, girth down."""
    around = perimeters(sections)
    around = around / around[:, -1:]
    uvs = np.empty((*sections.shape[:2], 4, 2))
    first = np.array([draft.shift(bars.name) for bars in several])
    uvs[..., 0] = first[:, None, None] + np.array((0.0, 0.0, 1.0, 1.0))
    uvs[:, :, (0, 3), 1] = around[:, :-1, None]
    uvs[:, :, (1, 2), 1] = around[:, 1:, None]
    return uvs


def _end_uvs(profile: Profile, several: Sequence[Bars], sections: F64, draft: Draft) -> F64:
    """UVs (b, faces, 4, 2) of an end; both ends repeat them, as sections are symmetric."""
    low = sections.min(axis=1, keepdims=True)
    share = (sections - low) / (sections.max(axis=1, keepdims=True) - low)
    first = np.array([draft.shift(end_chart(bars.name)) for bars in several])
    uvs = np.stack((first[:, None] + share[..., 0], 1.0 - share[..., 1]), axis=-1)
    placed: F64 = uvs[:, profile.fans]
    return placed
