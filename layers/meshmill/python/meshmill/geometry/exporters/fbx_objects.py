"""The objects of an FBX document: ids, definitions with defaults, and connections."""

from __future__ import annotations

from collections import Counter

from meshmill.geometry.exporters.fbx_nodes import Node, int32, int64, text
from meshmill.geometry.exporters.fbx_properties import (
    choice,
    colour,
    integer,
    number,
    placement,
    properties,
    string,
    truth,
    vector,
)

#: The id of the scene itself, parent of all models without another.
ROOT = 0

_FIRST_ID = 1_000_000
_ZERO, _ONE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
# What an object means by a property it doesn't list.
_DEFAULTS: dict[str, tuple[str, Node]] = {
    "Geometry": (
        "FbxMesh",
        properties(
            colour("Color", (0.8, 0.8, 0.8)), vector("BBoxMin", _ZERO), vector("BBoxMax", _ZERO)
        ),
    ),
    "Model": (
        "FbxNode",
        properties(
            choice("RotationOrder", 0),
            placement("Lcl Translation", _ZERO),
            placement("Lcl Rotation", _ZERO),
            placement("Lcl Scaling", _ONE),
        ),
    ),
    "Material": (
        "FbxSurfacePhong",
        properties(
            string("ShadingModel", "Phong"),
            truth("MultiLayer", 0),
            colour("DiffuseColor", (0.8, 0.8, 0.8)),
            number("DiffuseFactor", 1.0),
        ),
    ),
    "Texture": (
        "FbxFileTexture",
        properties(
            choice("WrapModeU", 0),
            choice("WrapModeV", 0),
            truth("UVSwap", 0),
            vector("Translation", _ZERO),
            vector("Rotation", _ZERO),
            vector("Scaling", _ONE),
            string("UVSet", "default"),
        ),
    ),
    "Video": ("FbxVideo", properties(truth("ImageSequence", 0), integer("Width", 0))),
}


class Objects:
    """Objects and connections in the order in which they are added."""

    def __init__(self) -> None:
        self._objects: list[Node] = []
        self._connections: list[Node] = []

    def add(self, kind: str, name: str, subtype: str, *members: Node) -> int:
        """Add an object of a ``kind`` (``Model``, …) and ``subtype`` (``Mesh``, …); its id."""
        object_id = _FIRST_ID + len(self._objects)
        titles = (int64(object_id), text(qualified(name, kind)), text(subtype))
        self._objects.append(Node(kind, titles, members))
        return object_id

    def connect(self, child: int, parent: int) -> None:
        """Make one object a part of another, or of :data:`ROOT`."""
        self._connections.append(Node("C", (text("OO"), int64(child), int64(parent))))

    def connect_property(self, child: int, parent: int, name: str) -> None:
        """Let one object drive the property ``name`` of another."""
        link = (text("OP"), int64(child), int64(parent), text(name))
        self._connections.append(Node("C", link))

    def nodes(self) -> tuple[Node, Node, Node]:
        """``Definitions``, ``Objects`` and ``Connections``."""
        counts = Counter(node.name for node in self._objects)
        total = sum(counts.values()) + 1
        settings = Node("ObjectType", (text("GlobalSettings"),), (Node("Count", (int32(1),)),))
        definitions = Node(
            "Definitions",
            children=(
                Node("Version", (int32(100),)),
                Node("Count", (int32(total),)),
                settings,
                *(_definition(kind, count) for kind, count in counts.items()),
            ),
        )
        objects = Node("Objects", children=tuple(self._objects))
        return definitions, objects, Node("Connections", children=tuple(self._connections))


def qualified(name: str, kind: str) -> str:
    """A name with its class, as objects are called in a binary file."""
    return f"{name}\0\1{kind}"


def _definition(kind: str, count: int) -> Node:
    template, defaults = _DEFAULTS[kind]
    return Node(
        "ObjectType",
        (text(kind),),
        (
            Node("Count", (int32(count),)),
            Node("PropertyTemplate", (text(template),), (defaults,)),
        ),
    )
