"""A mesh as FBX's Geometry and Model.

Points are shared across UV seams; normals, tangents, binormals and UVs are stored per vertex and
indexed per corner of a triangle (ByPolygonVertex, IndexToDirect).
"""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import AnyArray
from meshmill.geometry.exporters.fbx_nodes import TRUE, Node, array, int32, text
from meshmill.geometry.exporters.fbx_objects import ROOT, Objects
from meshmill.geometry.exporters.fbx_properties import integer, placement, properties
from meshmill.geometry.exporters.joined import JoinedMesh, join
from meshmill.geometry.scene import Mesh
from meshmill.geometry.vectors import cross

#: The name of the one UV set, to which textures refer.
UV_SET = "UVMap"

_DIRECTIONS_VERSION, _UV_VERSION, _MATERIAL_VERSION = 102, 101, 101
_PER_CORNER = (
    Node("MappingInformationType", (text("ByPolygonVertex"),)),
    Node("ReferenceInformationType", (text("IndexToDirect"),)),
)
_LAYERS = ("Normal", "Binormal", "Tangent", "UV", "Material")


def add_mesh(objects: Objects, mesh: Mesh, materials: dict[int, int], remarks: list[Node]) -> None:
    """Add ``mesh`` with the objects of its materials, given by ``id`` of the material.

    ``remarks`` are further properties of the model.
    """
    joined = join(mesh)
    slots = list({id(p.material): materials[id(p.material)] for p in mesh.primitives}.values())
    faces = [
        np.full(len(p.triangles), slots.index(materials[id(p.material)]), dtype=np.int32)
        for p in mesh.primitives
    ]
    geometry = objects.add(
        "Geometry", mesh.name, "Mesh", *_geometry(joined, np.concatenate(faces), len(slots))
    )
    model = objects.add("Model", mesh.name, "Mesh", *_model(remarks))
    objects.connect(model, ROOT)
    objects.connect(geometry, model)
    for slot in slots:
        objects.connect(slot, model)


def _model(remarks: list[Node]) -> tuple[Node, ...]:
    return (
        Node("Version", (int32(232),)),
        properties(
            integer("DefaultAttributeIndex", 0),
            integer("InheritType", 1),
            placement("Lcl Translation", (0.0, 0.0, 0.0)),
            placement("Lcl Rotation", (0.0, 0.0, 0.0)),
            placement("Lcl Scaling", (1.0, 1.0, 1.0)),
            *remarks,
        ),
        Node("Shading", (TRUE,)),
        Node("Culling", (text("CullingOff"),)),
    )


def _geometry(joined: JoinedMesh, slot_of_face: AnyArray, slot_count: int) -> tuple[Node, ...]:
    corners = joined.triangles.view(np.int32)
    outline = joined.point_of.view(np.int32)[corners]
    np.invert(outline[:, 2], out=outline[:, 2])  # how the end of a face is told
    tangents = joined.tangents[:, :3]
    # glTF's bitangent points along -v of glTF, which is +v of FBX.
    binormals = cross(joined.normals, tangents) * joined.tangents[:, 3:]
    return (
        Node("GeometryVersion", (int32(124),)),
        Node("Vertices", (array(joined.points.astype(np.float64)),)),
        Node("PolygonVertexIndex", (array(outline),)),
        _directions("Normal", "Normals", joined.normals, corners),
        _directions("Binormal", "Binormals", binormals, corners),
        _directions("Tangent", "Tangents", tangents, corners),
        _uvs(joined, corners),
        _materials(slot_of_face, slot_count),
        Node("Layer", (int32(0),), (Node("Version", (int32(100),)), *map(_layer_member, _LAYERS))),
    )


def _directions(layer: str, plural: str, vectors: AnyArray, corners: AnyArray) -> Node:
    return Node(
        f"LayerElement{layer}",
        (int32(0),),
        (
            Node("Version", (int32(_DIRECTIONS_VERSION),)),
            Node("Name", (text(""),)),
            *_PER_CORNER,
            Node(plural, (array(vectors.astype(np.float64)),)),
            Node(f"{plural}Index", (array(corners),)),
        ),
    )


def _uvs(joined: JoinedMesh, corners: AnyArray) -> Node:
    upwards = joined.uvs.astype(np.float64)
    np.subtract(1.0, upwards[:, 1], out=upwards[:, 1])
    return Node(
        "LayerElementUV",
        (int32(0),),
        (
            Node("Version", (int32(_UV_VERSION),)),
            Node("Name", (text(UV_SET),)),
            *_PER_CORNER,
            Node("UV", (array(upwards),)),
            Node("UVIndex", (array(corners),)),
        ),
    )


def _materials(slot_of_face: AnyArray, slot_count: int) -> Node:
    mapping, slots = (
        ("AllSame", np.zeros(1, dtype=np.int32)) if slot_count == 1 else ("ByPolygon", slot_of_face)
    )
    return Node(
        "LayerElementMaterial",
        (int32(0),),
        (
            Node("Version", (int32(_MATERIAL_VERSION),)),
            Node("Name", (text(""),)),
            Node("MappingInformationType", (text(mapping),)),
            Node("ReferenceInformationType", (text("IndexToDirect"),)),
            Node("Materials", (array(slots),)),
        ),
    )


def _layer_member(layer: str) -> Node:
    return Node(
        "LayerElement",
        children=(
            Node("Type", (text(f"LayerElement{layer}"),)),
            Node("TypedIndex", (int32(0),)),
        ),
    )
