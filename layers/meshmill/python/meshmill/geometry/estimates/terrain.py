"""What terrain takes, as measured by ``python -m benchmarks.estimates``."""

from __future__ import annotations

from meshmill.geometry.estimates.profile import Profile
from meshmill.geometry.estimates.trend import Trend

PROFILE = Profile(
    budget_share={"low": Trend(0.956), "medium": Trend(1.0), "high": Trend(0.999)},
    most_of_budget=1.03,
    triangle_bytes={
        "gltf": {"low": 35.6, "medium": 31.5, "high": 36.5},
        "obj": {"low": 21.6, "medium": 20.4, "high": 20.6},
        "fbx": {"low": 133.2, "medium": 119.6, "high": 121.6},
    },
    texel_bytes={
        "png": Trend(
            3.56,
            {
                "size_m": {16: 1.02, 256.0: 1.0, 4096: 0.8},
                "relief_m": {0: 0.705, 60.0: 1.0, 1000: 1.11},
                "landform": {"island": 0.869},
                "biome": {"desert": 0.884},
                "snow_line": {0: 0.857, 0.8: 1.0, 1: 0.958},
            },
        ),
        "jpeg": Trend(
            2.56,
            {
                "size_m": {16: 1.0, 256.0: 1.0, 4096: 0.777},
                "relief_m": {0: 0.688, 60.0: 1.0, 1000: 1.17},
                "landform": {"island": 0.871},
                "biome": {"desert": 0.886},
                "snow_line": {0: 0.842, 0.8: 1.0, 1: 0.953},
            },
        ),
        "webp": Trend(
            2.42,
            {
                "size_m": {16: 1.02, 256.0: 1.0, 4096: 0.755},
                "relief_m": {0: 0.681, 60.0: 1.0, 1000: 1.23},
                "landform": {"plains": 0.88, "island": 0.868},
                "biome": {"desert": 0.887},
                "snow_line": {0: 0.785, 0.8: 1.0, 1: 0.968},
            },
        ),
        "split png": Trend(
            3.36,
            {
                "size_m": {16: 1.03, 256.0: 1.0, 4096: 0.802},
                "relief_m": {0: 0.717, 60.0: 1.0, 1000: 1.1},
                "landform": {"island": 0.874},
                "biome": {"desert": 0.89},
                "snow_line": {0: 0.848, 0.8: 1.0, 1: 0.958},
            },
        ),
        "split jpeg": Trend(
            2.36,
            {
                "size_m": {16: 1.01, 256.0: 1.0, 4096: 0.778},
                "relief_m": {0: 0.703, 60.0: 1.0, 1000: 1.15},
                "landform": {"island": 0.878},
                "biome": {"desert": 0.894},
                "snow_line": {0: 0.827, 0.8: 1.0, 1: 0.952},
            },
        ),
    },
    texel_share={256: 1.0, 512: 0.837, 1024: 0.769, 2048: 0.734, 4096: 0.714},
    preview_bytes=Trend(
        157000.0,
        {
            "relief_m": {0: 0.449, 60.0: 1.0, 1000: 1.12},
            "landform": {"hills": 0.861},
            "biome": {"desert": 0.889},
            "erosion": {0: 0.891, 0.4: 1.0, 1: 1.09},
            "sea_level": {0.0: 1.0, 1: 0.587},
            "skirt_m": {0: 0.967, 2.0: 1.0, 50: 0.788},
        },
    ),
    shape_seconds={
        "low": Trend(
            0.122,
            {
                "size_m": {16: 1.13, 256.0: 1.0, 4096: 0.98},
                "relief_m": {0: 0.614, 60.0: 1.0, 1000: 1.01},
                "landform": {"plains": 1.12},
                "biome": {"volcanic": 1.1},
                "erosion": {0: 0.839, 0.4: 1.0, 1: 1.07},
                "sea_level": {0.0: 1.0, 1: 1.27},
                "skirt_m": {0: 1.04, 2.0: 1.0, 50: 0.843},
            },
        ),
        "medium": Trend(
            0.203,
            {
                "relief_m": {0: 1.0, 60.0: 1.0, 1000: 0.884},
                "landform": {"plains": 0.877, "canyon": 0.788},
                "biome": {"arctic": 0.876, "volcanic": 0.882},
                "erosion": {0: 0.94, 0.4: 1.0, 1: 1.13},
                "sea_level": {0.0: 1.0, 1: 1.3},
                "snow_line": {0: 1.03, 0.8: 1.0, 1: 0.833},
                "skirt_m": {0: 1.11, 2.0: 1.0, 50: 0.725},
            },
        ),
        "high": Trend(0.382, {"skirt_m": {0: 1.0, 2.0: 1.0, 50: 0.864}}),
    },
    texture_seconds=Trend(
        0.111,
        {
            "landform": {"canyon": 1.17},
            "erosion": {0: 1.16, 0.4: 1.0, 1: 0.824},
            "snow_line": {0: 1.15, 0.8: 1.0, 1: 1.07},
            "skirt_m": {0: 0.855, 2.0: 1.0, 50: 0.942},
        },
    ),
    texture_share={256: 1.0, 512: 1.55, 1024: 0.769, 2048: 1.0, 4096: 0.999},
    encoding_seconds={"png": 0.0, "jpeg": 0.0, "webp": 0.107, "split png": 0.0, "split jpeg": 0.0},
    level_seconds={"gltf": 0.26, "obj": 0.66, "fbx": 0.29},
    shape_megabytes={"low": 99, "medium": 106, "high": 120},
    texture_megabytes={256: 3, 512: 3, 1024: 14, 2048: 53, 4096: 217},
)
