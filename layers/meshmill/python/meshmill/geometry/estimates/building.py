"""What building takes, as measured by ``python -m benchmarks.estimates``."""

from __future__ import annotations

from meshmill.geometry.estimates.profile import Profile
from meshmill.geometry.estimates.trend import Trend

PROFILE = Profile(
    budget_share={
        "low": Trend(
            1.04,
            {
                "style": {"office": 1.3, "warehouse": 1.44, "medieval": 1.82},
                "storeys": {1: 0.743, 4: 1.0, 40: 1.06},
                "roof": {"flat": 1.15, "hip": 0.867, "mansard": 0.808},
                "storeys_m": {10.0: 2.63, 176.0: 1.0, 1000.0: 0.974},
                "windows_m": {2.0: 0.497, 123.19999999999999: 1.0, 400.0: 0.573},
            },
        ),
        "medium": Trend(
            0.643,
            {
                "style": {"office": 0.847, "warehouse": 1.17},
                "storeys": {1: 1.16, 4: 1.0, 40: 0.601},
                "storey_height_m": {2.4: 1.05, 3.0: 1.0, 6: 0.886},
                "roof": {"flat": 0.799, "hip": 1.11, "mansard": 1.18, "sawtooth": 0.883},
                "lit_windows": {0: 1.13, 0.3: 1.0, 1: 1.06},
                "storeys_m": {10.0: 0.303, 176.0: 1.0, 1000.0: 0.903},
                "windows_m": {2.0: 0.0935, 123.19999999999999: 1.0, 400.0: 2.42},
            },
        ),
        "high": Trend(
            0.54,
            {
                "style": {"office": 0.323, "warehouse": 0.804},
                "storeys": {1: 0.824, 4: 1.0, 40: 0.788},
                "storey_height_m": {2.4: 0.794, 3.0: 1.0, 6: 0.714},
                "roof": {"flat": 0.724, "mansard": 0.7, "sawtooth": 0.695},
                "lit_windows": {0: 1.34, 0.3: 1.0, 1: 1.17},
                "storeys_m": {10.0: 0.64, 176.0: 1.0, 1000.0: 1.7},
                "windows_m": {2.0: 0.135, 123.19999999999999: 1.0, 400.0: 1.42},
            },
        ),
    },
    most_of_budget=0.9994,
    triangle_bytes={
        "gltf": {"low": 105.8, "medium": 102.5, "high": 107.6},
        "obj": {"low": 23.5, "medium": 20.8, "high": 20.7},
        "fbx": {"low": 275.1, "medium": 257.7, "high": 253.9},
    },
    texel_bytes={
        "png": Trend(
            2.07,
            {
                "style": {"warehouse": 0.894},
                "storeys": {1: 1.03, 4: 1.0, 40: 1.18},
                "storey_height_m": {2.4: 0.901, 3.0: 1.0, 6: 1.12},
                "roof": {"flat": 1.31},
                "lit_windows": {0: 0.914, 0.3: 1.0, 1: 1.17},
                "storeys_m": {10.0: 1.15, 176.0: 1.0, 1000.0: 0.888},
                "windows_m": {2.0: 0.937, 123.19999999999999: 1.0, 400.0: 0.892},
            },
        ),
        "jpeg": Trend(
            1.37,
            {
                "storeys": {1: 1.06, 4: 1.0, 40: 1.2},
                "roof": {"flat": 1.3},
                "lit_windows": {0: 0.952, 0.3: 1.0, 1: 1.2},
                "storeys_m": {10.0: 1.04, 176.0: 1.0, 1000.0: 0.806},
            },
        ),
        "webp": Trend(
            0.734,
            {
                "style": {"office": 0.825},
                "storeys": {1: 1.22, 4: 1.0, 40: 1.19},
                "roof": {"flat": 1.67},
                "lit_windows": {0: 0.988, 0.3: 1.0, 1: 1.26},
                "storeys_m": {10.0: 0.811, 176.0: 1.0, 1000.0: 0.832},
                "windows_m": {2.0: 1.32, 123.19999999999999: 1.0, 400.0: 1.0},
            },
        ),
        "split png": Trend(
            1.96,
            {
                "storeys": {1: 1.02, 4: 1.0, 40: 1.18},
                "storey_height_m": {2.4: 0.9, 3.0: 1.0, 6: 1.12},
                "roof": {"flat": 1.31},
                "lit_windows": {0: 0.916, 0.3: 1.0, 1: 1.18},
                "storeys_m": {10.0: 1.17, 176.0: 1.0, 1000.0: 0.881},
            },
        ),
        "split jpeg": Trend(
            1.26,
            {
                "storeys": {1: 1.05, 4: 1.0, 40: 1.19},
                "roof": {"flat": 1.3},
                "lit_windows": {0: 0.96, 0.3: 1.0, 1: 1.21},
                "storeys_m": {10.0: 1.05, 176.0: 1.0, 1000.0: 0.788},
            },
        ),
    },
    texel_share={256: 1.0, 512: 0.989, 1024: 0.906, 2048: 0.876, 4096: 0.893},
    preview_bytes=Trend(
        212000.0,
        {
            "style": {"office": 0.741, "warehouse": 1.19, "medieval": 1.17},
            "storeys": {1: 0.559, 4: 1.0, 40: 0.722},
            "storey_height_m": {2.4: 1.25, 3.0: 1.0, 6: 0.77},
            "roof": {"hip": 0.739, "mansard": 0.881, "sawtooth": 0.843},
            "lit_windows": {0: 1.53, 0.3: 1.0, 1: 1.06},
            "storeys_m": {10.0: 1.12, 176.0: 1.0, 1000.0: 0.895},
            "windows_m": {2.0: 0.975, 123.19999999999999: 1.0, 400.0: 0.679},
        },
    ),
    shape_seconds={
        "low": Trend(
            0.164,
            {
                "style": {"office": 1.23, "medieval": 1.25},
                "storeys": {1: 0.696, 4: 1.0, 40: 1.02},
                "storey_height_m": {2.4: 0.972, 3.0: 1.0, 6: 0.766},
                "roof": {"hip": 0.823, "sawtooth": 0.88},
                "lit_windows": {0: 1.19, 0.3: 1.0, 1: 0.98},
                "storeys_m": {10.0: 1.32, 176.0: 1.0, 1000.0: 0.833},
                "windows_m": {2.0: 0.945, 123.19999999999999: 1.0, 400.0: 0.89},
            },
        ),
        "medium": Trend(
            0.209,
            {
                "storeys": {1: 0.626, 4: 1.0, 40: 1.23},
                "roof": {"hip": 1.32},
                "lit_windows": {0: 0.85, 0.3: 1.0, 1: 0.936},
                "storeys_m": {10.0: 1.55, 176.0: 1.0, 1000.0: 0.564},
                "windows_m": {2.0: 1.23, 123.19999999999999: 1.0, 400.0: 0.954},
            },
        ),
        "high": Trend(
            0.305,
            {
                "style": {"medieval": 0.79},
                "storeys": {1: 0.785, 4: 1.0, 40: 1.18},
                "storey_height_m": {2.4: 0.82, 3.0: 1.0, 6: 0.94},
                "roof": {"flat": 0.789, "hip": 1.21, "sawtooth": 0.84},
                "lit_windows": {0: 0.871, 0.3: 1.0, 1: 1.24},
                "storeys_m": {10.0: 0.825, 176.0: 1.0, 1000.0: 0.879},
                "windows_m": {2.0: 0.772, 123.19999999999999: 1.0, 400.0: 1.04},
            },
        ),
    },
    texture_seconds=Trend(
        0.108,
        {
            "style": {"office": 0.733, "warehouse": 0.589},
            "storeys": {1: 1.2, 4: 1.0, 40: 1.09},
            "storey_height_m": {2.4: 1.5, 3.0: 1.0, 6: 1.17},
            "roof": {"mansard": 0.677, "sawtooth": 1.2},
            "lit_windows": {0: 0.843, 0.3: 1.0, 1: 0.726},
            "windows_m": {2.0: 0.784, 123.19999999999999: 1.0, 400.0: 0.99},
        },
    ),
    texture_share={256: 1.0, 512: 2.06, 1024: 0.763, 2048: 1.0, 4096: 0.883},
    encoding_seconds={
        "png": 0.0,
        "jpeg": 0.003,
        "webp": 0.113,
        "split png": 0.001,
        "split jpeg": 0.004,
    },
    level_seconds={"gltf": 0.66, "obj": 1.36, "fbx": 0.75},
    shape_megabytes={"low": 103, "medium": 103, "high": 126},
    texture_megabytes={256: 0, 512: 0, 1024: 24, 2048: 89, 4096: 345},
)
