"""The stand-in's table of batches, which is kept: an ingester reads back what it wrote.

Nobody contends for anything under measurement, so that conditions are taken to hold, but for one:
a put of what stands there is refused, as it is when a chunk is taken up again. Records of assets
are counted and forgotten.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

Members = dict[str, Any]

_CLAUSES = re.compile(r"\b(SET|ADD|REMOVE)\b")
_ASSIGNMENTS = re.compile(r", (?![^(]*\))")


class RefusedError(Exception):
    """What a transaction is cancelled by: a reason for each of its writes."""

    def __init__(self, reasons: list[Members]) -> None:
        super().__init__("TransactionCanceledException")
        self.reasons = reasons


class Batches:
    """Items by their two keys, and how many records of assets were put."""

    def __init__(self) -> None:
        self.assets = 0
        self._items: defaultdict[str, dict[str, Members]] = defaultdict(dict)

    def get(self, request: Members) -> Members:
        """GetItem."""
        batch_id, item = _keys(request["Key"])
        found = self._items[batch_id].get(item)
        return {} if found is None else {"Item": found}

    def query(self, request: Members) -> Members:
        """Query of one batch: between two items, or those with a prefix."""
        values = {name: held["S"] for name, held in request["ExpressionAttributeValues"].items()}
        batch = sorted(self._items[values[":batch"]].items())
        if ":prefix" in values:
            found = [held for item, held in batch if item.startswith(values[":prefix"])]
        else:
            _, first, last = values.values()
            found = [held for item, held in batch if first <= item <= last]
        return {"Items": found, "Count": len(found)}

    def update(self, request: Members) -> Members:
        """UpdateItem."""
        batch_id, item = _keys(request["Key"])
        held = dict(self._items[batch_id][item])
        names = request.get("ExpressionAttributeNames", {})
        for verb, terms in _clauses(request["UpdateExpression"]):
            for term in terms:
                _apply(verb, term, held, names, request.get("ExpressionAttributeValues", {}))
        self._items[batch_id][item] = held
        return {"Attributes": held}

    def transact(self, request: Members) -> Members:
        """TransactWriteItems.

        Raises:
            RefusedError: what one of them puts stands there already.
        """
        writes = request["TransactItems"]
        reasons = [self._refusal(write) for write in writes]
        if any("Item" in reason for reason in reasons):
            raise RefusedError(reasons)
        for write in writes:
            self._write(write)
        return {}

    def _refusal(self, write: Members) -> Members:
        put = write.get("Put", {})
        if "ConditionExpression" in put and "item" in put["Item"]:
            batch_id, item = _keys(put["Item"])
            standing = self._items[batch_id].get(item)
            if standing is not None:
                return {"Code": "ConditionalCheckFailed", "Item": standing}
        return {"Code": "None"}

    def _write(self, write: Members) -> None:
        [(verb, what)] = write.items()
        if verb == "Update":
            self.update(what)
        elif verb == "Put" and "item" in what["Item"]:
            batch_id, item = _keys(what["Item"])
            self._items[batch_id][item] = what["Item"]
        elif verb == "Put" and "spec_id" in what["Item"]:
            self.assets += 1


def _keys(key: Members) -> tuple[str, str]:
    return key["batch_id"]["S"], key["item"]["S"]


def _clauses(expression: str) -> list[tuple[str, list[str]]]:
    """Verbs with the terms that follow each."""
    _, *parts = _CLAUSES.split(expression)
    texts = (text.strip() for text in parts[1::2])
    return [(verb, _ASSIGNMENTS.split(text)) for verb, text in zip(parts[::2], texts, strict=True)]


def _apply(verb: str, term: str, held: Members, names: Members, values: Members) -> None:
    """``name = :value``, ``name = name + :value``, ``name :value`` or ``name``."""
    name, *operands = (part for part in term.split() if part not in {"=", "+"})
    attribute = names.get(name, name)
    if verb == "REMOVE":
        held.pop(attribute, None)
        return
    value = values[operands[-1]]
    if verb == "ADD" or len(operands) > 1:
        value = {"N": str(int(held[attribute]["N"]) + int(value["N"]))}
    held[attribute] = value
