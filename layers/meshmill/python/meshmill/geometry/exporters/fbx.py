"""Binary FBX 7.4 with embedded textures.

Metres (a scale factor of 100 to the format's centimetres), Y up, identity transforms. Arrays are
not compressed, see :func:`meshmill.geometry.exporters.fbx_nodes.array`.
"""

from __future__ import annotations

from dataclasses import asdict

from meshmill.geometry.exporters.fbx_geometry import add_mesh
from meshmill.geometry.exporters.fbx_materials import MaterialWriter
from meshmill.geometry.exporters.fbx_nodes import (
    VERSION,
    Node,
    int32,
    int64,
    raw,
    text,
    write_document,
)
from meshmill.geometry.exporters.fbx_objects import ROOT, Objects, qualified
from meshmill.geometry.exporters.fbx_properties import (
    double,
    integer,
    link,
    properties,
    remark,
    string,
)
from meshmill.geometry.exporters.interface import Identity
from meshmill.geometry.exporters.maps import SplitMaps, material_maps, split_maps
from meshmill.geometry.images import TextureFormat
from meshmill.geometry.scene import Scene

_CENTIMETRES_PER_METRE = 100.0
_DOCUMENT_ID = 999_999
# A file's id must be the one that its time gives; this pair is known to agree.
_CREATED = "1970-01-01 10:00:00:000"
_FILE_ID = bytes.fromhex("28b32aebb624ccc2bfc8b02aa92bfcf1")
_STAMP = {
    "Version": 1000, "Year": 1970, "Month": 1, "Day": 1, "Hour": 10, "Minute": 0, "Second": 0,
    "Millisecond": 0,
}  # fmt: skip
_AXES = {
    "UpAxis": 1, "UpAxisSign": 1, "FrontAxis": 2, "FrontAxisSign": 1, "CoordAxis": 0,
    "CoordAxisSign": 1, "OriginalUpAxis": 1, "OriginalUpAxisSign": 1,
}  # fmt: skip


def encode(scene: Scene, texture_format: TextureFormat) -> SplitMaps:
    """Each map of ``scene``'s materials as a file."""
    return split_maps(scene, texture_format)


def export(scene: Scene, images: SplitMaps, identity: Identity) -> bytes:
    """Write ``scene`` as one self-contained ``.fbx``.

    ``images`` are those of :func:`encode`.
    """
    objects = Objects()
    maps = material_maps(scene, images)
    writer = MaterialWriter(objects)
    materials = {id(m): writer.add(m, maps[id(m)]) for m in scene.materials}
    remarks = [remark(f"meshmill_{key}", str(value)) for key, value in asdict(identity).items()]
    for mesh in scene.meshes:
        add_mesh(objects, mesh, materials, remarks)
    creator = f"Meshmill {identity.engine_version}"
    return write_document(
        (
            _header(creator, identity),
            Node("FileId", (raw(_FILE_ID),)),
            Node("CreationTime", (text(_CREATED),)),
            Node("Creator", (text(creator),)),
            _settings(),
            _documents(),
            Node("References"),
            *objects.nodes(),
            Node("Takes", children=(Node("Current", (text(""),)),)),
        )
    )


def _header(creator: str, identity: Identity) -> Node:
    stamp = tuple(Node(name, (int32(value),)) for name, value in _STAMP.items())
    return Node(
        "FBXHeaderExtension",
        children=(
            Node("FBXHeaderVersion", (int32(1003),)),
            Node("FBXVersion", (int32(VERSION),)),
            Node("EncryptionType", (int32(0),)),
            Node("CreationTimeStamp", children=stamp),
            Node("Creator", (text(creator),)),
            _scene_info(creator, identity),
        ),
    )


def _scene_info(creator: str, identity: Identity) -> Node:
    described = {
        "Title": f"{identity.generator}, seed {identity.seed}",
        "Subject": "",
        "Author": creator,
        "Keywords": "",
        "Revision": "",
        "Comment": f"spec_id {identity.spec_id}",
    }
    members = (Node(name, (text(value),)) for name, value in described.items())
    return Node(
        "SceneInfo",
        (text(qualified("GlobalInfo", "SceneInfo")), text("UserData")),
        (
            Node("Type", (text("UserData"),)),
            Node("Version", (int32(100),)),
            Node("MetaData", children=(Node("Version", (int32(100),)), *members)),
            properties(
                string("Original|ApplicationName", "Meshmill"),
                string("Original|ApplicationVersion", identity.engine_version),
            ),
        ),
    )


def _settings() -> Node:
    return Node(
        "GlobalSettings",
        children=(
            Node("Version", (int32(1000),)),
            properties(
                *(integer(name, value) for name, value in _AXES.items()),
                double("UnitScaleFactor", _CENTIMETRES_PER_METRE),
                double("OriginalUnitScaleFactor", _CENTIMETRES_PER_METRE),
            ),
        ),
    )


def _documents() -> Node:
    return Node(
        "Documents",
        children=(
            Node("Count", (int32(1),)),
            Node(
                "Document",
                (int64(_DOCUMENT_ID), text("Scene"), text("Scene")),
                (
                    properties(link("SourceObject"), string("ActiveAnimStackName", "")),
                    Node("RootNode", (int64(ROOT),)),
                ),
            ),
        ),
    )
