"""The asset under test: a generator's model, and its scenes at every level of detail."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from inspect import getmembers, isclass
from typing import Any, cast

from meshmill.geometry.levels import BUDGETS, level_budget, level_suffix
from meshmill.geometry.model import Brief, Generator, Model
from meshmill.geometry.options import Options
from meshmill.geometry.registry import GENERATORS
from meshmill.geometry.scene import Scene
from meshmill.geometry.spec import AssetSpec, Quality

_PACKAGE = "meshmill.geometry.generators"
LEVELS = (0, 1, 2, 3)


@dataclass(frozen=True, eq=False)
class Asset:
    """What is asked for; model and scenes are made when first looked at."""

    generator: str
    options: Options
    quality: Quality = "low"
    texture_size: int = 256
    seed: int = 0

    @classmethod
    def of(cls, spec: AssetSpec) -> Asset:
        """The asset that a spec describes."""
        asked = spec.parameters
        return cls(asked.generator, asked.options, asked.quality, asked.texture_size, asked.seed)

    @property
    def budget(self) -> int:
        """Triangles of the most detailed level."""
        return BUDGETS[self.quality]

    @cached_property
    def model(self) -> Model:
        """The individual."""
        brief = Brief(seed=self.seed, budget=self.budget, texture_size=self.texture_size)
        return _builder_of(self.generator)(self.options, brief)

    @cached_property
    def levels(self) -> tuple[Scene, ...]:
        """The model itself and its three further levels of detail."""
        return (
            self.scene,
            *(
                self.model.scene(level_budget(self.budget, level), level_suffix(level))
                for level in LEVELS[1:]
            ),
        )

    @cached_property
    def scene(self) -> Scene:
        """The most detailed level."""
        return self.model.scene(self.budget, "")

    def at(self, quality: Quality) -> Asset:
        """The same individual at another quality."""
        return Asset(self.generator, self.options, quality, self.texture_size, self.seed)

    def describe(self) -> dict[str, Any]:
        """What was asked for, in JSON's types."""
        return {
            "generator": self.generator,
            "options": self.options.model_dump(mode="json"),
            "quality": self.quality,
            "texture_size": self.texture_size,
            "seed": self.seed,
        }


def options_of(generator: str) -> type[Options]:
    """The options of a generator, which need not be registered yet."""
    if generator in GENERATORS:
        return GENERATORS[generator].options
    module = import_module(f"{_PACKAGE}.{generator}.spec")
    (found,) = (
        member
        for _, member in getmembers(module, isclass)
        if issubclass(member, Options) and member.__module__ == module.__name__
    )
    return found


def _builder_of(generator: str) -> Generator:
    registered = GENERATORS.get(generator)
    module = registered.module if registered else f"{_PACKAGE}.{generator}.build"
    return cast("Generator", import_module(module).build)
