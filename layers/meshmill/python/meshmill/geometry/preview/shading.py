"""Light on metallic-roughness surfaces in the studio.

Brent Burley, "Physically Based Shading at Disney" (2012), for the distribution of facets; Brian
Karis, "Real Shading in Unreal Engine 4" (2013), for the visibility term; Christophe Schlick, "An
Inexpensive BRDF Model for Physically-based Rendering" (1994), for the Fresnel term; Khronos, "PBR
Neutral Tone Mapper" (2024), for tones above its shoulder; what is darker is shown as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, U8
from meshmill.geometry.camera import Vector
from meshmill.geometry.colour import linear_from_srgb
from meshmill.geometry.preview.studio import (
    KEY,
    SUN,
    SoftBox,
    along,
    ambient,
    reflection,
    scalar,
)
from meshmill.geometry.preview.texels import MaterialMaps

_DIELECTRIC = np.float32(0.04)
#: The sun's apparent size, which keeps its highlight on polished surfaces from being a point.
_SUN_ROUGHNESS = np.float32(0.12)
#: Share of the sun's light that a leaf lets through.
_LEAF, _NONE = np.float32(0.45), np.float32(0.0)
#: Least cosine between a surface and the way to the eye; bent normals may turn away.
_GRAZING = np.float32(0.02)
_BRIGHTEST_GLOW = np.float32(1.2)
_SHOULDER = np.float32(0.8)
_DESATURATION = np.float32(0.15)
_ONE, _HALF, _TWO = np.float32(1.0), np.float32(0.5), np.float32(2.0)
_BYTE = np.float32(1.0 / 255.0)


@dataclass(frozen=True, slots=True)
class Fragments:
    """Where samples meet the model, float32 (n,) each.

    ``frame`` has u, v, the normal, the tangent and the bitangent's sign, of the side that is seen;
    ``view`` is the unit vector to the eye, ``sunlit`` the share of the sun that arrives.
    """

    frame: list[F32]
    view: Vector
    sunlit: F32


def shade(
    maps: MaterialMaps, seen: Fragments, boxes: tuple[SoftBox, ...]
) -> tuple[list[F32], F32 | None]:
    """Linear colour per channel, tone-mapped to 0 … 1, and the opacity of blended materials."""
    u, v = seen.frame[0], seen.frame[1]
    surface, opacity = _Surface.read(maps, seen)
    light = _reflected(surface, seen, boxes)
    if maps.emissive is not None:
        strength = np.float32(maps.material.emissive_strength)
        glow = (linear_from_srgb().take(plane) * strength for plane in maps.emissive.at(u, v)[:3])
        light = [reflected + _pressed(own) for reflected, own in zip(light, glow, strict=True)]
    return tone_mapped(light), opacity


@dataclass(frozen=True, slots=True)
class _Surface:
    """What maps say of samples: linear base colour per channel, the bent normal, the rest 0 … 1.

    ``transmission`` is the share of the sun that comes through from behind.
    """

    base: list[F32]
    normal: Vector
    occlusion: F32
    roughness: F32
    metal: F32
    transmission: np.float32

    @classmethod
    def read(cls, maps: MaterialMaps, seen: Fragments) -> tuple[_Surface, F32 | None]:
        """The surface at the samples, and its opacity where it is blended."""
        u, v = seen.frame[0], seen.frame[1]
        colour, material = maps.base_colour.at(u, v), maps.material
        occlusion, roughness, metal = (plane * _BYTE for plane in maps.orm.at(u, v)[:3])
        surface = cls(
            base=[linear_from_srgb().take(plane) for plane in colour[:3]],
            normal=_bent(maps.normal.at(u, v), seen),
            occlusion=occlusion,
            roughness=roughness,
            metal=metal,
            transmission=_LEAF if material.alpha == "MASK" and material.double_sided else _NONE,
        )
        blended = material.alpha == "BLEND" and len(colour) > len(surface.base)
        return surface, colour[3] * _BYTE if blended else None


def _reflected(surface: _Surface, seen: Fragments, boxes: tuple[SoftBox, ...]) -> list[F32]:
    """Light from the sun, the sky and the studio per channel."""
    normal, metal = surface.normal, surface.metal
    facing = along(normal, SUN)
    direct = np.maximum(np.maximum(facing, 0), -facing * surface.transmission) * seen.sunlit
    gloss = np.maximum(facing, 0) * seen.sunlit * _highlight(normal, seen.view, surface.roughness)
    toward = np.maximum(scalar(normal, seen.view), _GRAZING)
    around = reflection(_mirrored(seen.view, normal, toward), surface.roughness, boxes)
    everywhere = ambient(normal)
    fresnel = _fifth_power(_ONE - toward)
    light = []
    for channel, base in enumerate(surface.base):
        head_on = _DIELECTRIC + (base - _DIELECTRIC) * metal
        edge = np.maximum(_ONE - surface.roughness, head_on) - head_on
        key = np.float32(KEY[channel])
        mirrored = (head_on + edge * fresnel) * around[channel]
        diffuse = base * (_ONE - metal)
        light.append(
            (diffuse * direct + head_on * gloss) * key
            + (diffuse * everywhere[channel] + mirrored) * surface.occlusion
        )
    return light


def _mirrored(view: Vector, normal: Vector, toward: F32) -> Vector:
    x, y, z = (_TWO * toward * n - v for n, v in zip(normal, view, strict=True))
    return x, y, z


def _fifth_power(values: F32) -> F32:
    square = values * values
    return square * square * values


def _bent(texels: list[U8], seen: Fragments) -> Vector:
    """World-space normals from tangent-space ones."""
    _, _, nx, ny, nz, tx, ty, tz, sign = seen.frame
    right, up, out = (plane * (_TWO * _BYTE) - _ONE for plane in texels[:3])
    up = up * sign
    x = right * tx + up * (ny * tz - nz * ty) + out * nx
    y = right * ty + up * (nz * tx - nx * tz) + out * ny
    z = right * tz + up * (nx * ty - ny * tx) + out * nz
    inverse = _ONE / np.sqrt(np.maximum(x * x + y * y + z * z, np.float32(1e-12)))
    return x * inverse, y * inverse, z * inverse


def _highlight(normal: Vector, view: Vector, roughness: F32) -> F32:
    """Facets that mirror the sun into the eye, over pi, times their visibility."""
    x, y, z = (component + np.float32(axis) for component, axis in zip(view, SUN, strict=True))
    across = np.maximum(scalar(normal, (x, y, z)), 0)
    aligned = across * across / np.maximum(scalar((x, y, z), (x, y, z)), np.float32(1e-6))
    alpha = roughness * roughness + _SUN_ROUGHNESS * _SUN_ROUGHNESS
    alpha2 = alpha * alpha
    lobe = aligned * (alpha2 - _ONE) + _ONE
    facets: F32 = alpha2 / (lobe * lobe * (_ONE + roughness) * (_ONE + roughness))
    return facets


def _pressed(glow: F32) -> F32:
    """Glow of any strength, held below a bound per channel: what glows red turns to yellow."""
    pressed: F32 = np.divide(_BRIGHTEST_GLOW * glow, glow + _ONE)
    return pressed


def tone_mapped(light: list[F32]) -> list[F32]:
    """Linear light per channel to 0 … 1: neutral below the shoulder, then towards white."""
    peak = np.maximum(np.maximum(light[0], light[1]), light[2])
    beyond = np.maximum(peak - _SHOULDER, 0)
    room = _ONE - _SHOULDER
    level: F32 = np.where(beyond > 0, _ONE - room * room / (beyond + room), peak)
    gain: F32 = np.divide(level, np.maximum(peak, np.float32(1e-6)))
    white: F32 = _ONE - np.divide(_ONE, _DESATURATION * (peak - level) + _ONE)
    return [channel * gain * (_ONE - white) + level * white for channel in light]
