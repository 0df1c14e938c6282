"""Every scene in every format, written once; three.js reads all in one process."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from meshmill.geometry.exporters.interface import Exporter
from meshmill.geometry.images import TextureFormat
from meshmill.geometry.registry import FORMATS
from meshmill.geometry.scene import Scene
from tests.formats.scenes import IDENTITY, all_scenes
from tests.readers.three_reader import ThreeModel, read_with_three


@dataclass(frozen=True)
class Written:
    """A scene, and the path of the model file in each format."""

    scene: Scene
    paths: dict[str, Path]


def write(scene: Scene, target: str, texture_format: TextureFormat = "png") -> bytes:
    """``scene`` in a format of the registry."""
    exporter: Exporter = import_module(FORMATS[target].module)
    return exporter.export(scene, exporter.encode(scene, texture_format), IDENTITY)


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Written]:
    """All scenes by their labels; the archive of OBJ is unpacked."""
    root = tmp_path_factory.mktemp("formats")
    result = {}
    for label, scene in all_scenes().items():
        folder = root / label
        folder.mkdir()
        paths = {"gltf": folder / "model.glb", "fbx": folder / "model.fbx"}
        for target, path in paths.items():
            path.write_bytes(write(scene, target))
        zipfile.ZipFile(io.BytesIO(write(scene, "obj"))).extractall(folder)
        result[label] = Written(scene, {**paths, "obj": folder / "model.obj"})
    return result


@pytest.fixture(scope="session")
def seen_by_three(written: dict[str, Written]) -> dict[tuple[str, str], ThreeModel]:
    """What three.js makes of each, by label and format."""
    keys = [(label, target) for label, files in written.items() for target in files.paths]
    models = read_with_three([written[label].paths[target] for label, target in keys])
    return dict(zip(keys, models, strict=True))
