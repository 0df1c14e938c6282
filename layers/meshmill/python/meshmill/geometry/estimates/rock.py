"""What rock takes, as measured by ``python -m benchmarks.estimates``."""

from __future__ import annotations

from meshmill.geometry.estimates.profile import Profile
from meshmill.geometry.estimates.trend import Trend

PROFILE = Profile(
    budget_share={"low": Trend(1.01), "medium": Trend(1.0), "high": Trend(1.0)},
    most_of_budget=1.04,
    triangle_bytes={
        "gltf": {"low": 34.9, "medium": 31.7, "high": 36.4},
        "obj": {"low": 24.4, "medium": 23.5, "high": 23.7},
        "fbx": {"low": 130.7, "medium": 119.6, "high": 116.8},
    },
    texel_bytes={
        "png": Trend(
            3.62,
            {
                "form": {"slab": 0.864, "spire": 0.879, "shard": 0.853},
                "mineral": {"limestone": 0.821},
            },
        ),
        "jpeg": Trend(
            2.6,
            {
                "form": {"slab": 0.866, "spire": 0.882, "shard": 0.849},
                "mineral": {"limestone": 0.835},
            },
        ),
        "webp": Trend(2.64, {"form": {"shard": 0.879}, "mineral": {"limestone": 0.833}}),
        "split png": Trend(
            3.45,
            {
                "form": {"slab": 0.864, "spire": 0.88, "shard": 0.854},
                "mineral": {"limestone": 0.819},
            },
        ),
        "split jpeg": Trend(
            2.43,
            {
                "form": {"slab": 0.866, "spire": 0.885, "shard": 0.85},
                "mineral": {"limestone": 0.832},
            },
        ),
    },
    texel_share={256: 1.0, 512: 0.967, 1024: 0.949, 2048: 0.937, 4096: 0.935},
    preview_bytes=Trend(
        227000.0,
        {
            "form": {"slab": 0.788, "spire": 0.724, "shard": 0.679},
            "moss": {0: 0.995, 0.2: 1.0, 1: 0.868},
        },
    ),
    shape_seconds={
        "low": Trend(
            0.138, {"form": {"spire": 0.885, "shard": 0.822}, "cluster": {1: 1.0, 7: 1.76}}
        ),
        "medium": Trend(
            0.183,
            {
                "size_m": {0.05: 1.05, 1.0: 1.0, 20: 0.89},
                "form": {"shard": 0.811},
                "angularity": {0: 1.06, 0.5: 1.0, 1: 0.894},
                "cluster": {1: 1.0, 7: 1.38},
            },
        ),
        "high": Trend(0.533, {"form": {"slab": 0.887, "spire": 0.847, "shard": 0.836}}),
    },
    texture_seconds=Trend(
        0.0819, {"form": {"slab": 0.869, "spire": 0.606}, "mineral": {"limestone": 0.896}}
    ),
    texture_share={256: 1.0, 512: 2.17, 1024: 1.07, 2048: 1.0, 4096: 1.08},
    encoding_seconds={"png": 0.0, "jpeg": 0.0, "webp": 0.103, "split png": 0.0, "split jpeg": 0.0},
    level_seconds={"gltf": 1.24, "obj": 1.61, "fbx": 1.26},
    shape_megabytes={"low": 105, "medium": 124, "high": 237},
    texture_megabytes={256: 0, 512: 2, 1024: 15, 2048: 54, 4096: 230},
)
