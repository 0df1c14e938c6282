"""Materials as FBX's, so that one file keeps all maps in every reader.

The Phong material that the format defines has no metalness. 3ds Max writes its physically based
materials as properties below ``3dsMax``, with the number of their class, which ufbx, Blender's
importer on top of it and game engines recognise: "PBR Material (Metal/Rough)" has occlusion,
"Physical Material" the strength of emission. Readers that know neither find Phong's properties
beside these, with the same textures connected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from meshmill.geometry.exporters.fbx_geometry import UV_SET
from meshmill.geometry.exporters.fbx_nodes import Node, int32, raw, text
from meshmill.geometry.exporters.fbx_objects import Objects, qualified
from meshmill.geometry.exporters.fbx_properties import (
    address,
    colour,
    compound,
    integer,
    link,
    map_link,
    number,
    opaque_colour,
    option,
    parameter,
    properties,
    string,
    truth,
)
from meshmill.geometry.exporters.maps import MapFile, MapRole, MaterialMaps, has_metal
from meshmill.geometry.scene import Material

_BLACK, _WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
_METAL_ROUGH, _PHYSICAL = "3dsMax|main", "3dsMax|Parameters"
#: Where each map is connected in each of the three.
_PHONG_MAPS: Mapping[MapRole, str] = {
    "BC": "DiffuseColor",
    "N": "NormalMap",
    "R": "ShininessExponent",
    "M": "ReflectionFactor",
    "E": "EmissiveColor",
    "A": "TransparentColor",
}
_METAL_ROUGH_MAPS: Mapping[MapRole, str] = {
    "BC": f"{_METAL_ROUGH}|base_color_map",
    "N": f"{_METAL_ROUGH}|norm_map",
    "R": f"{_METAL_ROUGH}|roughness_map",
    "M": f"{_METAL_ROUGH}|metalness_map",
    "AO": f"{_METAL_ROUGH}|ao_map",
    "A": f"{_METAL_ROUGH}|opacity_map",
}
_PHYSICAL_MAPS: Mapping[MapRole, str] = {
    "BC": f"{_PHYSICAL}|base_color_map",
    "N": f"{_PHYSICAL}|bump_map",
    "R": f"{_PHYSICAL}|roughness_map",
    "M": f"{_PHYSICAL}|metalness_map",
    "E": f"{_PHYSICAL}|emit_color_map",
    "A": f"{_PHYSICAL}|cutout_map",
}


@dataclass(slots=True)
class MaterialWriter:
    """Adds materials to ``objects``; textures that several share are added once."""

    objects: Objects
    _textures: dict[str, int] = field(default_factory=dict)

    def add(self, material: Material, maps: MaterialMaps) -> int:
        """Add ``material`` with its ``maps``; its id."""
        shader, rows = (
            (_METAL_ROUGH_MAPS, _metal_rough(material))
            if material.emissive is None
            else (_PHYSICAL_MAPS, _physical(material))
        )
        added = self.objects.add(
            "Material",
            material.name,
            "",
            Node("Version", (int32(102),)),
            Node("ShadingModel", (text("unknown"),)),
            Node("MultiLayer", (int32(0),)),
            properties(*_phong(material), *rows, *map(map_link, shader.values())),
        )
        for role, file in maps.items():
            texture = self._texture(file)
            for names in (_PHONG_MAPS, shader):
                if role in names:
                    self.objects.connect_property(texture, added, names[role])
        return added

    def _texture(self, file: MapFile) -> int:
        if file.filename not in self._textures:
            video = self.objects.add("Video", file.name, "Clip", *_video(file))
            texture = self.objects.add("Texture", file.name, "", *_texture(file))
            self.objects.connect(video, texture)
            self._textures[file.filename] = texture
        return self._textures[file.filename]


def _phong(material: Material) -> tuple[Node, ...]:
    glows = material.emissive is not None
    return (
        string("ShadingModel", "unknown"),
        colour("EmissiveColor", _WHITE if glows else _BLACK),
        number("EmissiveFactor", material.emissive_strength if glows else 0.0),
        colour("AmbientColor", _BLACK),
        colour("DiffuseColor", _WHITE),
        number("DiffuseFactor", 1.0),
        colour("TransparentColor", _BLACK),
        number("TransparencyFactor", 0.0),
        number("Opacity", 1.0),
        colour("SpecularColor", _WHITE),
        number("SpecularFactor", 0.25),
        number("ShininessExponent", 25.0),
        colour("ReflectionColor", _WHITE),
        number("ReflectionFactor", _metalness(material)),
    )


def _metal_rough(material: Material) -> tuple[Node, ...]:
    return (
        *_max_class(-804315648, -1099438848),
        compound(_METAL_ROUGH),
        opaque_colour(f"{_METAL_ROUGH}|basecolor", _WHITE),
        parameter(f"{_METAL_ROUGH}|metalness", _metalness(material)),
        parameter(f"{_METAL_ROUGH}|roughness", 1.0),
        option(f"{_METAL_ROUGH}|useGlossiness", 2),
    )


def _physical(material: Material) -> tuple[Node, ...]:
    return (
        *_max_class(1030429932, -559038463),
        compound(_PHYSICAL),
        parameter(f"{_PHYSICAL}|base_weight", 1.0),
        opaque_colour(f"{_PHYSICAL}|base_color", _WHITE),
        parameter(f"{_PHYSICAL}|metalness", _metalness(material)),
        parameter(f"{_PHYSICAL}|roughness", 1.0),
        parameter(f"{_PHYSICAL}|trans_ior", 1.5),
        opaque_colour(f"{_PHYSICAL}|emit_color", _WHITE),
        parameter(f"{_PHYSICAL}|emission", material.emissive_strength),
    )


def _max_class(first: int, second: int) -> tuple[Node, ...]:
    return (
        compound("3dsMax"),
        integer("3dsMax|ClassIDa", first),
        integer("3dsMax|ClassIDb", second),
        link("3dsMax|ORIGINAL_MTL"),
    )


def _metalness(material: Material) -> float:
    """For readers that miss the map: a stone isn't a mirror."""
    return 1.0 if has_metal(material) else 0.0


def _video(file: MapFile) -> tuple[Node, ...]:
    return (
        Node("Type", (text("Clip"),)),
        properties(address("Path", file.filename)),
        Node("UseMipMap", (int32(0),)),
        Node("Filename", (text(file.filename),)),
        Node("RelativeFilename", (text(file.filename),)),
        Node("Content", (raw(file.data),)),
    )


def _texture(file: MapFile) -> tuple[Node, ...]:
    return (
        Node("Type", (text("TextureVideoClip"),)),
        Node("Version", (int32(202),)),
        Node("TextureName", (text(qualified(file.name, "Texture")),)),
        properties(string("UVSet", UV_SET), truth("UseMaterial", 1)),
        Node("Media", (text(qualified(file.name, "Video")),)),
        Node("FileName", (text(file.filename),)),
        Node("RelativeFilename", (text(file.filename),)),
    )
