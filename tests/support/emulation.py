"""moto and botocore at three quarters of their price, with the same answers.

Both work out again and again what can't have changed: every session of botocore parses the
descriptions of all services that it talks to, and moto looks for each of the ten kinds of a
DynamoDB value under every name that any service's object might have for it. Before a transaction,
moto copies a table as often as the transaction writes to it, for the case that it is undone.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest import mock

from botocore.loaders import JSONFileLoader
from moto.core.model import Shape
from moto.core.serialize import ResponseSerializer
from moto.dynamodb import models as dynamodb
from moto.dynamodb.models.table import Table

_look_up = ResponseSerializer.get_value
_parse = JSONFileLoader.load_file
_parsed = cache(JSONFileLoader().load_file)
_transact = dynamodb.DynamoDBBackend.transact_write_items


@contextmanager
def thrifty_emulation() -> Iterator[None]:
    """For as long as the block lasts, what was worked out once is not worked out again."""
    with (
        mock.patch.object(JSONFileLoader, "load_file", _parsed_once),
        mock.patch.object(ResponseSerializer, "get_value", _value_of),
        mock.patch.object(dynamodb.DynamoDBBackend, "transact_write_items", _with_one_copy),
        mock.patch.object(dynamodb, "copy", SimpleNamespace(deepcopy=_copied_once)),
    ):
        yield


def _parsed_once(loader: JSONFileLoader, path: str) -> Any:
    """Botocore's clients share what one session parsed; here sessions share it too.

    Not that of SQS: moto writes other names of errors into it than botocore's.
    """
    return _parse(loader, path) if "/sqs/" in path else _parsed(path)


def _value_of(serializer: ResponseSerializer, value: Any, key: str, shape: Shape) -> Any:
    """What a key names; in a value of DynamoDB's, its kind, which has no other names."""
    # moto sets it on each member of a structure, before it asks for the member's value.
    parent: Shape = shape.parent  # type: ignore[attr-defined]
    if parent.name == "AttributeValue" and type(value) is dict:
        return value.get(key)
    return _look_up(serializer, value, key, shape)


class _Copies(threading.local):
    """A transaction's copies of tables, by who is copied; None outside of one."""

    made: dict[int, Table] | None = None


_copies = _Copies()


def _with_one_copy(backend: Any, writes: list[dict[str, Any]]) -> None:
    """A transaction that copies each table once: nothing is written between moto's copies."""
    _copies.made = {}
    try:
        _transact(backend, writes)
    finally:
        _copies.made = None


def _copied_once(original: Any) -> Any:
    if _copies.made is None or not isinstance(original, Table):
        return copy.deepcopy(original)
    if id(original) not in _copies.made:
        _copies.made[id(original)] = copy.deepcopy(original)
    return _copies.made[id(original)]
