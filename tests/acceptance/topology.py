"""Point 2: faces, edges and solids of a mesh welded by position."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from meshmill.geometry.scene import Primitive, Scene
from tests.acceptance.report import Check
from tests.acceptance.welding import Array, Welded

POINT = 2
#: A face flatter than this share of the model's longest edge has no usable normal.
_THINNEST = 1e-6
_OUTWARD = 0.995
_MANIFOLD_USES = 2
#: Sheets by nature; everything else must be closed.
_OPEN_GENERATORS = frozenset({"terrain"})


def check_topology(scene: Scene, generator: str) -> Iterator[Check]:
    """Faces and edges of each primitive, then the solids that all of them make together."""
    size = Welded.of(scene.primitives).size
    for primitive in scene.primitives:
        where = primitive.material.name
        mesh = Welded.of([primitive])
        yield Check.equal(POINT, "degenerate faces", where, degenerate_faces(mesh, size), 0)
        yield Check.equal(POINT, "doubled faces", where, doubled_faces(mesh), 0)
        yield Check.equal(POINT, "non-manifold edges", where, non_manifold_edges(mesh), 0)
        if not primitive.material.double_sided:
            share = outward_share(primitive)
            yield Check.at_least(POINT, "faces with outward normals", where, share, _OUTWARD)
        deviation = float(np.abs(np.linalg.norm(primitive.normals, axis=1) - 1).max())
        yield Check.at_most(POINT, "normals' length, deviation", where, deviation, 1e-3)
    if generator not in _OPEN_GENERATORS:
        yield from _check_solids(scene)


def _check_solids(scene: Scene) -> Iterator[Check]:
    solid = Welded.of(p for p in scene.primitives if not p.material.double_sided)
    yield Check.equal(POINT, "open edges of solids", "all", open_edges(solid), 0)
    volumes = part_volumes(solid)
    inverted = int((volumes <= 0).sum())
    yield Check.equal(POINT, "solids inside out or empty", f"{len(volumes)} solids", inverted, 0)


def degenerate_faces(mesh: Welded, size: float) -> int:
    """Faces with two corners in one place, or flatter than a millionth of ``size``."""
    t = mesh.triangles
    repeated = (t[:, 0] == t[:, 1]) | (t[:, 1] == t[:, 2]) | (t[:, 2] == t[:, 0])
    a, b, c = mesh.corners
    longest = np.max([np.linalg.norm(v, axis=1) for v in (b - a, c - b, a - c)], axis=0)
    flat = 2 * mesh.areas < _THINNEST * size * longest
    return int((repeated | flat).sum())


def doubled_faces(mesh: Welded) -> int:
    """Faces on the same three places as another, whichever way they look."""
    ordered = np.sort(mesh.triangles, axis=1)
    return len(ordered) - len(np.unique(ordered, axis=0))


def non_manifold_edges(mesh: Welded) -> int:
    """Edges of more than two faces, or of two that look opposite ways."""
    edges = mesh.edges()
    crowded = edges.uses > _MANIFOLD_USES
    flipped = (edges.uses == _MANIFOLD_USES) & (edges.net != 0)
    return int((crowded | flipped).sum())


def open_edges(mesh: Welded) -> int:
    """Edges that faces don't use as often forwards as backwards: borders of holes."""
    return int((mesh.edges().net != 0).sum())


def part_volumes(mesh: Welded) -> Array:
    """Signed volumes of the connected parts; positive where faces look outwards."""
    a, b, c = mesh.corners
    pieces = (a * np.cross(b, c)).sum(axis=1) / 6
    return np.bincount(mesh.parts(), pieces)


def outward_share(primitive: Primitive) -> float:
    """Share of the faces whose corners' normals, taken together, are on the side they look to."""
    a, b, c = (primitive.positions[primitive.triangles[:, k]].astype(float) for k in range(3))
    mean = primitive.normals[primitive.triangles].sum(axis=1)
    return float(((np.cross(b - a, c - a) * mean).sum(axis=1) > 0).mean())
