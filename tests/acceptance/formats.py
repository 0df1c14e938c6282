"""Points 1 and 8: files without a complaint, which say what they were made from."""

from __future__ import annotations

from collections.abc import Iterator

from meshmill.geometry.exporters.glb import export
from meshmill.geometry.exporters.interface import Identity
from meshmill.geometry.images import encode_textures
from meshmill.geometry.version import ENGINE_VERSION
from meshmill_local.gltf_check import ValidatorMissing, validate_all
from tests.acceptance.report import Check
from tests.acceptance.subject import Asset
from tests.readers.glb_reader import Glb

CLEAN, PROVENANCE = 1, 8
_ALLOWED_EXTENSIONS = {"KHR_materials_emissive_strength", "EXT_texture_webp"}


def glb_files(asset: Asset) -> list[bytes]:
    """The GLB of each level."""
    identity = Identity("0" * 64, asset.generator, asset.seed, ENGINE_VERSION)
    images = encode_textures(asset.scene.textures, "png")
    return [export(scene, images, identity) for scene in asset.levels]


def check_files(asset: Asset) -> Iterator[Check]:
    """Khronos' validator over the GLB of each level; origin and extensions of the first."""
    files = glb_files(asset)
    try:
        reports = validate_all(files)
    except ValidatorMissing as missing:
        yield Check.unmeasured(CLEAN, "gltf-validator", "all", str(missing))
    else:
        for level, report in enumerate(reports):
            found = report.messages[0] if report.messages else "clean"
            yield Check.equal(CLEAN, "gltf-validator", f"level {level}", found, "clean")
    yield from check_document(asset, files[0])


def check_document(asset: Asset, data: bytes) -> Iterator[Check]:
    """What a GLB says of its origin, and which extensions it uses."""
    document = Glb(data).document
    extras = document["asset"].get("extras", {}).get("meshmill", {})
    members = sorted(extras)
    wanted = ["engine_version", "generator", "seed", "spec_id"]
    yield Check.equal(PROVENANCE, "extras name the origin", "glb", members == wanted, True)
    extensions = set(document.get("extensionsUsed", ()))
    beyond = sorted(extensions - _ALLOWED_EXTENSIONS)
    yield Check.equal(PROVENANCE, "other extensions", "glb", beyond, [])
    lit = any(material.emissive is not None for material in asset.scene.materials)
    used = "KHR_materials_emissive_strength" in extensions
    yield Check.equal(PROVENANCE, "emissive strength where lit", "glb", used, lit)
