"""What is measured of a generator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from meshmill.geometry.estimates.trend import Trend
from meshmill.geometry.spec import Quality

#: How images are encoded: as glTF packs them, or split as OBJ and FBX take them.
Encoding = Literal["png", "jpeg", "webp", "split png", "split jpeg"]

#: The smallest texture; what an asset takes with it is told apart from what larger ones add.
LEAST_TEXTURE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Costs of a generator's assets.

    Attributes:
        budget_share: Triangles of the most detailed level as a share of the quality's budget.
        most_of_budget: The greatest of these shares; beyond it more demand adds nothing.
        triangle_bytes: Of a model file beside its images, by format and quality.
        texel_bytes: Of all images together, for each texel of the primary material's map, where
            that has 256 x 256.
        texel_share: The same of larger maps, as a share of it.
        preview_bytes: Of ``preview.png``.
        shape_seconds: CPU of a whole glTF asset with textures of 256 texels, by quality.
        texture_seconds: What larger textures add, for each million texels.
        texture_share: The same by their size, as a share of it.
        encoding_seconds: What another encoding than PNG adds, for each million texels.
        level_seconds: What a million triangles of a level add, by format; of the model itself only
            what they cost beyond glTF.
        shape_megabytes: Peak of memory with textures of 256 texels, by quality.
        texture_megabytes: What larger textures add, by size.
    """

    budget_share: Mapping[Quality, Trend]
    most_of_budget: float
    triangle_bytes: Mapping[str, Mapping[Quality, float]]
    texel_bytes: Mapping[Encoding, Trend]
    texel_share: Mapping[int, float]
    preview_bytes: Trend
    shape_seconds: Mapping[Quality, Trend]
    texture_seconds: Trend
    texture_share: Mapping[int, float]
    encoding_seconds: Mapping[Encoding, float]
    level_seconds: Mapping[str, float]
    shape_megabytes: Mapping[Quality, float]
    texture_megabytes: Mapping[int, float]
