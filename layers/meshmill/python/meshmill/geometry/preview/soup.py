"""All primitives of a scene in one set of arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, I64, Bools
from meshmill.geometry.rasterise import Cutout
from meshmill.geometry.scene import AlphaMode, Material, Scene

#: Least alpha, of 255, that a masked and a blended material shows.
_SHOWN_FROM = {"MASK": 128, "BLEND": 1}
_RGBA_CHANNELS = 4


@dataclass(frozen=True, slots=True)
class Soup:
    """Vertices and triangles of every primitive.

    ``frame`` has a row for each of u, v, the normal, the tangent and the bitangent's sign, float32
    (9, n); ``material`` is the index of each triangle's material, int64 (m,).
    """

    materials: tuple[Material, ...]
    positions: F32
    frame: F32
    triangles: I64
    material: I64

    @classmethod
    def of(cls, scene: Scene) -> Soup:
        """Join the primitives of ``scene``."""
        materials = scene.materials
        indices = {id(material): index for index, material in enumerate(materials)}
        positions, frames, triangles, owners = [], [], [], []
        count = 0
        for primitive in scene.primitives:
            positions.append(primitive.positions)
            frames.append(np.hstack((primitive.uvs, primitive.normals, primitive.tangents)))
            triangles.append(primitive.triangles.astype(np.int64) + count)
            owners.append(np.full(len(primitive.triangles), indices[id(primitive.material)]))
            count += len(primitive.positions)
        return cls(
            materials,
            np.concatenate(positions),
            np.ascontiguousarray(np.concatenate(frames).T),
            np.concatenate(triangles),
            np.concatenate(owners),
        )

    def having(self, alpha: AlphaMode) -> list[int]:
        """Indices of the materials of one alpha mode."""
        return [index for index, material in enumerate(self.materials) if material.alpha == alpha]

    def cutout(self, index: int, weight: F32) -> Cutout | None:
        """The holes in a material's texture; ``weight`` float32 (n,) is linear on the screen."""
        material = self.materials[index]
        pixels = material.base_colour.pixels
        if pixels.shape[2] < _RGBA_CHANNELS:
            return None
        coordinates = np.stack((self.frame[0] * weight, self.frame[1] * weight, weight))
        return Cutout(coordinates, pixels[:, :, 3] >= _SHOWN_FROM[material.alpha])


@dataclass(frozen=True, slots=True)
class Sight:
    """A soup as seen on one screen.

    ``screen`` is float32 (n, 3) as the rasteriser takes it; ``triangles`` int64 (m, 3) are wound
    so that every face that may be seen is counter-clockwise; ``reversed`` bool (m,) tells which
    were turned over to show the back of a double-sided material.
    """

    screen: F32
    triangles: I64
    reversed: Bools

    @property
    def corners(self) -> list[I64]:
        """The vertices of all triangles, first, second and third, int64 (m,) each."""
        return [np.ascontiguousarray(self.triangles[:, corner]) for corner in range(3)]

    @classmethod
    def of(cls, soup: Soup, screen: F32) -> Sight:
        """Turn double-sided triangles to the viewer."""
        double_sided = np.array([material.double_sided for material in soup.materials])
        return cls.turning(soup, screen, double_sided[soup.material])

    @classmethod
    def turning(cls, soup: Soup, screen: F32, either: Bools) -> Sight:
        """Turn those triangles to the viewer for which ``either``, bool (m,), side will do."""
        turned = either & (_doubled_areas(screen, soup.triangles) > 0)
        triangles = soup.triangles
        if turned.any():
            triangles = np.where(turned[:, None], triangles[:, ::-1], triangles)
        return cls(screen, triangles, turned)


def _doubled_areas(points: F32, triangles: I64) -> F32:
    """Twice the signed areas (m,) of triangles in the first two columns of ``points``."""
    (x0, x1, x2), (y0, y1, y2) = (
        [np.ascontiguousarray(points[:, axis]).take(triangles[:, corner]) for corner in range(3)]
        for axis in range(2)
    )
    doubled: F32 = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    return doubled


def texel_shares(soup: Soup, screen: F32) -> F32:
    """Area in UV space over area on the screen, float32 (m,)."""
    uv: F32 = np.abs(_doubled_areas(soup.frame[:2].T, soup.triangles))
    seen: F32 = np.abs(_doubled_areas(screen, soup.triangles))
    shares: F32 = np.divide(uv, np.maximum(seen, np.float32(1e-6)))
    return shares
