"""The interface between the engine and its generators.

A generator's ``build`` module has one function ``build(options, brief) -> Model``. A new generator
is a folder with ``spec`` and ``build`` and a row in :mod:`meshmill.geometry.registry`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from meshmill.geometry.scene import Scene


@dataclass(frozen=True, slots=True)
class Brief:
    """What a generator is told beside its options.

    ``budget`` is the number of triangles of the most detailed level, ``texture_size`` the edge of
    the primary material's maps in pixels.
    """

    seed: int
    budget: int
    texture_size: int


class Model(Protocol):
    """An individual whose shape and textures are made; meshes are drawn from it at any budget.

    Every level re-evaluates the same shape on a coarser lattice with the same UVs, and shares the
    same textures.
    """

    def scene(self, budget: int, suffix: str) -> Scene:
        """The model in about ``budget`` triangles; ``suffix`` (``_LOD1``) ends its mesh names."""


class Generator(Protocol):
    """The module-level ``build`` of a generator."""

    def __call__(self, options: Any, brief: Brief) -> Model:
        """Make the individual that ``options`` and the brief's seed describe."""
