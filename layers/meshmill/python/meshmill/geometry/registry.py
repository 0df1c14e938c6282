"""Which generators and output formats exist. A new one is a row here and its own module."""

from __future__ import annotations

from dataclasses import dataclass

from meshmill.geometry.generators.building.spec import BuildingOptions
from meshmill.geometry.generators.crate.spec import CrateOptions
from meshmill.geometry.generators.gear.spec import GearOptions
from meshmill.geometry.generators.planet.spec import PlanetOptions
from meshmill.geometry.generators.rock.spec import RockOptions
from meshmill.geometry.generators.terrain.spec import TerrainOptions
from meshmill.geometry.generators.tree.spec import TreeOptions
from meshmill.geometry.generators.vase.spec import VaseOptions
from meshmill.geometry.options import Options


@dataclass(frozen=True, slots=True)
class GeneratorEntry:
    """A generator: its options, and the module (numpy, loaded on use) that builds scenes."""

    name: str
    options: type[Options]
    module: str


@dataclass(frozen=True, slots=True)
class FormatEntry:
    """An output format: the module that writes it, and what its model file is called."""

    name: str
    module: str
    extension: str
    media_type: str
    texture_formats: tuple[str, ...]


DEFAULT_GENERATOR = "terrain"

GENERATORS: dict[str, GeneratorEntry] = {
    entry.name: entry
    for entry in (
        GeneratorEntry("terrain", TerrainOptions, "meshmill.geometry.generators.terrain.build"),
        GeneratorEntry("rock", RockOptions, "meshmill.geometry.generators.rock.build"),
        GeneratorEntry("tree", TreeOptions, "meshmill.geometry.generators.tree.build"),
        GeneratorEntry("crate", CrateOptions, "meshmill.geometry.generators.crate.build"),
        GeneratorEntry("planet", PlanetOptions, "meshmill.geometry.generators.planet.build"),
        GeneratorEntry("vase", VaseOptions, "meshmill.geometry.generators.vase.build"),
        GeneratorEntry("building", BuildingOptions, "meshmill.geometry.generators.building.build"),
        GeneratorEntry("gear", GearOptions, "meshmill.geometry.generators.gear.build"),
    )
}

FORMATS: dict[str, FormatEntry] = {
    entry.name: entry
    for entry in (
        FormatEntry(
            name="gltf",
            module="meshmill.geometry.exporters.glb",
            extension="glb",
            media_type="model/gltf-binary",
            texture_formats=("png", "jpeg", "webp"),
        ),
        FormatEntry(
            name="obj",
            module="meshmill.geometry.exporters.obj",
            extension="zip",
            media_type="application/zip",
            texture_formats=("png", "jpeg"),
        ),
        FormatEntry(
            name="fbx",
            module="meshmill.geometry.exporters.fbx",
            extension="fbx",
            media_type="application/octet-stream",
            texture_formats=("png", "jpeg"),
        ),
    )
}
