"""What terrain takes, as measured by ``python -m benchmarks.estimates``."""

from __future__ import annotations

from meshmill.geometry.estimates.profile import Profile
from meshmill.geometry.estimates.trend import Trend

PROFILE = Profile(
    budget_share={"low": Trend(0.956), "medium": Trend(1.0), "high": Trend(0.999)},
    most_of_budget=1.0186,
    triangle_bytes={
        "gltf": {"low": 35.6, "medium": 31.5, "high": 36.5},
        "obj": {"low": 21.7, "medium": 20.5, "high": 20.7},
        "fbx": {"low": 133.2, "medium": 119.6, "high": 121.6},
    },
    texel_bytes={
        "png": Trend(
            3.6,
            {
                "size_m": {16: 1.02, 256.0: 1.0, 4096: 0.789},
                "relief_m": {0: 0.702, 60.0: 1.0, 1000: 1.13},
                "landform": {"island": 0.864},
                "biome": {"desert": 0.88},
                "snow_line": {0: 0.869, 0.8: 1.0, 1: 0.962},
            },
        ),
        "jpeg": Trend(
            2.6,
            {
                "size_m": {16: 0.999, 256.0: 1.0, 4096: 0.765},
                "relief_m": {0: 0.683, 60.0: 1.0, 1000: 1.19},
                "landform": {"island": 0.866},
                "biome": {"desert": 0.881},
                "snow_line": {0: 0.853, 0.8: 1.0, 1: 0.957},
            },
        ),
        "webp": Trend(
            2.45,
            {
                "size_m": {16: 1.02, 256.0: 1.0, 4096: 0.733},
                "relief_m": {0: 0.676, 60.0: 1.0, 1000: 1.26},
                "landform": {"plains": 0.893, "dunes": 0.889, "island": 0.86},
                "biome": {"desert": 0.879},
                "snow_line": {0: 0.808, 0.8: 1.0, 1: 0.965},
            },
        ),
        "split png": Trend(
            3.39,
            {
                "size_m": {16: 1.03, 256.0: 1.0, 4096: 0.791},
                "relief_m": {0: 0.714, 60.0: 1.0, 1000: 1.12},
                "landform": {"island": 0.87},
                "biome": {"desert": 0.885},
                "snow_line": {0: 0.858, 0.8: 1.0, 1: 0.961},
            },
        ),
        "split jpeg": Trend(
            2.39,
            {
                "size_m": {16: 1.01, 256.0: 1.0, 4096: 0.766},
                "relief_m": {0: 0.699, 60.0: 1.0, 1000: 1.18},
                "landform": {"island": 0.873},
                "biome": {"desert": 0.888},
                "snow_line": {0: 0.837, 0.8: 1.0, 1: 0.956},
            },
        ),
    },
    texel_share={256: 1.0, 512: 0.838, 1024: 0.769, 2048: 0.733, 4096: 0.713},
    preview_bytes=Trend(
        158000.0,
        {
            "relief_m": {0: 0.446, 60.0: 1.0, 1000: 1.11},
            "landform": {"hills": 0.878, "island": 0.898},
            "biome": {"desert": 0.883},
            "erosion": {0: 0.898, 0.4: 1.0, 1: 1.1},
            "sea_level": {0.0: 1.0, 1: 0.587},
            "skirt_m": {0: 0.969, 2.0: 1.0, 50: 0.782},
        },
    ),
    shape_seconds={
        "low": Trend(
            0.102,
            {
                "size_m": {16: 1.32, 256.0: 1.0, 4096: 0.982},
                "relief_m": {0: 0.629, 60.0: 1.0, 1000: 0.979},
                "erosion": {0: 0.808, 0.4: 1.0, 1: 1.07},
                "sea_level": {0.0: 1.0, 1: 1.27},
                "snow_line": {0: 1.08, 0.8: 1.0, 1: 1.21},
                "skirt_m": {0: 1.01, 2.0: 1.0, 50: 0.807},
            },
        ),
        "medium": Trend(
            0.161,
            {
                "size_m": {16: 1.0, 256.0: 1.0, 4096: 0.836},
                "landform": {"dunes": 1.24},
                "biome": {"volcanic": 0.844},
                "erosion": {0: 0.983, 0.4: 1.0, 1: 1.19},
                "snow_line": {0: 0.886, 0.8: 1.0, 1: 0.847},
                "skirt_m": {0: 1.13, 2.0: 1.0, 50: 0.948},
            },
        ),
        "high": Trend(
            0.363,
            {
                "size_m": {16: 1.0, 256.0: 1.0, 4096: 1.11},
                "relief_m": {0: 0.891, 60.0: 1.0, 1000: 0.844},
                "landform": {"plains": 0.877, "dunes": 0.845, "canyon": 0.872},
                "biome": {"arctic": 0.898},
                "snow_line": {0: 1.15, 0.8: 1.0, 1: 1.0},
            },
        ),
    },
    texture_seconds=Trend(
        0.101,
        {
            "relief_m": {0: 1.0, 60.0: 1.0, 1000: 0.853},
            "landform": {"hills": 1.12},
            "erosion": {0: 1.08, 0.4: 1.0, 1: 0.825},
            "sea_level": {0.0: 1.0, 1: 1.1},
        },
    ),
    texture_share={256: 1.0, 512: 1.55, 1024: 0.961, 2048: 1.0, 4096: 0.888},
    encoding_seconds={"png": 0.0, "jpeg": 0.0, "webp": 0.107, "split png": 0.0, "split jpeg": 0.0},
    level_seconds={"gltf": 0.27, "obj": 0.64, "fbx": 0.3},
    shape_megabytes={"low": 100, "medium": 104, "high": 121},
    texture_megabytes={256: 0, 512: 3, 1024: 13, 2048: 46, 4096: 191},
)
