"""Maps as OBJ and FBX take them: one image for each quantity.

glTF packs occlusion, roughness and metalness into one image, and opacity into the base colour's
alpha. Here each becomes an image of its own, lossless.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from meshmill.geometry.arrays import U8
from meshmill.geometry.exporters.names import distinct_names
from meshmill.geometry.images import TextureFormat, encode_texture
from meshmill.geometry.png import encode_png
from meshmill.geometry.scene import Material, Scene, Texture, TextureRole

#: Base colour, normal, ambient occlusion, roughness, metalness, emissive, opacity.
MapRole = Literal["BC", "N", "AO", "R", "M", "E", "A"]
#: The maps of one material by their roles.
MaterialMaps = Mapping[MapRole, "MapFile"]

_ROLES: Mapping[TextureRole, tuple[MapRole, ...]] = {
    "BC": ("BC",), "N": ("N",), "ORM": ("AO", "R", "M"), "E": ("E",)
}  # fmt: skip
_PACKED: Mapping[MapRole, int] = {"AO": 0, "R": 1, "M": 2}
_ALPHA = 3
_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg"}


@dataclass(frozen=True, slots=True, eq=False)
class MapFile:
    """An image file: its ``name`` without and ``filename`` with an extension, and its bytes."""

    name: str
    filename: str
    data: bytes


#: Files by the ``id`` of their texture and what they show of it.
SplitMaps = Mapping[tuple[int, MapRole], MapFile]


def split_maps(scene: Scene, texture_format: TextureFormat) -> SplitMaps:
    """Encode every map that the materials of ``scene`` need, once.

    Colours follow ``texture_format``. Roughness, metalness and occlusion are greyscale PNGs.
    Opacity, where a material isn't opaque, is a PNG with the same value in red, green, blue and
    alpha, because some readers take a colour and others the alpha; the base colour is then
    without, lest readers darken it by an alpha that they apply again.
    """
    needed = {
        (id(texture), role): (texture, role)
        for material in scene.materials
        for texture in material.textures
        for role in _roles(material, texture)
    }
    wanted = list(needed.values())
    names = distinct_names([_name(texture, role) for texture, role in wanted])
    return {
        (id(texture), role): _file(texture, role, name, texture_format)
        for (texture, role), name in zip(wanted, names, strict=True)
    }


def material_maps(scene: Scene, files: SplitMaps) -> dict[int, MaterialMaps]:
    """The maps of each material, by its ``id``; materials that share a texture share its files."""
    return {id(material): _maps_of(material, files) for material in scene.materials}


def has_metal(material: Material) -> bool:
    """Whether any texel is metallic."""
    return bool(material.orm.pixels[:, :, _PACKED["M"]].any())


def _maps_of(material: Material, files: SplitMaps) -> dict[MapRole, MapFile]:
    return {
        role: files[id(texture), role]
        for texture in material.textures
        for role in _roles(material, texture)
    }


def _roles(material: Material, texture: Texture) -> Iterator[MapRole]:
    """What ``texture`` gives to ``material``."""
    yield from _ROLES[texture.role]
    if texture is material.base_colour and material.alpha != "OPAQUE":
        yield "A"


def _name(texture: Texture, role: MapRole) -> str:
    return texture.name.removesuffix(f"_{texture.role}") + f"_{role}"


def _file(texture: Texture, role: MapRole, name: str, texture_format: TextureFormat) -> MapFile:
    if role == texture.role and texture.pixels.shape[2] == _ALPHA:
        image = encode_texture(texture, texture_format)
        return MapFile(name, f"{name}.{_EXTENSIONS[image.media_type]}", image.data)
    return MapFile(name, f"{name}.png", encode_png(_channels(texture.pixels, role)))


def _channels(pixels: U8, role: MapRole) -> U8:
    if role == "BC":
        return pixels[:, :, :_ALPHA]
    if role == "A":
        return np.repeat(pixels[:, :, _ALPHA:], 4, axis=2)
    channel = _PACKED[role]
    return pixels[:, :, channel : channel + 1]
