"""Listings by pages, newest first, by an opaque signed cursor."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from meshmill.domain.errors import InvalidRequest, InvalidSignature, Violation
from meshmill.domain.signing import SigningKeys
from meshmill.ports import SigningSecret
from meshmill.usecases.signatures import check

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Page(Generic[Record]):
    """Records, and the cursor of the next page where there may be one."""

    records: tuple[Record, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Pager(Generic[Record]):
    """Pages through the records of one kind of a user.

    ``listed`` tells positions ``{time}#{id}`` of a user's listing strictly before one, newest
    first; it may lag behind ``find``, which reads records by their ids and leaves out absent ones.
    Cursors are signed for a ``purpose``, so that one kind's open no other's.
    """

    listed: Callable[[str, str | None, int], list[str]]
    find: Callable[[Sequence[str]], dict[str, Record]]
    secret: SigningSecret
    purpose: str

    def page(self, user_id: str, cursor: str | None, limit: int) -> Page[Record]:
        """At most ``limit`` records of a user's, from a cursor on.

        Raises:
            InvalidRequest: the cursor is not one that this user's listing has returned.
        """
        before = self._position(user_id, cursor) if cursor else None
        positions = self.listed(user_id, before, limit + 1)
        shown = positions[:limit]
        ids = [position.partition("#")[2] for position in shown]
        found = self.find(ids) if ids else {}
        more = len(positions) > limit
        return Page(
            # What was deleted since it was listed is absent.
            tuple(found[identifier] for identifier in ids if identifier in found),
            self._cursor(user_id, shown[-1]) if more else None,
        )

    def _cursor(self, user_id: str, position: str) -> str:
        signature = self.secret.keys().sign(self.purpose, user_id, position)
        return _packed(f"{position}.{signature}")

    def _position(self, user_id: str, cursor: str) -> str:
        position, signature = _split(cursor)

        def verify(keys: SigningKeys) -> None:
            keys.verify(signature, self.purpose, user_id, position)

        try:
            check(self.secret, verify)
        except InvalidSignature:
            raise _foreign() from None
        return position


def _packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _split(cursor: str) -> tuple[str, str]:
    """The position that a cursor tells of, and its signature."""
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        text = base64.urlsafe_b64decode(padded).decode()
    except (binascii.Error, UnicodeError):
        raise _foreign() from None
    # Decoding skips letters that are none of base64's; a cursor has one spelling.
    if _packed(text) != cursor:
        raise _foreign()
    position, _, signature = text.rpartition(".")
    return position, signature


def _foreign() -> InvalidRequest:
    return InvalidRequest([Violation("cursor", "cursor is not one that this listing has returned")])
