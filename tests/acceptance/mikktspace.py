"""MikkTSpace's own tangents, from the npm package of that name (Mikkelsen's code as WebAssembly).

All meshes of a call go through one Node process.
"""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Iterable, Iterator

import numpy as np

from meshmill.geometry.scene import Primitive
from meshmill_local.gltf_check import PROJECT, node
from tests.acceptance.welding import Array

_SECONDS = 300
_MISSING = 3

# stdin: [uint32 corners, float32 positions, normals, uvs of each]*, unindexed; stdout: tangents.
_SCRIPT = """
let generateTangents;
try { ({ generateTangents } = require('mikktspace')); } catch { process.exit(3); }
const fs = require('fs');
const input = fs.readFileSync(0);
for (let at = 0; at < input.length;) {
  const corners = input.readUInt32LE(at);
  at += 4;
  const take = (width) => {
    const bytes = new Uint8Array(input.subarray(at, at + 4 * corners * width));
    at += bytes.length;
    return new Float32Array(bytes.buffer, 0, corners * width);
  };
  const tangents = generateTangents(take(3), take(3), take(2));
  const bytes = new Uint8Array(tangents.buffer, tangents.byteOffset, tangents.byteLength);
  for (let sent = 0; sent < bytes.length;) sent += fs.writeSync(1, bytes, sent);
}
"""


class ReferenceMissing(RuntimeError):
    """The package is not installed in ``node_modules``."""


def reference_tangents(primitives: Iterable[Primitive]) -> list[Array]:
    """Tangents float32 (m, 3, 4) of each corner of each face, with MikkTSpace's raw sign last.

    Raises:
        ReferenceMissing: ``npm ci`` has not been run.
    """
    every = list(primitives)
    finished = subprocess.run(
        [str(node()), "-e", _SCRIPT],
        cwd=PROJECT,
        input=b"".join(part for primitive in every for part in _unindexed(primitive)),
        stdout=subprocess.PIPE,
        check=False,
        timeout=_SECONDS,
    )
    if finished.returncode == _MISSING:
        raise ReferenceMissing("mikktspace is not installed: npm ci")
    finished.check_returncode()
    tangents = np.frombuffer(finished.stdout, dtype="<f4").reshape(-1, 3, 4)
    ends = np.cumsum([len(primitive.triangles) for primitive in every])[:-1]
    return np.split(tangents, ends)


def _unindexed(primitive: Primitive) -> Iterator[bytes]:
    yield struct.pack("<I", primitive.triangles.size)
    for values in (primitive.positions, primitive.normals, primitive.uvs):
        yield values[primitive.triangles].astype("<f4").tobytes()
