"""``python3.13 -m tests.readers.blender FILES…``: what Blender's importers make of models.

Takes ``.glb``, ``.fbx`` (by both importers) and ``.zip`` or ``.obj``. It needs Blender as a Python
module, 880 MB and for one version of Python alone, and is therefore no part of the test run:
``python3.13 -m pip install bpy==5.2.3`` in an environment of its own, from the project's root.
The exit code tells whether every importer connected all maps of every material.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np

#: Inputs of the principled shader that every material of Meshmill feeds with an image.
_ALWAYS = {"Base Color", "Metallic", "Normal", "Roughness"}
#: Inputs that it feeds where an image's name ends so.
_SOMETIMES = {"_E": "Emission Color", "_A": "Alpha"}
_IMPORTERS = {
    ".glb": (("import_scene", "gltf"),),
    ".fbx": (("wm", "fbx_import"), ("import_scene", "fbx")),
    ".obj": (("wm", "obj_import"),),
}


@dataclass(frozen=True)
class Imported:
    """One file by one importer; bounds are Blender's own, Z up, in metres."""

    label: str
    triangles: int
    low: tuple[float, ...]
    high: tuple[float, ...]
    inputs: dict[str, set[str]]
    emission: dict[str, float]

    def missing(self) -> set[str]:
        """Inputs without an image, as ``material: input``."""
        return {
            f"{name}: {socket}" for name, fed in self.inputs.items() for socket in _ALWAYS - fed
        } | {
            f"{socket} for an image that ends in {ending}"
            for ending, socket in _SOMETIMES.items()
            if any(Path(image.name).stem.endswith(ending) for image in bpy.data.images)
            and not any(socket in fed for fed in self.inputs.values())
        }


def main(files: list[str]) -> int:
    """Print a line for each importer of each file."""
    complete = True
    with tempfile.TemporaryDirectory() as folder:
        for file in files:
            for model in _read(Path(file), Path(folder)):
                missing = sorted(model.missing())
                complete = complete and not missing
                print(
                    model.label, f"{model.triangles} triangles", model.low, model.high,
                    {name: sorted(fed) for name, fed in model.inputs.items()}, model.emission,
                    f"MISSING {missing}" if missing else "complete",
                )  # fmt: skip
    return 0 if complete else 1


def _read(path: Path, folder: Path) -> Iterator[Imported]:
    name = path.name
    if path.suffix == ".zip":
        zipfile.ZipFile(path).extractall(folder / path.stem)
        path = folder / path.stem / "model.obj"
    for module, function in _IMPORTERS[path.suffix]:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        getattr(getattr(bpy.ops, module), function)(filepath=str(path))
        yield _imported(f"{name} by {module}.{function}")


def _imported(label: str) -> Imported:
    meshes = [item for item in bpy.data.objects if item.type == "MESH"]
    corners = np.array(
        [item.matrix_world @ vertex.co for item in meshes for vertex in item.data.vertices]
    )
    shaders = {
        material.name: next(
            node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED"
        )
        for material in bpy.data.materials
        if material.users and material.node_tree
    }
    return Imported(
        label=label,
        triangles=sum(len(item.data.polygons) for item in meshes),
        low=tuple(corners.min(axis=0).astype(float).round(4).tolist()),
        high=tuple(corners.max(axis=0).astype(float).round(4).tolist()),
        inputs={
            name: {s.name for s in node.inputs if s.is_linked} for name, node in shaders.items()
        },
        emission={
            name: node.inputs["Emission Strength"].default_value for name, node in shaders.items()
        },
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
