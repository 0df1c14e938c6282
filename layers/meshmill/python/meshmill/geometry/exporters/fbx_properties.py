"""``Properties70`` of FBX: rows of name, type, label, flags and values.

Flag ``A`` is animatable, ``U`` made by a user.
"""

from __future__ import annotations

from meshmill.geometry.exporters.fbx_nodes import Node, Property, int32, real, text

Triple = tuple[float, float, float]


def properties(*rows: Node) -> Node:
    """The table of ``rows``."""
    return Node("Properties70", children=rows)


def integer(name: str, value: int) -> Node:
    """An ``int``."""
    return _row(name, "int", "Integer", "", int32(value))


def choice(name: str, value: int) -> Node:
    """An ``enum``."""
    return _row(name, "enum", "", "", int32(value))


def truth(name: str, value: int) -> Node:
    """A ``bool``, 0 or 1."""
    return _row(name, "bool", "", "", int32(value))


def double(name: str, value: float) -> Node:
    """A ``double``."""
    return _row(name, "double", "Number", "", real(value))


def number(name: str, value: float) -> Node:
    """An animatable ``Number``."""
    return _row(name, "Number", "", "A", real(value))


def colour(name: str, value: Triple) -> Node:
    """An animatable ``Color``, linear red, green and blue."""
    return _row(name, "Color", "", "A", *map(real, value))


def vector(name: str, value: Triple) -> Node:
    """A ``Vector3D``."""
    return _row(name, "Vector3D", "Vector", "", *map(real, value))


def placement(name: str, value: Triple) -> Node:
    """An animatable ``Lcl Translation``, ``Lcl Rotation`` or ``Lcl Scaling``."""
    return _row(name, name, "", "A", *map(real, value))


def string(name: str, value: str) -> Node:
    """A ``KString``."""
    return _row(name, "KString", "", "", text(value))


def address(name: str, value: str) -> Node:
    """A ``KString`` that is a file's path."""
    return _row(name, "KString", "Url", "", text(value))


def remark(name: str, value: str) -> Node:
    """A ``KString`` of the user's own, which tools show beside the object."""
    return _row(name, "KString", "", "U", text(value))


def compound(name: str) -> Node:
    """A ``Compound``, whose members are named ``name|member``."""
    return _row(name, "Compound", "", "")


def link(name: str) -> Node:
    """An ``object`` that may be connected."""
    return _row(name, "object", "", "")


def map_link(name: str) -> Node:
    """A ``Reference`` to which a texture may be connected."""
    return _row(name, "Reference", "", "A")


def parameter(name: str, value: float) -> Node:
    """An animatable ``Float``, as 3ds Max writes a shader's parameters."""
    return _row(name, "Float", "", "A", real(value))


def option(name: str, value: int) -> Node:
    """An animatable ``Integer``, as 3ds Max writes a shader's choices."""
    return _row(name, "Integer", "", "A", int32(value))


def opaque_colour(name: str, value: Triple) -> Node:
    """An animatable ``ColorAndAlpha`` with alpha 1."""
    return _row(name, "ColorAndAlpha", "", "A", *map(real, (*value, 1.0)))


def _row(name: str, kind: str, label: str, flags: str, *values: Property) -> Node:
    return Node("P", (text(name), text(kind), text(label), text(flags), *values))
