"""What planet takes, as measured by ``python -m benchmarks.estimates``."""

from __future__ import annotations

from meshmill.geometry.estimates.profile import Profile
from meshmill.geometry.estimates.trend import Trend

PROFILE = Profile(
    budget_share={
        "low": Trend(
            1.07,
            {
                "kind": {"lava": 0.797, "gas": 0.808, "moon": 0.809},
                "clouds": {0: 0.887, 0.4: 1.0, 1: 0.992},
            },
        ),
        "medium": Trend(0.966),
        "high": Trend(1.01),
    },
    most_of_budget=1.08,
    triangle_bytes={
        "gltf": {"low": 36.7, "medium": 31.8, "high": 35.7},
        "obj": {"low": 20.8, "medium": 19.9, "high": 21.7},
        "fbx": {"low": 140.4, "medium": 124.2, "high": 121.0},
    },
    texel_bytes={
        "png": Trend(
            2.27,
            {
                "ocean": {0: 1.13, 0.55: 1.0, 1: 0.265},
                "craters": {0: 1.03, 0.2: 1.0, 1: 1.19},
                "ice_caps": {0: 1.06, 0.15: 1.0, 1: 0.482},
                "relief": {0: 0.762, 0.02: 1.0, 0.1: 1.3},
                "atmosphere": {True: 1.1},
            },
        ),
        "jpeg": Trend(
            1.55,
            {
                "ocean": {0: 1.18, 0.55: 1.0, 1: 0.284},
                "craters": {0: 1.07, 0.2: 1.0, 1: 1.17},
                "clouds": {0: 0.939, 0.4: 1.0, 1: 1.1},
                "ice_caps": {0: 1.04, 0.15: 1.0, 1: 0.649},
                "relief": {0: 0.716, 0.02: 1.0, 0.1: 1.34},
                "atmosphere": {True: 1.11},
            },
        ),
        "webp": Trend(
            1.48,
            {
                "ocean": {0: 1.17, 0.55: 1.0, 1: 0.225},
                "craters": {0: 1.1, 0.2: 1.0, 1: 1.25},
                "clouds": {0: 1.0, 0.4: 1.0, 1: 1.1},
                "ice_caps": {0: 1.1, 0.15: 1.0, 1: 0.624},
                "relief": {0: 0.561, 0.02: 1.0, 0.1: 1.49},
                "atmosphere": {True: 1.16},
            },
        ),
        "split png": Trend(
            2.22,
            {
                "ocean": {0: 1.14, 0.55: 1.0, 1: 0.28},
                "craters": {0: 1.03, 0.2: 1.0, 1: 1.19},
                "ice_caps": {0: 1.06, 0.15: 1.0, 1: 0.482},
                "relief": {0: 0.763, 0.02: 1.0, 0.1: 1.29},
                "atmosphere": {True: 1.1},
            },
        ),
        "split jpeg": Trend(
            1.5,
            {
                "ocean": {0: 1.2, 0.55: 1.0, 1: 0.304},
                "craters": {0: 1.06, 0.2: 1.0, 1: 1.17},
                "clouds": {0: 0.915, 0.4: 1.0, 1: 1.1},
                "ice_caps": {0: 1.04, 0.15: 1.0, 1: 0.655},
                "relief": {0: 0.713, 0.02: 1.0, 0.1: 1.33},
                "atmosphere": {True: 1.11},
            },
        ),
    },
    texel_share={256: 1.0, 512: 0.855, 1024: 0.745, 2048: 0.657, 4096: 0.57},
    preview_bytes=Trend(
        230000.0,
        {
            "radius_m": {0.1: 1.14, 1.0: 1.0, 100: 1.01},
            "ocean": {0: 1.06, 0.55: 1.0, 1: 0.855},
            "clouds": {0: 0.99, 0.4: 1.0, 1: 0.835},
            "ice_caps": {0: 1.03, 0.15: 1.0, 1: 0.657},
            "relief": {0: 1.07, 0.02: 1.0, 0.1: 1.1},
        },
    ),
    shape_seconds={
        "low": Trend(
            0.18,
            {
                "radius_m": {0.1: 1.13, 1.0: 1.0, 100: 1.09},
                "ocean": {0: 1.08, 0.55: 1.0, 1: 1.15},
                "clouds": {0: 0.736, 0.4: 1.0, 1: 1.26},
                "relief": {0: 1.12, 0.02: 1.0, 0.1: 1.01},
                "atmosphere": {True: 1.55},
            },
        ),
        "medium": Trend(
            0.245,
            {
                "craters": {0: 1.17, 0.2: 1.0, 1: 0.975},
                "clouds": {0: 0.782, 0.4: 1.0, 1: 1.17},
                "ice_caps": {0: 0.854, 0.15: 1.0, 1: 1.04},
                "atmosphere": {True: 1.37},
            },
        ),
        "high": Trend(
            0.306,
            {
                "radius_m": {0.1: 1.02, 1.0: 1.0, 100: 1.21},
                "craters": {0: 1.05, 0.2: 1.0, 1: 1.12},
                "clouds": {0: 0.885, 0.4: 1.0, 1: 0.998},
                "ice_caps": {0: 1.15, 0.15: 1.0, 1: 1.12},
                "relief": {0: 0.936, 0.02: 1.0, 0.1: 0.829},
                "atmosphere": {True: 1.17},
            },
        ),
    },
    texture_seconds=Trend(
        0.0845,
        {
            "radius_m": {0.1: 1.59, 1.0: 1.0, 100: 1.0},
            "ocean": {0: 1.18, 0.55: 1.0, 1: 0.897},
            "craters": {0: 1.06, 0.2: 1.0, 1: 1.13},
            "ice_caps": {0: 1.13, 0.15: 1.0, 1: 0.986},
            "relief": {0: 0.804, 0.02: 1.0, 0.1: 1.11},
        },
    ),
    texture_share={256: 1.0, 512: 3.26, 1024: 1.2, 2048: 1.0, 4096: 0.876},
    encoding_seconds={
        "png": 0.0,
        "jpeg": 0.0,
        "webp": 0.119,
        "split png": 0.003,
        "split jpeg": 0.002,
    },
    level_seconds={"gltf": 0.31, "obj": 0.68, "fbx": 0.35},
    shape_megabytes={"low": 129, "medium": 134, "high": 149},
    texture_megabytes={256: 1, 512: 4, 1024: 22, 2048: 59, 4096: 215},
)
