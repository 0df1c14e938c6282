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
            0.129,
            {
                "size_m": {0.05: 1.16, 1.0: 1.0, 20: 0.998},
                "form": {"slab": 0.85, "spire": 0.87, "shard": 0.8},
                "cluster": {1: 1.0, 7: 1.87},
            },
        ),
        "medium": Trend(
            0.17,
            {
                "form": {"spire": 0.847, "shard": 0.657},
                "mineral": {"limestone": 0.847},
                "angularity": {0: 1.19, 0.5: 1.0, 1: 0.901},
                "moss": {0: 0.99, 0.2: 1.0, 1: 0.847},
                "cluster": {1: 1.0, 7: 1.55},
            },
        ),
        "high": Trend(
            0.505, {"form": {"spire": 0.874, "shard": 0.887}, "moss": {0: 1.1, 0.2: 1.0, 1: 1.03}}
        ),
    },
    texture_seconds=Trend(
        0.083,
        {
            "size_m": {0.05: 0.903, 1.0: 1.0, 20: 0.833},
            "form": {"slab": 1.14, "spire": 0.686},
            "mineral": {"limestone": 1.1},
            "cavities": {0: 1.14, 0.3: 1.0, 1: 0.927},
            "moss": {0: 0.884, 0.2: 1.0, 1: 0.933},
        },
    ),
    texture_share={256: 1.0, 512: 2.15, 1024: 1.1, 2048: 1.0, 4096: 1.05},
    encoding_seconds={"png": 0.0, "jpeg": 0.0, "webp": 0.105, "split png": 0.0, "split jpeg": 0.0},
    level_seconds={"gltf": 1.3, "obj": 1.69, "fbx": 1.33},
    shape_megabytes={"low": 105, "medium": 123, "high": 236},
    texture_megabytes={256: 0, 512: 2, 1024: 16, 2048: 53, 4096: 230},
)
