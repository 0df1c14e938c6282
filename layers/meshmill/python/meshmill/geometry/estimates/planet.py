"""What planet takes, as measured by ``python -m benchmarks.estimates``."""

from __future__ import annotations

from meshmill.geometry.estimates.profile import Profile
from meshmill.geometry.estimates.trend import Trend

PROFILE = Profile(
    budget_share={
        "low": Trend(
            1.08,
            {
                "kind": {"lava": 0.816, "gas": 0.816, "moon": 0.816},
                "clouds": {0: 0.809, 0.4: 1.0, 1: 1.0},
            },
        ),
        "medium": Trend(0.972),
        "high": Trend(1.0),
    },
    most_of_budget=1.1,
    triangle_bytes={
        "gltf": {"low": 36.7, "medium": 31.8, "high": 35.7},
        "obj": {"low": 20.8, "medium": 19.9, "high": 21.7},
        "fbx": {"low": 140.4, "medium": 124.2, "high": 121.0},
    },
    texel_bytes={
        "png": Trend(
            2.24,
            {
                "kind": {"arid": 1.19, "ice": 1.24, "lava": 1.42, "gas": 0.589, "moon": 0.826},
                "ocean": {0: 1.16, 0.55: 1.0, 1: 0.274},
                "craters": {0: 1.01, 0.2: 1.0, 1: 1.18},
                "ice_caps": {0: 1.06, 0.15: 1.0, 1: 0.496},
                "relief": {0: 0.764, 0.02: 1.0, 0.1: 1.24},
            },
        ),
        "jpeg": Trend(
            1.59,
            {
                "kind": {"arid": 1.33, "ice": 1.37, "lava": 1.61, "gas": 0.4, "moon": 0.733},
                "ocean": {0: 1.22, 0.55: 1.0, 1: 0.292},
                "craters": {0: 1.03, 0.2: 1.0, 1: 1.14},
                "ice_caps": {0: 1.03, 0.15: 1.0, 1: 0.671},
                "relief": {0: 0.716, 0.02: 1.0, 0.1: 1.22},
            },
        ),
        "webp": Trend(
            1.65,
            {
                "kind": {"arid": 1.17, "ice": 1.29, "lava": 1.36, "gas": 0.206, "moon": 0.79},
                "ocean": {0: 1.16, 0.55: 1.0, 1: 0.216},
                "craters": {0: 1.06, 0.2: 1.0, 1: 1.2},
                "ice_caps": {0: 1.06, 0.15: 1.0, 1: 0.624},
                "relief": {0: 0.555, 0.02: 1.0, 0.1: 1.33},
                "atmosphere": {True: 1.11},
            },
        ),
        "split png": Trend(
            2.2,
            {
                "kind": {"arid": 1.2, "ice": 1.21, "lava": 1.4, "gas": 0.599, "moon": 0.837},
                "ocean": {0: 1.17, 0.55: 1.0, 1: 0.29},
                "craters": {0: 1.01, 0.2: 1.0, 1: 1.18},
                "ice_caps": {0: 1.06, 0.15: 1.0, 1: 0.495},
                "relief": {0: 0.763, 0.02: 1.0, 0.1: 1.23},
            },
        ),
        "split jpeg": Trend(
            1.55,
            {
                "kind": {"arid": 1.34, "ice": 1.33, "lava": 1.58, "gas": 0.41, "moon": 0.746},
                "ocean": {0: 1.23, 0.55: 1.0, 1: 0.311},
                "craters": {0: 1.02, 0.2: 1.0, 1: 1.13},
                "ice_caps": {0: 1.02, 0.15: 1.0, 1: 0.675},
                "relief": {0: 0.712, 0.02: 1.0, 0.1: 1.21},
            },
        ),
    },
    texel_share={256: 1.0, 512: 0.865, 1024: 0.746, 2048: 0.661, 4096: 0.576},
    preview_bytes=Trend(
        256000.0,
        {
            "kind": {"gas": 0.744, "moon": 0.782},
            "ocean": {0: 1.02, 0.55: 1.0, 1: 0.791},
            "clouds": {0: 0.925, 0.4: 1.0, 1: 0.81},
            "ice_caps": {0: 0.995, 0.15: 1.0, 1: 0.631},
        },
    ),
    shape_seconds={
        "low": Trend(
            0.241,
            {
                "kind": {"lava": 0.659, "gas": 0.654, "moon": 0.671},
                "ocean": {0: 1.21, 0.55: 1.0, 1: 1.16},
                "craters": {0: 1.12, 0.2: 1.0, 1: 1.1},
                "clouds": {0: 0.685, 0.4: 1.0, 1: 1.18},
                "relief": {0: 0.919, 0.02: 1.0, 0.1: 1.11},
                "atmosphere": {True: 1.31},
            },
        ),
        "medium": Trend(
            0.292,
            {
                "radius_m": {0.1: 0.969, 1.0: 1.0, 100: 1.13},
                "ocean": {0: 1.14, 0.55: 1.0, 1: 1.0},
                "clouds": {0: 0.858, 0.4: 1.0, 1: 1.18},
                "ice_caps": {0: 0.863, 0.15: 1.0, 1: 1.1},
                "relief": {0: 1.01, 0.02: 1.0, 0.1: 0.894},
                "atmosphere": {True: 1.45},
            },
        ),
        "high": Trend(
            0.386, {"relief": {0: 0.889, 0.02: 1.0, 0.1: 0.892}, "atmosphere": {True: 1.27}}
        ),
    },
    texture_seconds=Trend(
        0.0932,
        {
            "radius_m": {0.1: 1.21, 1.0: 1.0, 100: 1.04},
            "kind": {"arid": 1.21},
            "craters": {0: 0.903, 0.2: 1.0, 1: 1.18},
            "ice_caps": {0: 0.98, 0.15: 1.0, 1: 0.876},
            "relief": {0: 1.09, 0.02: 1.0, 0.1: 1.13},
            "atmosphere": {True: 1.21},
        },
    ),
    texture_share={256: 1.0, 512: 3.14, 1024: 0.827, 2048: 1.0, 4096: 0.978},
    encoding_seconds={
        "png": 0.0,
        "jpeg": 0.0,
        "webp": 0.121,
        "split png": 0.003,
        "split jpeg": 0.002,
    },
    level_seconds={"gltf": 0.34, "obj": 0.73, "fbx": 0.39},
    shape_megabytes={"low": 130, "medium": 134, "high": 149},
    texture_megabytes={256: 0, 512: 1, 1024: 20, 2048: 60, 4096: 207},
)
