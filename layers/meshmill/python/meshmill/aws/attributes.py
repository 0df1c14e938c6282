"""An asset as a DynamoDB item and back.

An item has the fields of :class:`~meshmill.domain.asset.Asset` that are set, under their own
names, and the keys of its two indexes: ``user_shard`` and ``position`` (by_user), ``due_shard``
(by_due, sparse: an item without ``due_at`` is not in it).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from meshmill.domain import identity
from meshmill.domain.asset import (
    DUE_SHARDS,
    Asset,
    AssetError,
    ErrorClass,
    Status,
    StoredFile,
    due_partition,
)
from meshmill.domain.attribution import Attribution
from meshmill.domain.lanes import Lane
from meshmill.domain.origin import Origin

#: One value in DynamoDB's wire form, such as ``{"S": "text"}``, and an item of them by name.
Value = dict[str, Any]
Item = dict[str, Value]

_FIELDS = frozenset(entry.name for entry in dataclasses.fields(Asset))


def to_value(value: Any) -> Value:
    """A domain value in wire form: dataclasses as maps, sequences as lists, None as NULL.

    boto3's own serializer knows more kinds of value, at several times the cost of this one.

    Raises:
        TypeError: a value of a kind that no item of ours holds, such as a fraction.
    """
    # Most are of these two, and a manifest has millions of them.
    if type(value) is str:
        return {"S": value}
    if type(value) is int:
        return {"N": str(value)}
    if isinstance(value, Mapping):
        return {"M": {name: to_value(member) for name, member in value.items()}}
    if isinstance(value, list | tuple):
        return {"L": [to_value(member) for member in value]}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        members = ((entry.name, getattr(value, entry.name)) for entry in dataclasses.fields(value))
        return {"M": {name: to_value(member) for name, member in members}}
    return _to_scalar(value)


def _to_scalar(value: Any) -> Value:
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
    raise TypeError(f"no item of ours holds a {type(value).__name__}")


def to_item(asset: Asset) -> Item:
    """The whole record."""
    fields = asset.attributes()
    keys = {
        "user_shard": asset.user_shard,
        "position": asset.position,
        "due_shard": asset.due_shard,
    }
    return {name: to_value(value) for name, value in (fields | keys).items()}


def index_keys(asset_id: str, assigned: Mapping[str, Any]) -> dict[str, Any]:
    """Keys of the indexes that change with the fields that an update assigns."""
    if "lane" not in assigned:
        return {}
    shard = identity.shard(asset_id, DUE_SHARDS)
    return {"due_shard": due_partition(assigned["lane"], shard)}


def to_asset(item: Mapping[str, Any]) -> Asset:
    """The record in an item; attributes that this version doesn't know are left aside."""
    fields = {name: from_value(item[name]) for name in item.keys() & _FIELDS}
    fields["status"] = Status(fields["status"])
    fields["lane"] = Lane(fields["lane"])
    fields["files"] = tuple(StoredFile(**file) for file in fields.get("files", ()))
    if "error" in fields:
        fields["error"] = _to_error(fields["error"])
    if "attribution" in fields:
        fields["attribution"] = Attribution(**fields["attribution"])
    if "origin" in fields:
        fields["origin"] = Origin(**fields["origin"])
    return Asset(**fields)


def from_value(value: Mapping[str, Any]) -> Any:
    """A value in wire form as Python's, numbers as integers: no attribute of ours is fractional.

    Raises:
        TypeError: a value of a kind that no item of ours holds.
    """
    [(kind, held)] = value.items()
    match kind:
        case "S" | "BOOL":
            return held
        case "N":
            return int(held)
        case "M":
            return {name: from_value(member) for name, member in held.items()}
        case "L":
            return [from_value(member) for member in held]
        case "NULL":
            return None
    raise TypeError(f"no item of ours holds a value of type {kind}")


def _to_error(members: Mapping[str, Any]) -> AssetError:
    return AssetError(**{**members, "error_class": ErrorClass(members["error_class"])})
