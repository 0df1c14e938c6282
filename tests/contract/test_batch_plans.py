"""A plan as one item: what it takes, and what it may not take."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshmill.aws.dynamodb_batch_plan import plan_item, to_plan
from meshmill.domain.manifest.plan import ManifestFormat, Plan, PlannedChunk

_ITEM_BYTES = 400 * 1024
#: A gibibyte of a million lines.
_GIBIBYTE, _MILLION = 1024**3, 1_000_000


def plan_of(chunks: int, columns: tuple[str, ...] = ()) -> Plan:
    """A plan whose numbers have as many digits as those of the largest manifest."""
    return Plan(
        format=ManifestFormat.CSV,
        columns=columns,
        chunks=tuple(
            PlannedChunk(number, _GIBIBYTE - 1, _GIBIBYTE, _MILLION, 2_000)
            for number in range(chunks)
        ),
    )


numbers = st.integers(0, 2**40)
plans = st.builds(
    lambda kind, columns, rows: Plan(
        format=kind,
        columns=tuple(columns),
        chunks=tuple(PlannedChunk(number, *row) for number, row in enumerate(rows)),
    ),
    st.sampled_from(ManifestFormat),
    st.lists(st.text(max_size=9), max_size=5),
    st.lists(st.tuples(numbers, numbers, numbers, numbers), max_size=5),
)


@settings(derandomize=True, database=None, max_examples=60)
@given(plans)
def test_a_plan_reads_back_as_it_was_written(plan: Plan) -> None:
    assert to_plan(plan_item("batch", plan)) == plan


@pytest.mark.parametrize("chunks", [1_000, 10_000])
def test_the_plan_of_a_large_manifest_fits(chunks: int) -> None:
    item = plan_item("b" * 36, plan_of(chunks, ("format", *["labels.x"] * 60)))

    assert sum(len(name) + _bytes(value) for name, value in item.items()) < _ITEM_BYTES


@pytest.mark.parametrize("columns", [("x" * 64 * 1024,), ("x",) * 32 * 1024, ("é",) * 21 * 1024])
def test_a_header_as_long_as_a_line_may_be_fits_beside_a_thousand_chunks(
    columns: tuple[str, ...],
) -> None:
    plan = plan_of(1_000, columns)

    assert to_plan(plan_item("batch", plan)) == plan


def test_a_plan_that_no_item_could_hold_is_refused_in_plain_words() -> None:
    with pytest.raises(ValueError, match="a plan of 30000 chunks and 0 columns takes"):
        plan_item("batch", plan_of(30_000))


def _bytes(value: dict[str, Any]) -> int:
    """By DynamoDB's own rules: a number takes a byte for two digits, and one; a list three."""
    [(kind, held)] = value.items()
    if kind == "L":
        return 3 + sum(1 + _bytes(member) for member in held)
    return (len(held) + 1) // 2 + 1 if kind == "N" else len(held.encode())
