"""Programs that nobody here wrote agree: MikkTSpace and Khronos' validator."""

from __future__ import annotations

from functools import cache

from meshmill.geometry.scene import Primitive
from tests.acceptance.formats import check_document, glb_files
from tests.acceptance.mikktspace import reference_tangents
from tests.acceptance.samples import sample
from tests.acceptance.tangents import check_against
from tests.readers.gltf_validator import complaints
from tests.unit.geometry.specs import SAMPLES


@cache
def primitives() -> dict[str, Primitive]:
    return {
        f"{label}, {primitive.material.name}": primitive
        for label in SAMPLES
        for primitive in sample(label).scene.primitives
    }


def test_tangents_of_every_sample_are_those_of_mikktspace() -> None:
    references = reference_tangents(primitives().values())
    failed = [
        f"{label}: {check.line}"
        for (label, primitive), reference in zip(primitives().items(), references, strict=True)
        for check in check_against(primitive, reference)
        if not check.passed
    ]
    assert not failed, "\n".join(failed)


def test_every_level_of_every_sample_is_a_clean_gltf_that_names_its_origin() -> None:
    files: dict[str, bytes] = {}
    failed: list[str] = []
    for label in SAMPLES:
        asset = sample(label)
        levels = glb_files(asset)
        files |= {f"{label}, level {level}": data for level, data in enumerate(levels)}
        failed += [
            f"{label}: {check.line}"
            for check in check_document(asset, levels[0])
            if not check.passed
        ]
    assert not failed, "\n".join(failed)
    assert complaints(files) == {}
