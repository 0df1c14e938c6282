"""What vase takes, as measured by ``python -m benchmarks.estimates``."""

from __future__ import annotations

from meshmill.geometry.estimates.profile import Profile
from meshmill.geometry.estimates.trend import Trend

PROFILE = Profile(
    budget_share={"low": Trend(1.17), "medium": Trend(1.06), "high": Trend(1.05)},
    most_of_budget=1.218,
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
            0.933, {"glaze": {"raku": 1.64}, "pattern": {"bands": 1.51, "crackle": 1.56}}
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
    texel_share={256: 1.0, 512: 0.879, 1024: 0.708, 2048: 0.574, 4096: 0.487},
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
            0.107,
            {
                "belly": {0.3: 0.789, 0.6: 1.0, 1.5: 1.15},
                "glaze": {"raku": 1.21},
                "pattern": {"crackle": 1.2},
            },
        ),
        "medium": Trend(
            0.133,
            {
                "belly": {0.3: 0.904, 0.6: 1.0, 1.5: 1.12},
                "glaze": {"raku": 1.11, "white": 0.899},
                "pattern": {"crackle": 1.21},
            },
        ),
        "high": Trend(
            0.206,
            {
                "belly": {0.3: 1.0, 0.6: 1.0, 1.5: 1.18},
                "glaze": {"terracotta": 0.894, "raku": 1.15},
                "pattern": {"crackle": 1.15},
            },
        ),
    },
    texture_seconds=Trend(
        0.075,
        {
            "neck": {0.1: 1.01, 0.4: 1.0, 1: 1.11},
            "wall_mm": {2: 0.81, 5.0: 1.0, 20: 1.03},
            "pattern": {"crackle": 1.26},
        },
    ),
    texture_share={256: 1.0, 512: 2.01, 1024: 0.926, 2048: 1.0, 4096: 0.72},
    encoding_seconds={
        "png": 0.0,
        "jpeg": 0.0,
        "webp": 0.1,
        "split png": 0.001,
        "split jpeg": 0.002,
    },
    level_seconds={"gltf": 0.35, "obj": 0.72, "fbx": 0.39},
    shape_megabytes={"low": 99, "medium": 103, "high": 117},
    texture_megabytes={256: 0, 512: 9, 1024: 31, 2048: 73, 4096: 233},
)
