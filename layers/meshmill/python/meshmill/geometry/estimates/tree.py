"""What tree takes, as measured by ``python -m benchmarks.estimates``."""

from __future__ import annotations

from meshmill.geometry.estimates.profile import Profile
from meshmill.geometry.estimates.trend import Trend

PROFILE = Profile(
    budget_share={
        "low": Trend(0.986, {"spread_deg": {10: 0.89, 45.0: 1.0, 90: 1.02}}),
        "medium": Trend(1.0),
        "high": Trend(
            1.0,
            {
                "season": {"bare": 0.506},
                "branch_levels": {1: 0.873, 3: 1.0, 4: 1.0},
                "crown_density": {0: 1.19, 0.7: 1.0, 1: 1.0},
                "spread_deg": {10: 0.898, 45.0: 1.0, 90: 0.987},
            },
        ),
    },
    most_of_budget=1.0,
    triangle_bytes={
        "gltf": {"low": 63.7, "medium": 72.8, "high": 78.1},
        "obj": {"low": 38.2, "medium": 45.3, "high": 48.2},
        "fbx": {"low": 197.9, "medium": 214.0, "high": 215.8},
    },
    texel_bytes={
        "png": Trend(
            5.18,
            {
                "habit": {"birch": 0.75, "conifer": 1.12, "shrub": 0.641},
                "trunk_ratio": {0.01: 0.541, 0.03: 1.0, 0.08: 1.03},
            },
        ),
        "jpeg": Trend(
            4.23,
            {
                "habit": {"birch": 0.693, "shrub": 0.659},
                "trunk_ratio": {0.01: 0.612, 0.03: 1.0, 0.08: 1.03},
            },
        ),
        "webp": Trend(
            4.18,
            {
                "habit": {"birch": 0.519, "palm": 0.846, "shrub": 0.603},
                "trunk_ratio": {0.01: 0.541, 0.03: 1.0, 0.08: 1.03},
            },
        ),
        "split png": Trend(
            5.01,
            {
                "habit": {"birch": 0.745, "conifer": 1.12, "shrub": 0.642},
                "trunk_ratio": {0.01: 0.549, 0.03: 1.0, 0.08: 1.03},
            },
        ),
        "split jpeg": Trend(
            4.05,
            {
                "habit": {"birch": 0.685, "shrub": 0.66},
                "trunk_ratio": {0.01: 0.624, 0.03: 1.0, 0.08: 1.02},
            },
        ),
    },
    texel_share={256: 1.0, 512: 0.808, 1024: 0.607, 2048: 0.452, 4096: 0.315},
    preview_bytes=Trend(
        259000.0,
        {
            "habit": {"birch": 0.818, "conifer": 0.651, "palm": 0.392, "shrub": 1.12},
            "season": {"spring": 1.19},
            "trunk_ratio": {0.01: 1.04, 0.03: 1.0, 0.08: 1.11},
            "branch_levels": {1: 0.742, 3: 1.0, 4: 1.01},
            "crown_density": {0: 0.787, 0.7: 1.0, 1: 1.07},
            "spread_deg": {10: 0.774, 45.0: 1.0, 90: 1.08},
        },
    ),
    shape_seconds={
        "low": Trend(
            0.191,
            {
                "height_m": {0.5: 1.39, 8.0: 1.0, 40: 1.01},
                "habit": {"palm": 0.566, "shrub": 1.26},
                "branch_levels": {1: 0.867, 3: 1.0, 4: 1.04},
                "crown_density": {0: 0.74, 0.7: 1.0, 1: 0.998},
                "spread_deg": {10: 1.04, 45.0: 1.0, 90: 1.1},
            },
        ),
        "medium": Trend(
            0.336,
            {
                "height_m": {0.5: 1.15, 8.0: 1.0, 40: 0.994},
                "habit": {"birch": 1.11, "conifer": 1.27},
                "season": {"autumn": 0.864},
                "trunk_ratio": {0.01: 1.39, 0.03: 1.0, 0.08: 1.01},
                "branch_levels": {1: 0.804, 3: 1.0, 4: 0.849},
                "crown_density": {0: 0.981, 0.7: 1.0, 1: 0.896},
                "spread_deg": {10: 1.07, 45.0: 1.0, 90: 1.17},
                "lean": {0: 1.27, 0.05: 1.0, 0.5: 1.07},
            },
        ),
        "high": Trend(
            2.81,
            {
                "height_m": {0.5: 0.832, 8.0: 1.0, 40: 0.887},
                "habit": {"birch": 1.11, "conifer": 0.755},
                "season": {"spring": 0.78, "autumn": 1.3, "bare": 0.313},
                "trunk_ratio": {0.01: 1.0, 0.03: 1.0, 0.08: 0.685},
                "branch_levels": {1: 1.28, 3: 1.0, 4: 0.879},
                "crown_density": {0: 1.26, 0.7: 1.0, 1: 1.0},
                "lean": {0: 0.985, 0.05: 1.0, 0.5: 0.854},
            },
        ),
    },
    texture_seconds=Trend(
        0.222,
        {
            "height_m": {0.5: 0.828, 8.0: 1.0, 40: 0.796},
            "habit": {"birch": 1.44},
            "season": {"autumn": 0.894, "bare": 0.873},
            "crown_density": {0: 1.08, 0.7: 1.0, 1: 1.28},
            "lean": {0: 0.77, 0.05: 1.0, 0.5: 0.702},
        },
    ),
    texture_share={256: 1.0, 512: 1.15, 1024: 0.567, 2048: 1.0, 4096: 0.646},
    encoding_seconds={
        "png": 0.0,
        "jpeg": 0.0,
        "webp": 0.159,
        "split png": 0.007,
        "split jpeg": 0.001,
    },
    level_seconds={"gltf": 1.84, "obj": 3.51, "fbx": 2.19},
    shape_megabytes={"low": 93, "medium": 100, "high": 227},
    texture_megabytes={256: 0, 512: 4, 1024: 14, 2048: 62, 4096: 241},
)
