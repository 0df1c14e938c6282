"""Walls below a sheet's border."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F32
from meshmill.geometry.parts import Part, compact


def border_walls(positions: F32, uvs: F32, foot: F32) -> list[Part]:
    """Four walls from the border of a sheet down to the heights ``foot``, facing outwards.

    ``positions`` (n, n, 3) and ``uvs`` (n, n, 2) are the sheet's, rows along z and columns along x;
    ``foot`` is (n, n). The UVs of the feet lie on the edges of the texture. Stretches of no height
    are left out.
    """
    walls = []
    for side, outward, texture_axis, texture_edge in (
        (np.s_[0, ::-1], (0, 0, -1), 1, 0.0),
        (np.s_[-1, :], (0, 0, 1), 1, 1.0),
        (np.s_[:, 0], (-1, 0, 0), 0, 0.0),
        (np.s_[::-1, -1], (1, 0, 0), 0, 1.0),
    ):
        top, top_uv = positions[side], uvs[side]
        low, low_uv = top.copy(), top_uv.copy()
        low[:, 1] = foot[side]
        low_uv[:, texture_axis] = texture_edge
        count = len(top)
        index = np.arange(count - 1, dtype=np.uint32)
        above, below = index, index + np.uint32(count)
        faces = np.stack((above, below, below + 1, above, below + 1, above + 1), axis=1)
        tall = top[:, 1] > low[:, 1]
        has_area = np.stack((tall[:-1], tall[1:]), axis=1)
        walls.append(
            compact(
                np.concatenate((top, low)),
                np.broadcast_to(np.array(outward, dtype=np.float32), (2 * count, 3)),
                np.concatenate((top_uv, low_uv)),
                faces.reshape(-1, 3)[has_area.ravel()],
            )
        )
    return walls
