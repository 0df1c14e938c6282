"""Keys in the table of batches: what belongs to a batch stands in one partition.

``#`` is the header and ``#count#00`` … ``#count#15`` are its counts, so that one query between
:data:`HEADER` and :data:`LAST_COUNT` reads both. ``plan``, ``chunk#00007`` and ``failed#…`` sort
after them.
"""

from __future__ import annotations

from typing import Any

from meshmill.aws.attributes import to_value

HEADER, LAST_COUNT = "#", "#~"
COUNT_PREFIX, CHUNK_PREFIX, FAILED_PREFIX = "#count#", "chunk#", "failed#"
PLAN = "plan"


def key(batch_id: str, item: str) -> Any:
    """The primary key of one of a batch's items."""
    return {"batch_id": to_value(batch_id), "item": to_value(item)}


def count_item(shard: int) -> str:
    """Sort key of a shard of the counts."""
    return f"{COUNT_PREFIX}{shard:02d}"


def chunk_item(number: int) -> str:
    """Sort key of a chunk, in the order of their numbers."""
    return f"{CHUNK_PREFIX}{number:05d}"


def failed_item(asset_id: str) -> str:
    """Sort key of the mark that an asset has failed."""
    return f"{FAILED_PREFIX}{asset_id}"
