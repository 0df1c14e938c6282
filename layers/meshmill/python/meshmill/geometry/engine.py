"""The engine: a validated spec in, the files of its artefact out."""

from __future__ import annotations

from importlib import import_module

from meshmill.geometry.artefact import Artefact, ArtefactFile, Stats
from meshmill.geometry.digest import digest_arrays, digest_scene, digest_textures
from meshmill.geometry.exporters.interface import Exporter, Identity
from meshmill.geometry.levels import BUDGETS, level_budget, level_suffix
from meshmill.geometry.model import Brief, Generator, Model
from meshmill.geometry.png import encode_png
from meshmill.geometry.preview import PREVIEW_BUDGET, render_preview
from meshmill.geometry.provenance import provenance_file
from meshmill.geometry.registry import FORMATS, GENERATORS
from meshmill.geometry.scene import Scene
from meshmill.geometry.spec import AssetSpec
from meshmill.geometry.version import ENGINE_VERSION


def generate(spec: AssetSpec) -> Artefact:
    """Make every file of ``spec``: the model and its levels of detail, a preview, provenance.

    Pure and deterministic: equal specs give equal geometry and pixels on every machine, and equal
    bytes on one architecture. No files are written and no clock is read.
    """
    model = build_model(spec)
    scenes = _levels(model, spec)
    content: dict[str, str] = {}
    files = _model_files(spec, scenes, content)
    files.append(_preview_file(model, spec, scenes[0], content))
    stats = _stats(scenes[0])
    files.append(provenance_file(spec, stats, files, content))
    return Artefact(files=tuple(files), stats=stats)


def build_model(spec: AssetSpec) -> Model:
    """Load the generator on first use, and make the individual that ``spec`` describes."""
    parameters = spec.parameters
    build: Generator = import_module(GENERATORS[parameters.generator].module).build
    brief = Brief(
        seed=parameters.seed,
        budget=BUDGETS[parameters.quality],
        texture_size=parameters.texture_size,
    )
    return build(parameters.options, brief)


def _levels(model: Model, spec: AssetSpec) -> list[Scene]:
    """The model itself and its further levels of detail."""
    budget = BUDGETS[spec.parameters.quality]
    return [
        model.scene(level_budget(budget, level), level_suffix(level))
        for level in range(spec.parameters.lods + 1)
    ]


def _model_files(
    spec: AssetSpec, scenes: list[Scene], content: dict[str, str]
) -> list[ArtefactFile]:
    """Write each level in the format asked for; textures are encoded once for all levels."""
    target = FORMATS[spec.format]
    exporter: Exporter = import_module(target.module)
    images = exporter.encode(scenes[0], spec.parameters.texture_format)
    texture_digests = digest_textures(scenes[0])
    identity = Identity(
        spec_id=spec.spec_id,
        generator=spec.parameters.generator,
        seed=spec.parameters.seed,
        engine_version=ENGINE_VERSION,
    )
    files = []
    for level, scene in enumerate(scenes):
        name = f"model_lod{level}" if level else "model"
        content[name] = digest_scene(scene, texture_digests)
        data = exporter.export(scene, images, identity)
        files.append(ArtefactFile(name, f"{name}.{target.extension}", target.media_type, data))
    return files


def _preview_file(
    model: Model, spec: AssetSpec, scene: Scene, content: dict[str, str]
) -> ArtefactFile:
    """Render the model; above the preview's own budget a coarser level looks the same."""
    if BUDGETS[spec.parameters.quality] > PREVIEW_BUDGET:
        scene = model.scene(PREVIEW_BUDGET, "")
    pixels = render_preview(scene)
    content["preview"] = digest_arrays((("pixels", pixels),))
    return ArtefactFile("preview", "preview.png", "image/png", encode_png(pixels))


def _stats(scene: Scene) -> Stats:
    return Stats(
        triangles=scene.triangle_count,
        vertices=scene.vertex_count,
        materials=len(scene.materials),
        textures=len(scene.textures),
    )
