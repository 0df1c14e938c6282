"""An asset as a DynamoDB item and back.

An item has the fields of :class:`~meshmill.domain.asset.Asset` that are set, under their own
names, and the keys of its two indexes: ``user_shard`` and ``position`` (by_user), ``due_shard``
(by_due, sparse: an item without ``due_at`` is not in it).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

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

#: One value in DynamoDB's wire form, such as ``{"S": "text"}``, and an item of them by name.
Value = dict[str, Any]
Item = dict[str, Value]

_serializer = TypeSerializer()
_deserializer = TypeDeserializer()
_FIELDS = frozenset(entry.name for entry in dataclasses.fields(Asset))


def to_value(value: Any) -> Value:
    """A domain value in wire form: dataclasses as maps, sequences as lists, None as NULL."""
    # The serializer's own types name every kind of value apart, which no caller here needs.
    return cast("Value", _serializer.serialize(_plain(value)))


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
    return Asset(**fields)


def from_value(value: Mapping[str, Any]) -> Any:
    """A value in wire form as Python's, numbers as integers: no attribute of ours is fractional."""
    return _integers(_deserializer.deserialize(cast("Any", value)))


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    return value


def _integers(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, dict):
        return {name: _integers(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_integers(member) for member in value]
    return value


def _to_error(members: Mapping[str, Any]) -> AssetError:
    return AssetError(**{**members, "error_class": ErrorClass(members["error_class"])})
