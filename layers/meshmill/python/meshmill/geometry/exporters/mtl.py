"""One material of a Wavefront material library: Phong values beside the PBR extension's.

Wavefront, "Advanced Visualizer Manual" (material library format); for ``Pr``, ``Pm``, ``map_Pr``,
``map_Pm``, ``map_Ke`` and ``norm`` the PBR extension by Exocortex. Readers skip keys they don't
know.
"""

from __future__ import annotations

from collections.abc import Iterator

from meshmill.geometry.exporters.maps import MapRole, MaterialMaps, has_metal
from meshmill.geometry.scene import Material

# Blender takes Ks for its specular level, of which 0.5 is a dielectric's 4 %.
_SPECULAR, _SHININESS = 0.5, 50
_HIGHLIGHTS = 2
#: The keys of each map. A normal map is ``map_Bump`` to Blender, ``norm`` to three.js and assimp.
_KEYS: tuple[tuple[MapRole, tuple[str, ...]], ...] = (
    ("BC", ("map_Kd",)),
    ("A", ("map_d",)),
    ("N", ("map_Bump", "norm")),
    ("R", ("map_Pr",)),
    ("M", ("map_Pm",)),
    ("E", ("map_Ke",)),
)


def write_mtl(material: Material, name: str, maps: MaterialMaps, folder: str) -> str:
    """The lines of ``material`` as ``name``; ``folder`` comes before the names of its images."""
    return "".join(f"{line}\n" for line in _lines(material, name, maps, folder))


def _lines(material: Material, name: str, maps: MaterialMaps, folder: str) -> Iterator[str]:
    emission = material.emissive_strength if "E" in maps else 0.0
    # Readers without map_Pm would else show a stone as a mirror.
    metalness = 1 if has_metal(material) else 0
    yield f"newmtl {name}"
    yield "Ka 1 1 1"
    yield "Kd 1 1 1"
    yield f"Ks {_SPECULAR} {_SPECULAR} {_SPECULAR}"
    yield f"Ns {_SHININESS}"
    yield f"Ke {emission:g} {emission:g} {emission:g}"
    yield "d 1"
    yield f"illum {_HIGHLIGHTS}"
    yield "Pr 1"
    yield f"Pm {metalness}"
    for role, keys in _KEYS:
        if role in maps:
            for key in keys:
                yield f"{key} {folder}{maps[role].filename}"
    # The format has no key for occlusion.
    yield f"# ambient occlusion: {folder}{maps['AO'].filename}"
