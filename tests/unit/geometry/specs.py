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


#: Corners of the options' ranges, by a label each.
SAMPLES: dict[str, AssetSpec] = {
    "terrain as it comes": asset_spec("terrain"),
    "terrain without relief": asset_spec("terrain", {"relief_m": 0}),
    "terrain at its smallest": asset_spec("terrain", {"size_m": 16, "relief_m": 8, "skirt_m": 50}),
    "terrain at its largest": asset_spec("terrain", {"size_m": 4096, "relief_m": 1000}),
    "terrain without a skirt": asset_spec("terrain", {"skirt_m": 0}),
    "terrain under water": asset_spec("terrain", {"sea_level": 1.0}),
    "volcanic island": asset_spec(
        "terrain", {"landform": "island", "biome": "volcanic", "sea_level": 0.2}
    ),
    "desert canyon": asset_spec("terrain", {"landform": "canyon", "biome": "desert", "erosion": 1}),
    "arctic plains": asset_spec("terrain", {"landform": "plains", "biome": "arctic"}),
    "uneroded dunes": asset_spec("terrain", {"landform": "dunes", "biome": "desert", "erosion": 0}),
    "hills under snow": asset_spec(
        "terrain", {"landform": "hills", "snow_line": 0}, seed=2**32 - 1
    ),
    "rock as it comes": asset_spec("rock"),
    "slate slab": asset_spec("rock", {"form": "slab", "mineral": "slate", "strata": 1}),
    "jagged spire": asset_spec("rock", {"form": "spire", "mineral": "basalt", "angularity": 1}),
    "worn cobble": asset_spec(
        "rock", {"form": "cobble", "angularity": 0, "cavities": 0, "moss": 0}
    ),
    "pitted shard": asset_spec("rock", {"form": "shard", "mineral": "sandstone", "cavities": 1}),
    "mossy cluster": asset_spec("rock", {"cluster": 7, "moss": 1, "mineral": "limestone"}),
    "pebble": asset_spec("rock", {"size_m": 0.05}, seed=2**32 - 1),
}


def _values(field: FieldInfo) -> st.SearchStrategy[Any]:
    kind = field.annotation
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    low = next(bound.ge for bound in field.metadata if hasattr(bound, "ge"))
    high = next(bound.le for bound in field.metadata if hasattr(bound, "le"))
    if kind is int:
        return st.integers(low, high)
    return st.floats(low, high, allow_nan=False)


def _valid(options: type[Options], values: dict[str, Any]) -> bool:
    try:
        options(**values)
    except ValidationError:
        return False
    return True


def random_specs() -> st.SearchStrategy[AssetSpec]:
    """Any generator with any of its options, at low quality and 256 texels."""

    def of(name: str) -> st.SearchStrategy[AssetSpec]:
        options = GENERATORS[name].options
        fields = {member: _values(field) for member, field in options.model_fields.items()}
        chosen = st.fixed_dictionaries({}, optional=fields)
        return st.builds(
            lambda values, seed: asset_spec(name, values, seed=seed),
            chosen.filter(lambda values: _valid(options, values)),
            st.integers(0, 2**32 - 1),
        )

    return st.sampled_from(sorted(GENERATORS)).flatmap(of)
