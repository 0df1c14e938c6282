"""The preview image: the textured model under a sun and a sky, on a transparent background."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meshmill.geometry.arrays import F32, I64, U8, AnyArray, Bools
from meshmill.geometry.camera import Camera, framing
from meshmill.geometry.colour import encode_srgb
from meshmill.geometry.rasterise import EMPTY, Visibility, rasterise
from meshmill.geometry.scene import Scene
from meshmill.geometry.shading import Shadow, SurfaceMaps, shade

PREVIEW_SIZE = 512
#: Triangles beyond this are smaller than the preview's pixels.
PREVIEW_BUDGET = 20_000

_SAMPLES_PER_AXIS = 2
_VIEW = np.array([0.55, 0.62, 1.0])
_CHUNK = 1 << 15
_TEXTURE_EDGE = 1024
_GRID = (PREVIEW_SIZE, _SAMPLES_PER_AXIS, PREVIEW_SIZE, _SAMPLES_PER_AXIS)
#: Share of the distance by which samples of one smooth surface differ at most.
_SMOOTH = np.float32(0.012)


@dataclass(frozen=True, slots=True)
class _Soup:
    """All primitives of a scene in one set of arrays.

    ``frame`` has a row for each of u, v, the normal, the tangent and the bitangent's sign, float32
    (9, n); ``material`` is per triangle.
    """

    positions: F32
    frame: F32
    triangles: NDArray[np.int64]
    material: NDArray[np.int32]


def render_preview(scene: Scene) -> U8:
    """Render ``scene`` as uint8 (512, 512, 4), straight alpha, 2 x 2 samples a pixel."""
    size = PREVIEW_SIZE * _SAMPLES_PER_AXIS
    soup = _gather(scene)
    camera = framing(soup.positions, _VIEW, size)
    screen = camera.project(soup.positions)
    visible = rasterise(screen, soup.triangles, size)
    shadow = Shadow.cast(soup.positions, soup.triangles)
    maps = [SurfaceMaps.of(material, _TEXTURE_EDGE) for material in scene.materials]
    drawn = visible.triangle != EMPTY
    shaded = drawn & ~_redundant(visible)
    light = _shade_all(soup, camera, screen, visible, np.flatnonzero(shaded), maps, shadow)
    return _resolve(light, drawn, shaded)


def _redundant(visible: Visibility) -> Bools:
    """Samples off the diagonal of pixels that show one smooth surface: two of four will do."""
    nearness = visible.nearness.reshape(_GRID)
    low, high = nearness.min(axis=(1, 3)), nearness.max(axis=(1, 3))
    smooth = (low > 0) & (high - low <= _SMOOTH * high)
    redundant = np.zeros(_GRID, dtype=np.bool_)
    redundant[:, 0, :, 1] = smooth
    redundant[:, 1, :, 0] = smooth
    return redundant.reshape(-1)


def _gather(scene: Scene) -> _Soup:
    materials = {id(material): index for index, material in enumerate(scene.materials)}
    positions, frames, triangles, owners = [], [], [], []
    count = 0
    for primitive in scene.primitives:
        positions.append(primitive.positions)
        frames.append(np.hstack((primitive.uvs, primitive.normals, primitive.tangents)))
        triangles.append(primitive.triangles.astype(np.int64) + count)
        index = materials[id(primitive.material)]
        owners.append(np.full(len(primitive.triangles), index, dtype=np.int32))
        count += len(primitive.positions)
    return _Soup(
        np.concatenate(positions),
        np.ascontiguousarray(np.concatenate(frames).T),
        np.concatenate(triangles),
        np.concatenate(owners),
    )


def _shade_all(
    soup: _Soup,
    camera: Camera,
    screen: F32,
    visible: Visibility,
    chosen: I64,
    maps: list[SurfaceMaps],
    shadow: Shadow,
) -> F32:
    """Linear colour of the ``chosen`` samples, float32 (samples, 3); the others are black."""
    size = PREVIEW_SIZE * _SAMPLES_PER_AXIS
    light = np.zeros((size * size, 3), dtype=np.float32)
    planes = np.ascontiguousarray(screen.T)
    material = soup.material[visible.triangle[chosen]]
    for index, surface in enumerate(maps):
        samples = chosen[material == index]
        for start in range(0, len(samples), _CHUNK):
            chunk = samples[start : start + _CHUNK]
            x = (chunk % size).astype(np.float32) + np.float32(0.5)
            y = (chunk // size).astype(np.float32) + np.float32(0.5)
            corners = soup.triangles[visible.triangle[chunk]]
            frame = _interpolate(soup.frame, planes, corners, x, y)
            place = camera.unproject(x, y, visible.nearness[chunk])
            light[chunk] = shade(surface, frame, place, camera.eye, shadow)
    return light


def _interpolate(frame: F32, screen: F32, corners: NDArray[Any], x: F32, y: F32) -> list[F32]:
    """Perspective-correct vertex attributes of samples, one array per row of ``frame``."""
    first, second, third = (np.ascontiguousarray(corners[:, k]) for k in range(3))
    (x0, y0, w0), (x1, y1, w1), (x2, y2, w2) = (
        [row[corner] for row in screen] for corner in (first, second, third)
    )
    share0 = ((y1 - y2) * (x - x2) + (x2 - x1) * (y - y2)) * w0
    share1 = ((y2 - y0) * (x - x2) + (x0 - x2) * (y - y2)) * w1
    share2 = ((y0 - y1) * (x - x1) + (x1 - x0) * (y - y1)) * w2
    inverse = np.float32(1.0) / (share0 + share1 + share2)
    share0, share1, share2 = share0 * inverse, share1 * inverse, share2 * inverse
    return [row[first] * share0 + row[second] * share1 + row[third] * share2 for row in frame]


def _resolve(light: F32, drawn: Bools, shaded: Bools) -> U8:
    """Average the samples of each pixel: coverage of all, colour of those that were shaded."""
    colour = _sum_of_samples(light.reshape(*_GRID, 3))
    coverage = _sum_of_samples(drawn.astype(np.uint8).reshape(_GRID))
    count = _sum_of_samples(shaded.astype(np.uint8).reshape(_GRID))
    pixels = np.zeros((PREVIEW_SIZE, PREVIEW_SIZE, 4), dtype=np.uint8)
    seen = coverage > 0
    share = np.float32(1.0) / count[seen].astype(np.float32)
    pixels[seen, :3] = encode_srgb(colour[seen] * share[:, None])
    pixels[seen, 3] = (coverage[seen].astype(np.uint16) * 255 + 2) // 4
    return pixels


def _sum_of_samples(grid: AnyArray) -> AnyArray:
    total: AnyArray = (grid[:, 0, :, 0] + grid[:, 0, :, 1]) + (grid[:, 1, :, 0] + grid[:, 1, :, 1])
    return total
