"""Looks into moto without asking it: the harness looks at everything after every step.

Five of six calls would otherwise be the harness's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends
from moto.sqs.models import sqs_backends

from meshmill.aws.attributes import to_asset
from meshmill.domain.asset import Asset
from tests.support import tables
from tests.support.cloud import ACCOUNT, REGION

_PARTITION, _BUCKET = "aws", "artefacts"


def assets() -> list[Asset]:
    """Every asset's record."""
    return [to_asset(item.to_json()["Attributes"]) for item in _table(tables.ASSETS).all_items()]


def data(key: str) -> bytes | None:
    """The bytes of an object, or None where there is none."""
    found = _bucket().keys.get(key)
    return None if found is None else bytes(found.value)


def messages() -> Iterator[tuple[str, int]]:
    """Every message: the name of its queue, and the first millisecond of its being visible."""
    for name, queue in _queues().items():
        for message in queue._messages:
            yield name, int(message.visible_at) + 1


def clear() -> None:
    """Forget every record, message and object."""
    for name in (tables.ASSETS, tables.RATE_LIMITS, tables.API_KEYS):
        _table(name).items.clear()
    for queue in _queues().values():
        queue._messages, queue._pending_messages = [], set()
    bucket = _bucket()
    bucket.keys = type(bucket.keys)()


def _table(name: str) -> Any:
    return dynamodb_backends[ACCOUNT][REGION].tables[name]


def _queues() -> Any:
    return sqs_backends[ACCOUNT][REGION].queues


def _bucket() -> Any:
    return s3_backends[ACCOUNT][_PARTITION].buckets[_BUCKET]
