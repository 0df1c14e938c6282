"""What gear takes, as measured by ``python -m benchmarks.estimates``."""

from __future__ import annotations

from meshmill.geometry.estimates.profile import Profile
from meshmill.geometry.estimates.trend import Trend

PROFILE = Profile(
    budget_share={
        "low": Trend(
            0.904,
            {
                "module_mm": {0.5: 0.802, 5.0: 1.0, 50: 0.968},
                "width_by_diameter": {0.01: 1.04, 0.3333333333333333: 1.0, 5.0: 0.897},
                "tooth_rows": {32.0: 0.656, 96.0: 1.0, 300.0: 1.06},
                "bore_by_diameter": {0.0: 1.02, 0.16666666666666666: 1.0, 0.5: 1.11},
            },
        ),
        "medium": Trend(
            0.913,
            {
                "teeth": {8: 0.66, 24: 1.0, 200: 1.02},
                "tooth_rows": {32.0: 0.225, 96.0: 1.0, 300.0: 1.05},
            },
        ),
        "high": Trend(
            0.346,
            {
                "teeth": {8: 0.698, 24: 1.0, 200: 1.07},
                "web": {"holes": 1.13},
                "tooth_rows": {32.0: 0.234, 96.0: 1.0, 300.0: 2.59},
            },
        ),
    },
    most_of_budget=1.0,
    triangle_bytes={
        "gltf": {"low": 87.3, "medium": 49.6, "high": 54.7},
        "obj": {"low": 25.8, "medium": 23.0, "high": 23.6},
        "fbx": {"low": 233.6, "medium": 156.7, "high": 155.2},
    },
    texel_bytes={
        "png": Trend(
            2.98,
            {
                "teeth": {8: 0.716, 24: 1.0, 200: 1.28},
                "module_mm": {0.5: 0.864, 5.0: 1.0, 50: 1.08},
                "width_by_diameter": {0.01: 1.03, 0.3333333333333333: 1.0, 5.0: 0.475},
                "bore_by_diameter": {0.0: 0.976, 0.16666666666666666: 1.0, 0.5: 0.887},
            },
        ),
        "jpeg": Trend(
            2.24,
            {
                "teeth": {8: 0.695, 24: 1.0, 200: 1.29},
                "module_mm": {0.5: 0.866, 5.0: 1.0, 50: 1.09},
                "width_by_diameter": {0.01: 1.03, 0.3333333333333333: 1.0, 5.0: 0.486},
                "bore_by_diameter": {0.0: 0.981, 0.16666666666666666: 1.0, 0.5: 0.88},
            },
        ),
        "webp": Trend(
            2.31,
            {
                "teeth": {8: 0.738, 24: 1.0, 200: 1.22},
                "module_mm": {0.5: 0.851, 5.0: 1.0, 50: 1.04},
                "width_by_diameter": {0.01: 1.03, 0.3333333333333333: 1.0, 5.0: 0.449},
            },
        ),
        "split png": Trend(
            2.76,
            {
                "teeth": {8: 0.712, 24: 1.0, 200: 1.28},
                "module_mm": {0.5: 0.864, 5.0: 1.0, 50: 1.08},
                "width_by_diameter": {0.01: 1.03, 0.3333333333333333: 1.0, 5.0: 0.473},
                "bore_by_diameter": {0.0: 0.975, 0.16666666666666666: 1.0, 0.5: 0.884},
            },
        ),
        "split jpeg": Trend(
            2.02,
            {
                "teeth": {8: 0.687, 24: 1.0, 200: 1.3},
                "module_mm": {0.5: 0.866, 5.0: 1.0, 50: 1.09},
                "width_by_diameter": {0.01: 1.03, 0.3333333333333333: 1.0, 5.0: 0.483},
                "bore_by_diameter": {0.0: 0.98, 0.16666666666666666: 1.0, 0.5: 0.876},
            },
        ),
    },
    texel_share={256: 1.0, 512: 0.883, 1024: 0.822, 2048: 0.8, 4096: 0.773},
    preview_bytes=Trend(
        212000.0,
        {
            "teeth": {8: 1.32, 24: 1.0, 200: 0.765},
            "width_by_diameter": {0.01: 0.825, 0.3333333333333333: 1.0, 5.0: 0.45},
            "tooth_rows": {32.0: 1.0, 96.0: 1.0, 300.0: 1.15},
            "bore_by_diameter": {0.0: 0.975, 0.16666666666666666: 1.0, 0.5: 1.17},
        },
    ),
    shape_seconds={
        "low": Trend(
            0.176,
            {
                "width_by_diameter": {0.01: 0.789, 0.3333333333333333: 1.0, 5.0: 0.677},
                "bore_by_diameter": {0.0: 0.972, 0.16666666666666666: 1.0, 0.5: 1.17},
            },
        ),
        "medium": Trend(
            0.218,
            {
                "web": {"spokes": 0.894},
                "width_by_diameter": {0.01: 0.754, 0.3333333333333333: 1.0, 5.0: 0.963},
                "bore_by_diameter": {0.0: 1.14, 0.16666666666666666: 1.0, 0.5: 0.993},
            },
        ),
        "high": Trend(
            0.225,
            {
                "web": {"holes": 1.14},
                "width_by_diameter": {0.01: 0.857, 0.3333333333333333: 1.0, 5.0: 1.02},
                "tooth_rows": {32.0: 1.0, 96.0: 1.0, 300.0: 1.22},
            },
        ),
    },
    texture_seconds=Trend(
        0.103,
        {
            "teeth": {8: 0.706, 24: 1.0, 200: 1.24},
            "module_mm": {0.5: 0.63, 5.0: 1.0, 50: 1.24},
            "pressure_angle_deg": {14.5: 0.844, 20.0: 1.0, 25.0: 0.946},
            "keyway": {False: 0.73},
            "width_by_diameter": {0.01: 0.939, 0.3333333333333333: 1.0, 5.0: 0.718},
            "tooth_rows": {32.0: 0.725, 96.0: 1.0, 300.0: 0.813},
            "bore_by_diameter": {0.0: 1.31, 0.16666666666666666: 1.0, 0.5: 1.0},
        },
    ),
    texture_share={256: 1.0, 512: 2.08, 1024: 0.567, 2048: 1.0, 4096: 0.932},
    encoding_seconds={"png": 0.0, "jpeg": 0.0, "webp": 0.119, "split png": 0.0, "split jpeg": 0.0},
    level_seconds={"gltf": 0.49, "obj": 0.94, "fbx": 0.55},
    shape_megabytes={"low": 103, "medium": 105, "high": 112},
    texture_megabytes={256: 0, 512: 0, 1024: 13, 2048: 55, 4096: 228},
)
