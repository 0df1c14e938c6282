"""What three.js's GLTFLoader, OBJLoader with MTLLoader, and FBXLoader make of files."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshmill_local.gltf_check import node

_SCRIPT = Path(__file__).with_name("three_loaders.mjs")


@dataclass(frozen=True)
class ThreeModel:
    """One file: ``corners`` by attribute, in the order of the faces of all meshes.

    ``materials`` are by name: ``maps`` (SHA-256 of the image by slot), ``transparent``,
    ``emissiveIntensity``.
    """

    mesh_names: tuple[str, ...]
    transforms: tuple[tuple[float, ...], ...]
    corners: dict[str, NDArray[np.float32]]
    materials: dict[str, dict[str, Any]]


def read_with_three(paths: Sequence[Path]) -> list[ThreeModel]:
    """Read ``.glb``, ``.obj`` (its ``.mtl`` beside it) and ``.fbx`` files in one Node process."""
    done = subprocess.run(
        [str(node()), str(_SCRIPT)],
        input=json.dumps([str(path) for path in paths]).encode(),
        stdout=subprocess.PIPE,
        check=True,
        timeout=120,
    )
    return [_model(json.loads(line)) for line in done.stdout.splitlines()]


def _model(told: dict[str, Any]) -> ThreeModel:
    return ThreeModel(
        mesh_names=tuple(mesh["name"] for mesh in told["meshes"]),
        transforms=tuple(tuple(mesh["world"]) for mesh in told["meshes"]),
        corners={
            name: np.concatenate([_array(mesh[name], width) for mesh in told["meshes"]])
            for name, width in (("position", 3), ("normal", 3), ("uv", 2))
        },
        materials=told["materials"],
    )


def _array(encoded: str, width: int) -> NDArray[np.float32]:
    return np.frombuffer(base64.b64decode(encoded), dtype="<f4").reshape(-1, width)
