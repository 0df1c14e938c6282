"""A plan as one DynamoDB item and back: a list of integers for each property of its chunks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from meshmill.aws import batch_items
from meshmill.aws.attributes import Item, Value, from_value, to_value
from meshmill.domain.manifest.plan import ManifestFormat, Plan, PlannedChunk

#: What an item may take, with some room for what :func:`_size` doesn't know of.
_MOST_BYTES = 390 * 1024

_LIST_BYTES, _ELEMENT_BYTES = 3, 1
_FIELDS = ("begin", "end", "first_line", "lines")


def plan_item(batch_id: str, plan: Plan) -> Item:
    """The whole plan; chunks are numbered by their place.

    Raises:
        ValueError: it takes more than an item can.
    """
    columns = {name: [getattr(chunk, name) for chunk in plan.chunks] for name in _FIELDS}
    members = {"format": plan.format, "columns": plan.columns, **columns}
    item: Item = batch_items.key(batch_id, batch_items.PLAN)
    item |= {name: to_value(value) for name, value in members.items()}
    size = sum(len(name) + _size(value) for name, value in item.items())
    if size > _MOST_BYTES:
        raise ValueError(
            f"a plan of {len(plan.chunks)} chunks and {len(plan.columns)} columns takes {size} "
            f"bytes, more than the {_MOST_BYTES} that an item has room for"
        )
    return item


def to_plan(item: Mapping[str, Any]) -> Plan:
    """The plan in an item."""
    rows = zip(*(from_value(item[name]) for name in _FIELDS), strict=True)
    return Plan(
        format=ManifestFormat(from_value(item["format"])),
        columns=tuple(from_value(item["columns"])),
        chunks=tuple(PlannedChunk(number, *row) for number, row in enumerate(rows)),
    )


def _size(value: Value) -> int:
    """Bytes that DynamoDB counts for a value, or a few more.

    Source: *DynamoDB item sizes and formats* in the DynamoDB developer guide. A number takes a
    byte for each two of its digits, and one or two more.
    """
    [(kind, held)] = value.items()
    if kind == "L":
        return _LIST_BYTES + sum(_ELEMENT_BYTES + _size(member) for member in held)
    return len(held) // 2 + 2 if kind == "N" else len(held.encode())
