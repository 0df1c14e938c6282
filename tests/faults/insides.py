"""Looks into moto without asking it: the harness looks at everything after every step.

Five of six calls would otherwise be the harness's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends
from moto.sqs.models import sqs_backends

from meshmill.aws import batch_items
from meshmill.aws.attributes import to_asset
from meshmill.aws.audit_items import to_entry
from meshmill.aws.dynamodb_account_jobs import to_job
from meshmill.aws.dynamodb_batch_items import to_batch, to_chunk, to_counts
from meshmill.domain.account_job import AccountJob
from meshmill.domain.asset import Asset
from meshmill.domain.audit import AuditEntry
from meshmill.domain.batch import BatchState, Chunk
from tests.support import changes, tables
from tests.support.cloud import ACCOUNT, REGION

_PARTITION, _BUCKET, _UPLOADS = "aws", "artefacts", "uploads"
_TABLES = (
    tables.ASSETS,
    tables.RATE_LIMITS,
    tables.API_KEYS,
    tables.AUDIT,
    tables.ACCOUNT_JOBS,
    tables.BATCHES,
)


def assets() -> list[Asset]:
    """Every asset's record."""
    return [to_asset(item.to_json()["Attributes"]) for item in _table(tables.ASSETS).all_items()]


def audit_entries() -> list[AuditEntry]:
    """Every entry of the audit trail."""
    return [to_entry(item.to_json()["Attributes"]) for item in _table(tables.AUDIT).all_items()]


def data(key: str) -> bytes | None:
    """The bytes of an object, or None where there is none."""
    found = _bucket().keys.get(key)
    return None if found is None else bytes(found.value)


def objects(prefix: str) -> dict[str, bytes]:
    """The bytes of every object whose key begins so, by key."""
    keys = _bucket().keys
    return {key: bytes(keys[key].value) for key in keys if key.startswith(prefix)}


def queues() -> list[str]:
    """The names of all queues."""
    return list(_queues())


def queue(name: str) -> Any:
    """A queue, as moto keeps it."""
    return _queues()[name]


def account_jobs() -> list[AccountJob]:
    """Every job on an account."""
    items = _table(tables.ACCOUNT_JOBS).all_items()
    return [to_job(item.to_json()["Attributes"]) for item in items]


def batches() -> list[BatchState]:
    """Every batch that has a header, with what it counts."""
    items = _batch_items()
    counts = [item for item in items if _sort_key(item).startswith(batch_items.COUNT_PREFIX)]
    headers = [to_batch(item) for item in items if _sort_key(item) == batch_items.HEADER]
    return [
        BatchState(
            header,
            to_counts(item for item in counts if item["batch_id"]["S"] == header.batch_id),
        )
        for header in headers
    ]


def chunks(batch_id: str) -> list[Chunk]:
    """A batch's chunks, as far as they were ever taken, in order."""
    items = _items_of(batch_id, batch_items.CHUNK_PREFIX)
    return sorted(map(to_chunk, items), key=lambda chunk: chunk.number)


def failed_marks(batch_id: str) -> set[str]:
    """Ids of the assets that a batch knows to stand failed."""
    items = _items_of(batch_id, batch_items.FAILED_PREFIX)
    return {_sort_key(item).removeprefix(batch_items.FAILED_PREFIX) for item in items}


def batch_items_left() -> int:
    """How many items there are of batches, with a header or without."""
    return len(_batch_items())


def fenced_buckets() -> set[str]:
    """Rate-limit buckets whose callers are kept out."""
    items = [item.to_json()["Attributes"] for item in _table(tables.RATE_LIMITS).all_items()]
    return {item["bucket"]["S"] for item in items if "fenced_until" in item}


def stored(prefix: str) -> list[str]:
    """Keys of the objects below a prefix, in either bucket."""
    keys = [*_bucket().keys, *_bucket(_UPLOADS).keys]
    return [key for key in keys if key.startswith(prefix)]


def messages() -> Iterator[tuple[str, int]]:
    """Every message: the name of its queue, and the first millisecond of its being visible."""
    for name, queue in _queues().items():
        for message in queue._messages:
            yield name, max(int(message.visible_at) + 1, int(message.delayed_until))


def clear() -> None:
    """Forget every record, message, object and metric."""
    for name in _TABLES:
        _table(name).items.clear()
    changes.empty(_table(tables.ASSETS).stream_shard)
    for queue in _queues().values():
        queue._messages, queue._pending_messages = [], set()
    for bucket in (_bucket(), _bucket(_UPLOADS)):
        bucket.keys = type(bucket.keys)()
        bucket.multiparts = {}
    cloudwatch_backends[ACCOUNT][REGION].metric_data.clear()


def _items_of(batch_id: str, prefix: str) -> list[Any]:
    return [
        item
        for item in _batch_items()
        if item["batch_id"]["S"] == batch_id and _sort_key(item).startswith(prefix)
    ]


def _batch_items() -> list[Any]:
    return [item.to_json()["Attributes"] for item in _table(tables.BATCHES).all_items()]


def _sort_key(item: Any) -> str:
    return str(item["item"]["S"])


def _table(name: str) -> Any:
    return dynamodb_backends[ACCOUNT][REGION].tables[name]


def _queues() -> Any:
    return sqs_backends[ACCOUNT][REGION].queues


def _bucket(name: str = _BUCKET) -> Any:
    return s3_backends[ACCOUNT][_PARTITION].buckets[name]
