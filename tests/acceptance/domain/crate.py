"""Crates have bevels: no sharp edge is to be seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.acceptance.proportions import positions
from tests.acceptance.rays import nearest
from tests.acceptance.report import Check
from tests.acceptance.subject import Asset
from tests.acceptance.welding import Array, Welded

POINT = 9
_EDGE, _SHARP = 20.0, 60.0
_SHARP_SHARE = 0.1
_PROBES = 400
_OFF = 1e-4
_BOUNDS = 2e-3


def check_crate(asset: Asset) -> Iterator[Check]:
    """Bounds as asked for, and the share of visible edges that are sharp."""
    options: Any = asset.options
    extent = np.ptp(positions(asset.scene), axis=0)
    wanted = np.array([options.width_m, options.height_m, options.depth_m])
    off = float(np.abs(extent / wanted - 1).max())
    yield Check.at_most(POINT, "bounds off those asked for", "all", off, _BOUNDS)
    share = sharp_share(Welded.of(asset.scene.primitives))
    yield Check.at_most(POINT, "sharp edges among visible ones", "all", share, _SHARP_SHARE)


def sharp_share(mesh: Welded) -> float:
    """Length of visible convex edges of over 60 degrees, as a share of all of over 20 degrees.

    A chamfer turns one edge of 90 degrees into two of 45. An edge is visible where nothing lies
    before it in the direction between its faces' normals; a sample of edges by length tells.
    """
    middles, outward, lengths, angles = convex_edges(mesh)
    kept = angles > _EDGE
    middles, outward, lengths, angles = (
        values[kept] for values in (middles, outward, lengths, angles)
    )
    along = (np.arange(_PROBES) + 0.5) / _PROBES * lengths.sum()
    probe = np.searchsorted(np.cumsum(lengths), along)
    origins = middles[probe] + _OFF * mesh.size * outward[probe]
    visible = np.isinf(nearest(mesh, origins, outward[probe]))
    sharp = visible & (angles[probe] > _SHARP)
    return float(sharp.sum() / max(1, visible.sum()))


def convex_edges(mesh: Welded) -> tuple[Array, Array, Array, Array]:
    """Edges of two faces that bulge: middles, directions outwards, lengths, degrees of the turn."""
    edges = mesh.edges()
    normals = mesh.crosses / np.maximum(2 * mesh.areas, 1e-300)[:, None]
    order = np.argsort(edges.of_face.ravel(), kind="stable")
    face, opposite = order // 3, mesh.triangles.ravel()[(order // 3) * 3 + (order + 2) % 3]
    begins = np.cumsum(edges.uses) - edges.uses
    pair = begins[edges.uses == 2]
    ends = mesh.points[edges.ends[edges.uses == 2]]
    one, two = normals[face[pair]], normals[face[pair + 1]]
    middles = ends.mean(axis=1)
    # The other face's free corner lies below this one's plane.
    convex = ((mesh.points[opposite[pair + 1]] - middles) * one).sum(axis=1) < 0
    turn = np.degrees(np.arccos(np.clip((one * two).sum(axis=1), -1, 1)))
    lengths = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
    outward = one + two
    outward /= np.maximum(np.linalg.norm(outward, axis=1), 1e-12)[:, None]
    return middles[convex], outward[convex], lengths[convex], turn[convex]
