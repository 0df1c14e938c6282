"""The individuals of the README's picture can be made."""

from __future__ import annotations

import pytest

from meshmill.geometry.registry import GENERATORS
from meshmill_local.gallery import INDIVIDUALS


@pytest.mark.parametrize("name", sorted(GENERATORS))
def test_three_individuals_of_different_seeds_stand_for_each_generator(name: str) -> None:
    individuals = INDIVIDUALS[name]
    assert len({seed for seed, _ in individuals}) == 3
    for _, options in individuals:
        GENERATORS[name].options(**options)
