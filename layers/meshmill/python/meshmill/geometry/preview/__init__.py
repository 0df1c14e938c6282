"""The preview image: the textured model in a studio, on a transparent background."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from meshmill.geometry.arrays import I64, U8
from meshmill.geometry.camera import portrait
from meshmill.geometry.preview.exposure import Exposure
from meshmill.geometry.preview.fragments import Viewfinder
from meshmill.geometry.preview.ground import add_ground_shadow
from meshmill.geometry.preview.layers import needed_samples, visible_layers
from meshmill.geometry.preview.shading import shade
from meshmill.geometry.preview.shadow import Shadow
from meshmill.geometry.preview.soup import Sight, Soup, texel_shares
from meshmill.geometry.preview.stance import Stance
from meshmill.geometry.preview.studio import SOFT_BOXES
from meshmill.geometry.preview.texels import MaterialMaps, Pyramid
from meshmill.geometry.rasterise import EMPTY, ZBuffer
from meshmill.geometry.scene import Scene

PREVIEW_SIZE = 512
#: Triangles beyond this are smaller than the preview's pixels.
PREVIEW_BUDGET = 20_000

_SAMPLES_PER_AXIS = 2
_CHUNK = 1 << 14


def render_preview(scene: Scene) -> U8:
    """Render ``scene`` as uint8 (512, 512, 4), straight alpha, 2 x 2 samples a pixel."""
    size = PREVIEW_SIZE * _SAMPLES_PER_AXIS
    soup = Soup.of(scene)
    stance = Stance.of(soup.positions)
    camera = portrait(soup.positions, stance.view, size)
    sight = Sight.of(soup, camera.project(soup.positions))
    layers = visible_layers(soup, sight, size)
    shaded = needed_samples(layers, soup)
    viewfinder = Viewfinder(soup, sight, camera, Shadow.cast(soup))
    exposure = Exposure(size)
    for layer in layers:
        samples = np.flatnonzero(shaded & (layer.triangle != EMPTY))
        for maps, chunk in _alike(layer, samples, soup, sight):
            fragments = viewfinder.fragments(layer, chunk)
            boxes = () if stance.floats else SOFT_BOXES
            exposure.cover(chunk, *shade(maps, fragments, boxes))
    pixels = exposure.pixels(shaded)
    add_ground_shadow(pixels, soup, stance, camera, _SAMPLES_PER_AXIS)
    return pixels


def _alike(
    layer: ZBuffer, samples: I64, soup: Soup, sight: Sight
) -> Iterator[tuple[MaterialMaps, I64]]:
    """Samples of one material at one scale, few enough to stay in cache."""
    triangle = layer.triangle.take(samples)
    material = soup.material.take(triangle)
    shares = texel_shares(soup, sight.screen) * np.float32(_SAMPLES_PER_AXIS * _SAMPLES_PER_AXIS)
    for index in np.flatnonzero(np.bincount(material)):
        pyramid = Pyramid(soup.materials[index])
        mine = np.flatnonzero(material == index)
        levels = pyramid.choose(shares.take(triangle.take(mine)))
        for number in np.flatnonzero(np.bincount(levels - levels.min())) + levels.min():
            maps = pyramid.level(int(number))
            chosen = samples.take(mine[levels == number])
            for start in range(0, len(chosen), _CHUNK):
                yield maps, chosen[start : start + _CHUNK]
