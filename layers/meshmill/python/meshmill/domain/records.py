"""Records as immutable values, and what a write makes of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Set
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record", bound="DataclassInstance")


def changed(
    record: Record, assign: Mapping[str, Any], add: Mapping[str, int], remove: Set[str]
) -> Record:
    """The record with fields assigned, sums added to, and fields as if nothing were recorded."""
    unset = _unset(type(record))
    changes = {
        **assign,
        **{name: getattr(record, name) + amount for name, amount in add.items()},
        **{name: unset[name] for name in remove},
    }
    return dataclasses.replace(record, **changes)


@cache
def _unset(kind: type[DataclassInstance]) -> dict[str, Any]:
    return {entry.name: entry.default for entry in dataclasses.fields(kind)}
