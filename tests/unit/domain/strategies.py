"""Requests of every shape that validation lets through, and settings that replay them."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from meshmill.geometry.generators.rock.spec import RockOptions

#: The same examples each time, however slow the machine is.
replayed = settings(deadline=None, derandomize=True, database=None, max_examples=100)

_share = st.floats(0, 1, allow_subnormal=False)
rock_options = st.fixed_dictionaries(
    {},
    optional={
        "size_m": st.floats(0.05, 20),
        "form": st.sampled_from(["boulder", "slab", "spire", "cobble", "shard"]),
        "angularity": _share,
        "cavities": _share,
        "moss": _share,
        "cluster": st.integers(1, 7),
    },
)
rocks = st.fixed_dictionaries(
    {"generator": st.just("rock")},
    optional={
        "quality": st.sampled_from(["low", "medium", "high"]),
        "texture_size": st.sampled_from([256, 512, 1024, 2048, 4096]),
        "texture_format": st.sampled_from(["png", "jpeg", "webp"]),
        "lods": st.integers(0, 3),
        "seed": st.integers(0, 2**32 - 1),
        "options": rock_options,
    },
)
terrains = st.fixed_dictionaries(
    {},
    optional={
        "generator": st.just("terrain"),
        "quality": st.sampled_from(["low", "medium", "high"]),
        "seed": st.integers(0, 2**32 - 1),
        "options": st.fixed_dictionaries({}, optional={"erosion": _share, "sea_level": _share}),
    },
)
specs: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"format": st.just("gltf"), "parameters": rocks | terrains}
)
plain_text = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S"), max_codepoint=0x2FF),
    min_size=1,
    max_size=64,
)
companions = st.fixed_dictionaries(
    {},
    optional={
        "priority": st.integers(1, 10),
        "labels": st.dictionaries(plain_text, plain_text, max_size=10),
        "custom_id": plain_text | st.none(),
    },
)


def reversed_members(value: Any) -> Any:
    """The same JSON value with every object's members in the opposite order."""
    if isinstance(value, dict):
        return {name: reversed_members(member) for name, member in reversed(value.items())}
    return value


def whole_numbers_as_floats(value: Any) -> Any:
    """The same options with 1 spelled 1.0."""
    return float(value) if type(value) is int else value


#: The options of rocks that are numbers with a fraction.
FLOAT_OPTIONS = tuple(
    name for name, field in RockOptions.model_fields.items() if field.annotation is float
)
