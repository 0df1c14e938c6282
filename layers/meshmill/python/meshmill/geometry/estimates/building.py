"""What building takes, as measured by ``python -m benchmarks.estimates``."""

from __future__ import annotations

from meshmill.geometry.estimates.profile import Profile
from meshmill.geometry.estimates.trend import Trend

PROFILE = Profile(
    budget_share={
        "low": Trend(
            0.977,
            {
                "style": {"office": 1.1, "warehouse": 1.18, "medieval": 1.13},
                "storeys": {1: 0.769, 4: 1.0, 40: 0.9},
                "lit_windows": {0: 1.13, 0.3: 1.0, 1: 0.949},
                "storeys_m": {10.0: 2.48, 176.0: 1.0, 1000.0: 0.892},
                "windows_m": {2.0: 0.548, 123.19999999999999: 1.0, 400.0: 0.784},
            },
        ),
        "medium": Trend(
            0.644,
            {
                "style": {"office": 0.84, "warehouse": 1.17},
                "storeys": {1: 1.16, 4: 1.0, 40: 0.606},
                "storey_height_m": {2.4: 1.04, 3.0: 1.0, 6: 0.882},
                "roof": {"flat": 0.794, "hip": 1.11, "mansard": 1.18, "sawtooth": 0.878},
                "lit_windows": {0: 1.12, 0.3: 1.0, 1: 1.05},
                "storeys_m": {10.0: 0.308, 176.0: 1.0, 1000.0: 0.913},
                "windows_m": {2.0: 0.0939, 123.19999999999999: 1.0, 400.0: 2.43},
            },
        ),
        "high": Trend(
            0.539,
            {
                "style": {"office": 0.323, "warehouse": 0.791},
                "storeys": {1: 0.821, 4: 1.0, 40: 0.746},
                "storey_height_m": {2.4: 0.814, 3.0: 1.0, 6: 0.725},
                "roof": {"flat": 0.74, "mansard": 0.713, "sawtooth": 0.701},
                "lit_windows": {0: 1.34, 0.3: 1.0, 1: 1.15},
                "storeys_m": {10.0: 0.633, 176.0: 1.0, 1000.0: 1.73},
                "windows_m": {2.0: 0.134, 123.19999999999999: 1.0, 400.0: 1.38},
            },
        ),
    },
    most_of_budget=0.9994,
    triangle_bytes={
        "gltf": {"low": 105.8, "medium": 102.5, "high": 107.6},
        "obj": {"low": 23.5, "medium": 20.8, "high": 20.6},
        "fbx": {"low": 275.1, "medium": 257.7, "high": 253.9},
    },
    texel_bytes={
        "png": Trend(
            2.07,
            {
                "style": {"warehouse": 0.899},
                "storeys": {1: 1.04, 4: 1.0, 40: 1.18},
                "storey_height_m": {2.4: 0.905, 3.0: 1.0, 6: 1.13},
                "roof": {"flat": 1.3},
                "lit_windows": {0: 0.909, 0.3: 1.0, 1: 1.16},
                "storeys_m": {10.0: 1.16, 176.0: 1.0, 1000.0: 0.886},
                "windows_m": {2.0: 0.923, 123.19999999999999: 1.0, 400.0: 0.888},
            },
        ),
        "jpeg": Trend(
            1.37,
            {
                "storeys": {1: 1.07, 4: 1.0, 40: 1.21},
                "roof": {"flat": 1.29},
                "lit_windows": {0: 0.947, 0.3: 1.0, 1: 1.19},
                "storeys_m": {10.0: 1.05, 176.0: 1.0, 1000.0: 0.804},
            },
        ),
        "webp": Trend(
            0.734,
            {
                "style": {"office": 0.823},
                "storeys": {1: 1.25, 4: 1.0, 40: 1.19},
                "roof": {"flat": 1.55},
                "lit_windows": {0: 0.989, 0.3: 1.0, 1: 1.24},
                "storeys_m": {10.0: 0.837, 176.0: 1.0, 1000.0: 0.836},
                "windows_m": {2.0: 1.28, 123.19999999999999: 1.0, 400.0: 0.999},
            },
        ),
        "split png": Trend(
            1.96,
            {
                "storeys": {1: 1.03, 4: 1.0, 40: 1.18},
                "storey_height_m": {2.4: 0.904, 3.0: 1.0, 6: 1.13},
                "roof": {"flat": 1.3},
                "lit_windows": {0: 0.911, 0.3: 1.0, 1: 1.16},
                "storeys_m": {10.0: 1.17, 176.0: 1.0, 1000.0: 0.878},
                "windows_m": {2.0: 0.908, 123.19999999999999: 1.0, 400.0: 0.897},
            },
        ),
        "split jpeg": Trend(
            1.26,
            {
                "storeys": {1: 1.06, 4: 1.0, 40: 1.2},
                "roof": {"flat": 1.29},
                "lit_windows": {0: 0.955, 0.3: 1.0, 1: 1.2},
                "storeys_m": {10.0: 1.07, 176.0: 1.0, 1000.0: 0.786},
            },
        ),
    },
    texel_share={256: 1.0, 512: 0.988, 1024: 0.905, 2048: 0.873, 4096: 0.892},
    preview_bytes=Trend(
        212000.0,
        {
            "style": {"office": 0.739, "warehouse": 1.18, "medieval": 1.16},
            "storeys": {1: 0.554, 4: 1.0, 40: 0.712},
            "storey_height_m": {2.4: 1.24, 3.0: 1.0, 6: 0.776},
            "roof": {"hip": 0.738, "mansard": 0.89, "sawtooth": 0.844},
            "lit_windows": {0: 1.53, 0.3: 1.0, 1: 1.07},
            "storeys_m": {10.0: 1.16, 176.0: 1.0, 1000.0: 0.907},
            "windows_m": {2.0: 0.985, 123.19999999999999: 1.0, 400.0: 0.679},
        },
    ),
    shape_seconds={
        "low": Trend(
            0.164,
            {
                "style": {"medieval": 1.1},
                "storeys": {1: 0.68, 4: 1.0, 40: 1.01},
                "storey_height_m": {2.4: 1.11, 3.0: 1.0, 6: 0.853},
                "lit_windows": {0: 1.15, 0.3: 1.0, 1: 0.969},
                "storeys_m": {10.0: 1.33, 176.0: 1.0, 1000.0: 0.802},
                "windows_m": {2.0: 0.928, 123.19999999999999: 1.0, 400.0: 0.882},
            },
        ),
        "medium": Trend(
            0.208,
            {
                "storeys": {1: 0.651, 4: 1.0, 40: 1.11},
                "roof": {"hip": 1.35},
                "lit_windows": {0: 0.884, 0.3: 1.0, 1: 0.912},
                "storeys_m": {10.0: 1.52, 176.0: 1.0, 1000.0: 0.635},
                "windows_m": {2.0: 1.2, 123.19999999999999: 1.0, 400.0: 0.997},
            },
        ),
        "high": Trend(
            0.308,
            {
                "style": {"warehouse": 1.16, "medieval": 0.786},
                "storeys": {1: 0.77, 4: 1.0, 40: 1.26},
                "storey_height_m": {2.4: 0.796, 3.0: 1.0, 6: 0.972},
                "roof": {"flat": 0.812, "hip": 1.15, "sawtooth": 0.825},
                "lit_windows": {0: 0.796, 0.3: 1.0, 1: 1.24},
                "storeys_m": {10.0: 0.814, 176.0: 1.0, 1000.0: 0.847},
                "windows_m": {2.0: 0.757, 123.19999999999999: 1.0, 400.0: 0.979},
            },
        ),
    },
    texture_seconds=Trend(
        0.0891,
        {
            "style": {"office": 0.723, "warehouse": 0.657},
            "storeys": {1: 1.17, 4: 1.0, 40: 1.05},
            "storey_height_m": {2.4: 1.09, 3.0: 1.0, 6: 1.15},
            "roof": {"mansard": 0.712, "sawtooth": 1.17},
            "lit_windows": {0: 0.842, 0.3: 1.0, 1: 0.917},
            "storeys_m": {10.0: 1.0, 176.0: 1.0, 1000.0: 1.17},
            "windows_m": {2.0: 0.88, 123.19999999999999: 1.0, 400.0: 1.08},
        },
    ),
    texture_share={256: 1.0, 512: 2.35, 1024: 0.753, 2048: 1.0, 4096: 0.981},
    encoding_seconds={
        "png": 0.0,
        "jpeg": 0.003,
        "webp": 0.117,
        "split png": 0.003,
        "split jpeg": 0.009,
    },
    level_seconds={"gltf": 0.72, "obj": 1.42, "fbx": 0.82},
    shape_megabytes={"low": 103, "medium": 103, "high": 125},
    texture_megabytes={256: 0, 512: 0, 1024: 24, 2048: 88, 4096: 348},
)
