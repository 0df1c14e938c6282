"""Batches as DynamoDB items and back.

The header has the fields of :class:`~meshmill.domain.batch.Batch` that are set, under their own
names, and the keys of its two indexes: ``user_id`` and ``position`` (by_user), ``due_shard`` and
``due_at`` (by_due, sparse). No other item of a batch has any of these keys.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from meshmill.aws import batch_items
from meshmill.aws.attributes import Item, from_value, to_value
from meshmill.domain.asset import StoredFile
from meshmill.domain.attribution import Attribution
from meshmill.domain.batch import SUMS, Batch, BatchError, Chunk, Counts, Phase, Source
from meshmill.domain.manifest.plan import ManifestFormat

_BATCH_FIELDS = frozenset(entry.name for entry in dataclasses.fields(Batch))
_CHUNK_FIELDS = frozenset(entry.name for entry in dataclasses.fields(Chunk))


def header_of(batch: Batch) -> Item:
    """The whole header."""
    keys = {
        "item": batch_items.HEADER,
        "position": batch.position,
        "due_shard": batch.due_shard,
    }
    return {name: to_value(value) for name, value in (batch.attributes() | keys).items()}


def to_batch(item: Mapping[str, Any]) -> Batch:
    """The header in an item; attributes that this version doesn't know are left aside."""
    fields = {name: from_value(item[name]) for name in item.keys() & _BATCH_FIELDS}
    fields["source"] = Source(fields["source"])
    fields["phase"] = Phase(fields["phase"])
    fields["attribution"] = Attribution(**fields["attribution"])
    fields["files"] = tuple(StoredFile(**file) for file in fields.get("files", ()))
    if "format" in fields:
        fields["format"] = ManifestFormat(fields["format"])
    if "error" in fields:
        fields["error"] = BatchError(**fields["error"])
    return Batch(**fields)


def to_counts(items: Iterable[Mapping[str, Any]]) -> Counts:
    """The sums over all shards that there are."""
    sums, updated_at = dict.fromkeys(SUMS, 0), 0
    for item in items:
        for name in item.keys() & sums.keys():
            sums[name] += from_value(item[name])
        updated_at = max(updated_at, from_value(item["updated_at"]))
    return Counts(**sums, updated_at=updated_at)


def empty_counts(batch_id: str, shard: int) -> Item:
    """A shard of the counts that nothing is added to yet."""
    item: Item = batch_items.key(batch_id, batch_items.count_item(shard))
    return item | {name: to_value(0) for name in (*SUMS, "updated_at")}


def item_of(chunk: Chunk) -> Item:
    """The whole of a chunk."""
    item: Item = batch_items.key(chunk.batch_id, batch_items.chunk_item(chunk.number))
    return item | {name: to_value(value) for name, value in chunk.attributes().items()}


def to_chunk(item: Mapping[str, Any]) -> Chunk:
    """The chunk in an item; attributes that this version doesn't know are left aside."""
    fields = {name: from_value(item[name]) for name in item.keys() & _CHUNK_FIELDS}
    return Chunk(**{**fields, "parts": tuple(fields["parts"])})
