"""What vase takes, as measured by ``python -m benchmarks.estimates``."""

from __future__ import annotations

from meshmill.geometry.estimates.profile import Profile
from meshmill.geometry.estimates.trend import Trend

PROFILE = Profile(
    budget_share={"low": Trend(1.17), "medium": Trend(1.06), "high": Trend(1.05)},
    most_of_budget=1.23,
    triangle_bytes={
        "gltf": {"low": 39.3, "medium": 32.7, "high": 30.9},
        "obj": {"low": 22.8, "medium": 21.0, "high": 21.7},
        "fbx": {"low": 143.9, "medium": 125.7, "high": 121.5},
    },
    texel_bytes={
        "png": Trend(
            1.76,
            {
                "belly": {0.3: 1.06, 0.6: 1.0, 1.5: 1.12},
                "glaze": {"cobalt": 1.1, "raku": 1.48, "white": 0.839},
                "pattern": {"bands": 1.4, "crackle": 1.46},
            },
        ),
        "jpeg": Trend(
            1.22,
            {
                "belly": {0.3: 1.08, 0.6: 1.0, 1.5: 1.1},
                "glaze": {"raku": 1.5},
                "pattern": {"bands": 1.39, "crackle": 1.36},
            },
        ),
        "webp": Trend(
            0.933, {"glaze": {"raku": 1.64}, "pattern": {"bands": 1.51, "crackle": 1.55}}
        ),
        "split png": Trend(
            1.69,
            {
                "belly": {0.3: 1.07, 0.6: 1.0, 1.5: 1.12},
                "glaze": {"raku": 1.49, "white": 0.836},
                "pattern": {"bands": 1.4, "crackle": 1.48},
            },
        ),
        "split jpeg": Trend(
            1.16, {"glaze": {"raku": 1.52}, "pattern": {"bands": 1.4, "crackle": 1.38}}
        ),
    },
    texel_share={256: 1.0, 512: 0.879, 1024: 0.708, 2048: 0.573, 4096: 0.486},
    preview_bytes=Trend(
        115000.0,
        {
            "belly": {0.3: 0.593, 0.6: 1.0, 1.5: 1.4},
            "handles": {0: 1.0, 2: 1.17},
            "glaze": {"raku": 1.35},
            "pattern": {"bands": 1.3, "crackle": 1.21},
        },
    ),
    shape_seconds={
        "low": Trend(
            0.147,
            {
                "belly": {0.3: 0.819, 0.6: 1.0, 1.5: 1.07},
                "glaze": {"raku": 1.19},
                "pattern": {"crackle": 1.17},
            },
        ),
        "medium": Trend(
            0.169,
            {
                "profile": {"amphora": 1.15, "bowl": 0.887, "tulip": 1.16},
                "belly": {0.3: 0.865, 0.6: 1.0, 1.5: 1.09},
                "neck": {0.1: 1.2, 0.4: 1.0, 1: 1.26},
                "wall_mm": {2: 1.22, 5.0: 1.0, 20: 1.21},
                "glaze": {"cobalt": 0.795, "terracotta": 1.41, "raku": 1.26, "white": 0.853},
                "pattern": {"bands": 0.841},
            },
        ),
        "high": Trend(
            0.394,
            {
                "height_m": {0.05: 0.878, 0.35: 1.0, 2: 1.18},
                "neck": {0.1: 1.23, 0.4: 1.0, 1: 1.07},
                "glaze": {"raku": 1.12},
                "pattern": {"crackle": 1.28},
            },
        ),
    },
    texture_seconds=Trend(
        0.0774,
        {
            "height_m": {0.05: 1.22, 0.35: 1.0, 2: 1.02},
            "profile": {"tulip": 0.893},
            "belly": {0.3: 1.15, 0.6: 1.0, 1.5: 1.14},
            "neck": {0.1: 1.1, 0.4: 1.0, 1: 1.24},
            "handles": {0: 1.0, 2: 0.821},
            "pattern": {"bands": 1.23, "crackle": 1.72},
        },
    ),
    texture_share={256: 1.0, 512: 2.57, 1024: 1.22, 2048: 1.0, 4096: 1.11},
    encoding_seconds={
        "png": 0.0,
        "jpeg": 0.0,
        "webp": 0.1,
        "split png": 0.001,
        "split jpeg": 0.001,
    },
    level_seconds={"gltf": 0.86, "obj": 1.21, "fbx": 0.88},
    shape_megabytes={"low": 100, "medium": 103, "high": 117},
    texture_megabytes={256: 0, 512: 8, 1024: 29, 2048: 71, 4096: 251},
)
