"""What generators make and exporters write: meshes with PBR materials.

Conventions are glTF's: metres, Y up, right-handed, counter-clockwise fronts, UV origin at the
top left, tangent-space normals with +Y towards the top of the image.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from meshmill.geometry.arrays import F32, U8, U32

TextureRole = Literal["BC", "N", "ORM", "E"]
AlphaMode = Literal["OPAQUE", "MASK", "BLEND"]

#: Textures that hold colours, for which a lossy encoding is acceptable.
COLOUR_ROLES: frozenset[TextureRole] = frozenset({"BC", "E"})


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """An image: ``pixels`` uint8 (height, width, 3 or 4), row 0 at the top.

    ``BC`` and ``E`` are sRGB; ``N`` is a tangent-space normal; ``ORM`` packs ambient occlusion,
    roughness and metalness into red, green and blue.
    """

    name: str
    role: TextureRole
    pixels: U8


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """A metallic-roughness material; ``emissive_strength`` is relative to white."""

    name: str
    base_colour: Texture
    normal: Texture
    orm: Texture
    emissive: Texture | None = None
    emissive_strength: float = 1.0
    alpha: AlphaMode = "OPAQUE"
    double_sided: bool = False

    @property
    def textures(self) -> tuple[Texture, ...]:
        """Its textures, in the order BC, N, ORM, E."""
        every = (self.base_colour, self.normal, self.orm, self.emissive)
        return tuple(texture for texture in every if texture is not None)


@dataclass(frozen=True, slots=True, eq=False)
class Primitive:
    """Triangles of one material.

    ``positions`` and ``normals`` are float32 (n, 3), ``uvs`` float32 (n, 2) within 0 … 1,
    ``tangents`` float32 (n, 4) with the sign of the bitangent in the last column, ``triangles``
    uint32 (m, 3).
    """

    positions: F32
    normals: F32
    tangents: F32
    uvs: F32
    triangles: U32
    material: Material


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A named node of the scene, at the origin, made of one primitive per material."""

    name: str
    primitives: tuple[Primitive, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Everything that one model file holds."""

    meshes: tuple[Mesh, ...]

    @property
    def primitives(self) -> Iterator[Primitive]:
        """All primitives, mesh by mesh."""
        return (primitive for mesh in self.meshes for primitive in mesh.primitives)

    @property
    def materials(self) -> tuple[Material, ...]:
        """Distinct materials in the order of first use."""
        return tuple({id(p.material): p.material for p in self.primitives}.values())

    @property
    def textures(self) -> tuple[Texture, ...]:
        """Distinct textures in the order of first use."""
        every = (texture for material in self.materials for texture in material.textures)
        return tuple({id(texture): texture for texture in every}.values())

    @property
    def triangle_count(self) -> int:
        """Triangles of all primitives."""
        return sum(len(primitive.triangles) for primitive in self.primitives)

    @property
    def vertex_count(self) -> int:
        """Vertices of all primitives, each counted once per UV seam."""
        return sum(len(primitive.positions) for primitive in self.primitives)
