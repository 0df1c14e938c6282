"""Every check of one asset."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from meshmill.geometry.scene import Scene
from tests.acceptance.coplanar import check_coplanar
from tests.acceptance.domain.registry import check_domain
from tests.acceptance.formats import check_files
from tests.acceptance.levels import check_levels
from tests.acceptance.materials import check_materials
from tests.acceptance.proportions import check_proportions
from tests.acceptance.report import Check, QualityReport
from tests.acceptance.subject import Asset
from tests.acceptance.tangents import check_reference, check_tangents
from tests.acceptance.texture_space import check_texture_space
from tests.acceptance.topology import check_topology


def quality_report(asset: Asset) -> QualityReport:
    """Measure an asset at every point of the acceptance list."""
    checks = [*scene_checks(asset)]
    if is_sound(asset.scene):
        checks += [*check_reference(asset.scene), *check_files(asset)]
    return QualityReport(asset.describe(), tuple(checks))


def scene_checks(asset: Asset) -> Iterator[Check]:
    """What is measured without another program's help."""
    scene = asset.scene
    yield Check.equal(2, "finite, indices in range", "all", is_sound(scene), True)
    if not is_sound(scene):
        return
    yield from check_proportions(asset)
    yield from check_topology(scene, asset.generator)
    yield from check_coplanar(scene)
    yield from check_texture_space(scene)
    yield from check_tangents(scene)
    yield from check_materials(scene, asset.generator, asset.texture_size)
    yield from check_levels(asset)
    yield from check_domain(asset)


def is_sound(scene: Scene) -> bool:
    """Whether all numbers are finite and all triangles have vertices; else nothing is measured."""
    return scene.triangle_count > 0 and all(
        all(np.isfinite(values).all() for values in (p.positions, p.normals, p.tangents, p.uvs))
        and len(p.triangles)
        and int(p.triangles.max()) < len(p.positions)
        for p in scene.primitives
    )
