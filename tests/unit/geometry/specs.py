"""Specs for the engine's tests: a named sample, and random ones."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from meshmill.geometry.options import Options
from meshmill.geometry.registry import GENERATORS
from meshmill.geometry.spec import AssetSpec


def asset_spec(
    generator: str, options: dict[str, Any] | None = None, **parameters: Any
) -> AssetSpec:
    """A glTF spec, at low quality and 256 texels unless ``parameters`` say otherwise."""
    chosen = {"quality": "low", "texture_size": 256, **parameters}
    return AssetSpec.model_validate(
        {
            "format": "gltf",
            "parameters": {"generator": generator, "options": options or {}, **chosen},
        }
    )


#: Options at the corners of their ranges, by generator and a label each.
OPTIONS: dict[str, dict[str, dict[str, Any]]] = {
    "terrain": {
        "terrain as it comes": {},
        "terrain without relief": {"relief_m": 0},
        "terrain at its smallest": {"size_m": 16, "relief_m": 8, "skirt_m": 50},
        "terrain at its largest": {"size_m": 4096, "relief_m": 1000},
        "terrain without a skirt": {"skirt_m": 0},
        "terrain under water": {"sea_level": 1.0},
        "volcanic island": {"landform": "island", "biome": "volcanic", "sea_level": 0.2},
        "desert canyon": {"landform": "canyon", "biome": "desert", "erosion": 1},
        "arctic plains": {"landform": "plains", "biome": "arctic"},
        "uneroded dunes": {"landform": "dunes", "biome": "desert", "erosion": 0},
        "hills under snow": {"landform": "hills", "snow_line": 0},
    },
    "rock": {
        "rock as it comes": {},
        "slate slab": {"form": "slab", "mineral": "slate", "strata": 1},
        "jagged spire": {"form": "spire", "mineral": "basalt", "angularity": 1},
        "worn cobble": {"form": "cobble", "angularity": 0, "cavities": 0, "moss": 0},
        "pitted shard": {"form": "shard", "mineral": "sandstone", "cavities": 1},
        "mossy cluster": {"cluster": 7, "moss": 1, "mineral": "limestone"},
        "pebble": {"size_m": 0.05},
    },
    "tree": {
        "tree as it comes": {},
        "autumn birch": {"habit": "birch", "season": "autumn"},
        "tallest conifer": {"habit": "conifer", "height_m": 40},
        "leaning palm": {"habit": "palm", "lean": 0.5},
        "sapling": {"height_m": 0.5, "branch_levels": 1},
        "bare tree": {"season": "bare", "branch_levels": 4},
        "dense shrub": {"habit": "shrub", "height_m": 1.5, "crown_density": 1},
        "spreading tree": {"spread_deg": 90, "trunk_ratio": 0.08},
    },
    "building": {
        "building as it comes": {},
        "tower": {"style": "office", "storeys": 40, "width_m": 30, "depth_m": 24, "roof": "flat"},
        "medieval house": {"style": "medieval", "storeys": 2, "storey_height_m": 2.4},
        "sawtooth warehouse": {
            "style": "warehouse", "roof": "sawtooth", "storeys": 1,
            "width_m": 80, "depth_m": 40, "storey_height_m": 6,
        },
        "lit mansard": {"roof": "mansard", "lit_windows": 1, "window_density": 1},
        "blind hut": {
            "storeys": 1, "width_m": 4, "depth_m": 4, "roof": "hip", "window_density": 0,
        },
    },
    "crate": {
        "crate as it comes": {},
        "open crate": {"open": True, "planks": 12, "bracing": "cross"},
        "worn container": {
            "material": "metal", "width_m": 5, "height_m": 2.5, "depth_m": 2.5, "wear": 1,
        },
        "plastic tray": {
            "material": "plastic", "width_m": 0.6, "height_m": 0.3, "depth_m": 0.4, "open": True,
        },
        "smallest crate": {
            "width_m": 0.1, "height_m": 0.1, "depth_m": 0.1, "planks": 2, "bracing": "none",
        },
        "long unworn crate": {"width_m": 5, "height_m": 0.5, "depth_m": 0.5, "wear": 0},
    },
    "vase": {
        "vase as it comes": {},
        "largest amphora": {
            "profile": "amphora", "handles": 2, "height_m": 2, "wall_mm": 20, "glaze": "terracotta",
        },
        "banded bottle": {"profile": "bottle", "glaze": "cobalt", "pattern": "bands"},
        "porcelain bowl": {"profile": "bowl", "glaze": "white", "wall_mm": 2, "height_m": 0.1},
        "crackled raku": {"glaze": "raku", "pattern": "crackle"},
        "wide tulip": {"profile": "tulip", "belly": 1.2, "handles": 1},
    },
    "gear": {
        "gear as it comes": {},
        "pinion": {"teeth": 8, "module_mm": 10},
        "fine wheel": {"teeth": 200, "module_mm": 0.5, "face_width_mm": 10},
        "helical gear": {"helix_deg": 30, "pressure_angle_deg": 25},
        "spoked wheel": {"teeth": 60, "web": "spokes"},
        "drilled wheel": {"teeth": 40, "web": "holes", "pressure_angle_deg": 14.5},
        "gear without a bore": {"bore_mm": 0},
    },
    "planet": {
        "planet as it comes": {},
        "cratered moon": {"kind": "moon", "craters": 1},
        "largest gas giant": {"kind": "gas", "radius_m": 100},
        "lava world": {"kind": "lava", "ocean": 0.4},
        "ice world under air": {"kind": "ice", "atmosphere": True},
        "clouded highlands": {"clouds": 1, "ice_caps": 1, "relief": 0.1},
        "smallest desert": {"kind": "arid", "radius_m": 0.1},
    },
}  # fmt: skip

#: Every sample's spec; the last of each generator has the greatest seed.
SAMPLES: dict[str, AssetSpec] = {
    label: asset_spec(generator, options, seed=2**32 - 1 if label == [*samples][-1] else 0)
    for generator, samples in OPTIONS.items()
    if generator in GENERATORS
    for label, options in samples.items()
}


def random_specs() -> st.SearchStrategy[AssetSpec]:
    """Any generator with any of its options, at low quality and 256 texels.

    Drawn members that don't fit the others are moved towards their lower bounds, then left out;
    what can't be mended so is not drawn.
    """

    def of(name: str) -> st.SearchStrategy[AssetSpec]:
        options = GENERATORS[name].options
        fields = {member: _values(field) for member, field in options.model_fields.items()}
        mended = st.fixed_dictionaries({}, optional=fields).map(
            lambda values: fitting(options, values)
        )
        return st.builds(
            lambda values, seed: asset_spec(name, values, seed=seed),
            mended.filter(lambda values: values is not None),
            st.integers(0, 2**32 - 1),
        )

    return st.sampled_from(sorted(GENERATORS)).flatmap(of)


def extremes(options: type[Options]) -> dict[str, dict[str, Any]]:
    """Every option at each end of its range, or at each of its choices, alone; by a label each."""
    ends: dict[str, dict[str, Any]] = {}
    for member, field in options.model_fields.items():
        choices = get_args(field.annotation) or ((False, True) if field.annotation is bool else ())
        for value in choices or bounds(field):
            ends[f"{member} {value}"] = {member: value}
    return ends


def bounds(field: FieldInfo) -> tuple[Any, Any]:
    """The least and the greatest value of a number."""
    low = next(bound.ge for bound in field.metadata if hasattr(bound, "ge"))
    high = next(bound.le for bound in field.metadata if hasattr(bound, "le"))
    return (low, high) if field.annotation is int else (float(low), float(high))


_NUDGES, _ROUNDS = 6, 16


def fitting(options: type[Options], values: dict[str, Any]) -> dict[str, Any] | None:
    """Values near to ``values`` that fit together; None where none were found."""
    fitted = dict(values)
    for attempt in range(_ROUNDS):
        try:
            options(**fitted)
        except ValidationError as refused:
            for member in _offenders(refused):
                _mend(options.model_fields[member], member, fitted, nudge=attempt < _NUDGES)
        else:
            return fitted
    return None


def _offenders(refused: ValidationError) -> list[str]:
    return [
        member for error in refused.errors() for member in error.get("ctx", {}).get("members", {})
    ]


def _mend(field: FieldInfo, member: str, values: dict[str, Any], *, nudge: bool) -> None:
    """Move one value towards its lower bound, or leave it out; one left out goes to that bound."""
    number = field.annotation in (int, float)
    if member not in values:
        if number:
            values[member] = bounds(field)[0]
    elif nudge and number:
        low = bounds(field)[0]
        values[member] = low + (values[member] - low) // 2 if field.annotation is int else (
            low + (values[member] - low) / 4
        )  # fmt: skip
    else:
        del values[member]


def _values(field: FieldInfo) -> st.SearchStrategy[Any]:
    kind = field.annotation
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if kind is bool:
        return st.booleans()
    low, high = bounds(field)
    if kind is int:
        return st.integers(low, high)
    return st.floats(low, high, allow_nan=False)
