"""Textures as encoded images."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from PIL import Image

from meshmill.geometry.arrays import U8
from meshmill.geometry.png import encode_png
from meshmill.geometry.scene import COLOUR_ROLES, Texture

TextureFormat = Literal["png", "jpeg", "webp"]

_RGB_CHANNELS = 3
_JPEG: Mapping[str, Any] = {"format": "JPEG", "quality": 90, "subsampling": 0}
_WEBP_COLOUR: Mapping[str, Any] = {"format": "WEBP", "quality": 88, "method": 2}
# ``exact`` keeps colours under transparent texels, which mip levels would otherwise bleed.
_WEBP_EXACT: Mapping[str, Any] = {
    "format": "WEBP", "lossless": True, "quality": 0, "method": 0, "exact": True
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class EncodedImage:
    """The bytes of one texture as a file of ``media_type``."""

    data: bytes
    media_type: str


def encode_textures(
    textures: Iterable[Texture], texture_format: TextureFormat
) -> dict[str, EncodedImage]:
    """Encode each texture once, by its name.

    Colours follow ``texture_format``; normals and packed values are always lossless.
    """
    return {texture.name: encode_texture(texture, texture_format) for texture in textures}


def encode_texture(texture: Texture, texture_format: TextureFormat) -> EncodedImage:
    """Encode one texture: colours as ``texture_format`` says, all else lossless."""
    is_colour = texture.role in COLOUR_ROLES
    if texture_format == "webp":
        settings = _WEBP_COLOUR if is_colour else _WEBP_EXACT
        return EncodedImage(_by_pillow(texture.pixels, settings), "image/webp")
    has_alpha = texture.pixels.shape[2] > _RGB_CHANNELS
    if texture_format == "jpeg" and is_colour and not has_alpha:
        return EncodedImage(_by_pillow(texture.pixels, _JPEG), "image/jpeg")
    return EncodedImage(encode_png(texture.pixels), "image/png")


def _by_pillow(pixels: U8, settings: Mapping[str, Any]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, **settings)
    return buffer.getvalue()
