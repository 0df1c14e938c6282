"""OBJ and FBX models opened by readers that are not ours: trimesh and ufbx."""

from __future__ import annotations

import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory


class UnreadableModel(Exception):
    """A reader can't open a file, or misses a part of it."""


def triangles_in(path: Path) -> int:
    """Triangles that a reader finds in a ``.fbx`` or in the ``.zip`` of an OBJ.

    Raises:
        UnreadableModel: it can't read the file.
    """
    try:
        return _in_fbx(path) if path.suffix == ".fbx" else _in_obj(path)
    except Exception as error:  # readers raise whatever their parsers do
        raise UnreadableModel(f"{type(error).__name__}: {error}") from error


def _in_fbx(path: Path) -> int:
    import ufbx  # noqa: PLC0415 - crashes beside the other package of this name

    with ufbx.load_file(str(path)) as scene:
        return sum(node.mesh.num_triangles for node in scene.nodes if node.mesh)


def _in_obj(path: Path) -> int:
    import trimesh  # noqa: PLC0415 - takes more than a second

    with TemporaryDirectory() as folder:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        scene = trimesh.load_scene(Path(folder) / "model.obj", process=False)
        return sum(len(mesh.faces) for mesh in scene.geometry.values())
