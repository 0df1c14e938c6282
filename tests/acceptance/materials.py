"""Points 5 and 6: physically plausible maps, and how materials are set up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np

from meshmill.geometry.scene import Material, Scene
from tests.acceptance.normal_maps import check_normal_map
from tests.acceptance.report import Check
from tests.acceptance.texture_space import charts_of
from tests.acceptance.welding import Array, weighted_percentile

VALUES, SETTINGS = 5, 6
_MOST_MATERIALS = 4
_DIELECTRIC = (30.0, 240.0)
_METAL = 180.0
_ROUGHNESS = 0.04 * 255
#: Texels this close to either end of the metal channel are meant as one or the other.
_SURE = 5
_LUMINANCE = (0.2126, 0.7152, 0.0722)
_DILATION_BLOCK = 16
_DILATED = 16.0
#: Generators that may have materials of these modes.
_MODES = {"MASK": ("tree",), "BLEND": ("planet",)}


def check_materials(scene: Scene, generator: str, texture_size: int) -> Iterator[Check]:
    """Names, sizes, alpha modes and the values under charts of every material."""
    count = len(scene.materials)
    yield Check.at_most(SETTINGS, "materials", "all", count, _MOST_MATERIALS)
    for place, material in enumerate(scene.materials):
        wanted = texture_size if place == 0 else texture_size // 2
        yield from _check_names(material, generator)
        sizes = sorted({texture.pixels.shape[:2] for texture in material.textures})
        yield Check.equal(SETTINGS, "map sizes", material.name, sizes, [(wanted, wanted)])
        yield from _check_alpha(material, generator, primary=place == 0)
        covers = charts_of(scene, material).covers
        yield from _check_values(material, covers)


def _check_names(material: Material, generator: str) -> Iterator[Check]:
    title = generator.capitalize()
    part = re.fullmatch(rf"M_{title}_([A-Z][A-Za-z]*)", material.name)
    yield Check.equal(SETTINGS, "name fits M_…", material.name, part is not None, True)
    names = [texture.name for texture in material.textures]
    wanted = [f"T{material.name[1:]}_{texture.role}" for texture in material.textures]
    yield Check.equal(SETTINGS, "names fit T_…", material.name, names == wanted, True)


def _check_alpha(material: Material, generator: str, *, primary: bool) -> Iterator[Check]:
    where = material.name
    if material.alpha == "OPAQUE":
        yield Check.equal(SETTINGS, "opaque is one-sided", where, material.double_sided, False)
        return
    allowed = generator in _MODES[material.alpha] and not primary
    yield Check.equal(SETTINGS, f"{material.alpha} is allowed here", where, allowed, True)
    channels = material.base_colour.pixels.shape[2]
    yield Check.equal(SETTINGS, "channels of the base colour", where, channels, 4)
    if material.alpha == "MASK" and channels == 4:
        yield Check.equal(SETTINGS, "mask is double-sided", where, material.double_sided, True)
        off = colour_under_alpha(material.base_colour.pixels)
        yield Check.at_most(SETTINGS, "colour under alpha, off by p95", where, off, _DILATED)


def colour_under_alpha(pixels: Array) -> float:
    """How far the mean colour of 16 x 16 texels is from that of its opaque ones, p95 in levels."""
    opaque = (pixels[:, :, 3:] > 127).astype(float)
    size = len(pixels) // _DILATION_BLOCK

    def pooled(image: Array) -> Array:
        blocks = image.reshape(size, _DILATION_BLOCK, size, _DILATION_BLOCK, -1)
        means: Array = blocks.mean(axis=(1, 3))
        return means

    weight = pooled(opaque)[:, :, 0]
    seen = weight > 0
    inside = pooled(pixels[:, :, :3] * opaque)[seen] / weight[seen][:, None]
    off = np.abs(pooled(pixels[:, :, :3].astype(float))[seen] - inside).max(axis=1)
    return weighted_percentile(off, weight[seen], 0.95)


def _check_values(material: Material, covers: Callable[[int], Array]) -> Iterator[Check]:
    where = material.name
    colour, orm = material.base_colour.pixels, material.orm.pixels
    under = covers(len(colour))
    if colour.shape[2] == 4:
        under &= colour[:, :, 3] > 0
    metal = orm[:, :, 2]
    dielectric = colour[under & (metal <= _SURE)][:, :3]
    if len(dielectric):
        low, high = float(dielectric.min()), float(dielectric.max())
        yield Check.at_least(VALUES, "darkest dielectric, sRGB", where, low, _DIELECTRIC[0])
        yield Check.at_most(VALUES, "brightest dielectric, sRGB", where, high, _DIELECTRIC[1])
    metallic = colour[under & (metal >= 255 - _SURE)][:, :3]
    if len(metallic):
        darkest = float(np.min(metallic @ np.array(_LUMINANCE)))
        yield Check.at_least(VALUES, "darkest metal, sRGB luminance", where, darkest, _METAL)
    roughness = float(orm[under][:, 1].min())
    yield Check.at_least(VALUES, "least roughness", where, roughness, _ROUGHNESS)
    yield from check_normal_map(material, under)
