"""Light for the preview: a shadowed sun, a sky and a ground, on metallic-roughness surfaces.

Brent Burley, "Physically Based Shading at Disney" (2012), for the distribution of facets; Brian
Karis, "Real Shading in Unreal Engine 4" (2013), for the visibility term.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64, I64, U8
from meshmill.geometry.colour import linear_from_srgb
from meshmill.geometry.rasterise import rasterise
from meshmill.geometry.scene import Material
from meshmill.geometry.vectors import cross, dot, normalised

_SUN = normalised(np.array([-0.62, 0.78, 0.42]))
_SUN_LIGHT = np.array([3.05, 2.85, 2.55], dtype=np.float32)
_SKY_LIGHT = np.array([0.62, 0.74, 0.95], dtype=np.float32)
_GROUND_LIGHT = np.array([0.34, 0.30, 0.26], dtype=np.float32)
_DIELECTRIC = np.float32(0.04)
_EXPOSURE = np.float32(0.72)
_SHADOW_SIZE = 512
_SHADOW_BIAS = 0.006
_ONE, _HALF, _TWO = np.float32(1.0), np.float32(0.5), np.float32(2.0)
_BYTE = np.float32(1.0 / 255.0)


@dataclass(frozen=True, slots=True)
class SurfaceMaps:
    """A material's maps at preview resolution, each as rows of texels (edge², 3)."""

    base_colour: U8
    normal: U8
    orm: U8
    edge: int

    @classmethod
    def of(cls, material: Material, edge: int) -> SurfaceMaps:
        """Take every k-th texel of maps that are larger than ``edge``."""
        step = max(1, len(material.normal.pixels) // edge)
        maps = [
            np.ascontiguousarray(texture.pixels[step // 2 :: step, step // 2 :: step, :3])
            for texture in (material.base_colour, material.normal, material.orm)
        ]
        base, normal, orm = (pixels.reshape(-1, 3) for pixels in maps)
        return cls(base, normal, orm, len(maps[0]))

    def texels(self, u: F32, v: F32) -> I64:
        """Indices of the nearest texels; UVs within 0 … 1."""
        column, row = (
            np.minimum((t * np.float32(self.edge)).astype(np.int64), self.edge - 1) for t in (u, v)
        )
        index: I64 = row * self.edge + column
        return index


@dataclass(frozen=True, slots=True)
class Shadow:
    """Depths seen from the sun, to tell what it doesn't reach."""

    axes: tuple[F64, F64, F64]
    low: tuple[float, float, float]
    scale: float
    nearest: F32

    @classmethod
    def cast(cls, positions: F32, triangles: I64) -> Shadow:
        """Render the model from the sun, by parallel projection."""
        right = normalised(cross(np.array([0.0, 1.0, 0.0]), _SUN))
        axes = (right, cross(_SUN, right), _SUN)
        points = positions.astype(np.float64)
        along = [dot(points, axis) for axis in axes]
        low = [float(values.min()) for values in along]
        extent = max(float(values.max()) - least for values, least in zip(along, low, strict=True))
        scale = 1.0 / (extent or 1.0)
        x, y, z = ((v - least) * scale for v, least in zip(along, low, strict=True))
        screen = np.stack((x * _SHADOW_SIZE, (1.0 - y) * _SHADOW_SIZE, z + 1.0), axis=1)
        seen = rasterise(screen.astype(np.float32), triangles, _SHADOW_SIZE)
        return cls(axes, (low[0], low[1], low[2]), scale, seen.nearness)

    def sunlit(self, place: tuple[F32, F32, F32]) -> F32:
        """Share of the sun, 0 … 1, that reaches world coordinates: four depth comparisons."""
        x, y, z = (self._along(axis, place) for axis in range(3))
        column = x * np.float32(_SHADOW_SIZE) - _HALF
        row = (_ONE - y) * np.float32(_SHADOW_SIZE) - _HALF
        first_column, first_row = np.floor(column), np.floor(row)
        right, down = column - first_column, row - first_row
        depth = z + np.float32(1.0 + _SHADOW_BIAS)
        lit = np.zeros_like(depth)
        for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
            at_column = np.clip(first_column.astype(np.int32) + dx, 0, _SHADOW_SIZE - 1)
            at_row = np.clip(first_row.astype(np.int32) + dy, 0, _SHADOW_SIZE - 1)
            open_sky = self.nearest[at_row * _SHADOW_SIZE + at_column] <= depth
            lit += open_sky * ((right if dx else _ONE - right) * (down if dy else _ONE - down))
        return lit

    def _along(self, axis: int, place: tuple[F32, F32, F32]) -> F32:
        direction = self.axes[axis].astype(np.float32)
        total = place[0] * direction[0] + place[1] * direction[1] + place[2] * direction[2]
        scaled: F32 = (total - np.float32(self.low[axis])) * np.float32(self.scale)
        return scaled


def shade(
    maps: SurfaceMaps, frame: list[F32], place: tuple[F32, F32, F32], eye: F64, shadow: Shadow
) -> F32:
    """Linear colour of samples, float32 (n, 3), tone-mapped to 0 … 1.

    ``frame`` holds u, v, the normal, the tangent and the bitangent's sign, each float32 (n,).
    """
    texel = maps.texels(frame[0], frame[1])
    normal = _bend(maps.normal[texel], frame)
    occlusion, roughness, metal = _planes(maps.orm[texel]) * _BYTE
    base = linear_from_srgb()[np.ascontiguousarray(maps.base_colour[texel].T)]
    sun = [np.float32(component) for component in _SUN]
    facing = np.maximum(normal[0] * sun[0] + normal[1] * sun[1] + normal[2] * sun[2], 0)
    facing *= shadow.sunlit(place)
    gloss = _specular(normal, place, eye, roughness) * facing
    upwards = normal[1] * _HALF + _HALF
    light = np.empty((len(texel), 3), dtype=np.float32)
    for channel in range(3):
        sky, ground = _SKY_LIGHT[channel], _GROUND_LIGHT[channel]
        ambient = (ground + (sky - ground) * upwards) * occlusion
        tint = _DIELECTRIC + (base[channel] - _DIELECTRIC) * metal
        diffuse = base[channel] * (_ONE - metal)
        received = diffuse * (facing * _SUN_LIGHT[channel] + ambient)
        received += tint * (gloss * _SUN_LIGHT[channel] + ambient)
        light[:, channel] = _tone(received * _EXPOSURE)
    return light


def _bend(texels: U8, frame: list[F32]) -> tuple[F32, F32, F32]:
    """World-space normals from tangent-space ones."""
    _, _, nx, ny, nz, tx, ty, tz, sign = frame
    right, up, out = _planes(texels) * (_TWO * _BYTE) - _ONE
    up = up * sign
    x = right * tx + up * (ny * tz - nz * ty) + out * nx
    y = right * ty + up * (nz * tx - nx * tz) + out * ny
    z = right * tz + up * (nx * ty - ny * tx) + out * nz
    inverse = _ONE / np.sqrt(np.maximum(x * x + y * y + z * z, np.float32(1e-12)))
    return x * inverse, y * inverse, z * inverse


def _planes(texels: U8) -> F32:
    """Texels (n, 3) as contiguous channels (3, n)."""
    return np.ascontiguousarray(texels.T).astype(np.float32)


def _specular(
    normal: tuple[F32, F32, F32], place: tuple[F32, F32, F32], eye: F64, roughness: F32
) -> F32:
    """Facets that mirror the sun into the eye, over pi, times their visibility."""
    view = [np.float32(eye[axis]) - place[axis] for axis in range(3)]
    length = np.sqrt(view[0] * view[0] + view[1] * view[1] + view[2] * view[2])
    half = [view[axis] / length + np.float32(_SUN[axis]) for axis in range(3)]
    square = half[0] * half[0] + half[1] * half[1] + half[2] * half[2]
    across = normal[0] * half[0] + normal[1] * half[1] + normal[2] * half[2]
    aligned = np.maximum(across, 0) * np.maximum(across, 0) / np.maximum(square, np.float32(1e-6))
    alpha = roughness * roughness
    alpha2 = np.maximum(alpha * alpha, np.float32(1e-4))
    lobe = aligned * (alpha2 - _ONE) + _ONE
    facets: F32 = alpha2 / (lobe * lobe * (_ONE + roughness) * (_ONE + roughness))
    return facets


def _tone(light: F32) -> F32:
    """A shoulder that keeps snow from burning out: Reinhard's curve with a white point of 2.5."""
    mapped: F32 = light * (_ONE + light * np.float32(1.0 / 6.25)) / (_ONE + light)
    return mapped
