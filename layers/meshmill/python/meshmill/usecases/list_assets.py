"""List a user's assets, newest first, by an opaque signed cursor."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from meshmill.domain.asset import Asset
from meshmill.domain.attribution import Reader
from meshmill.domain.errors import InvalidRequest, InvalidSignature, Violation
from meshmill.domain.signing import SigningKeys
from meshmill.ports import AssetStore, SigningSecret
from meshmill.usecases.signatures import check

if TYPE_CHECKING:
    # Made when somebody else's assets are asked for, and most processes never are.
    from meshmill.usecases.cross_user_reading import CrossUserReading

DEFAULT_LIMIT, MAX_LIMIT = 20, 100
_PURPOSE = "cursor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which page: ``filters`` are exact matches on ``status``, ``format`` and ``generator``."""

    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Assets, and the cursor of the next page where there may be one."""

    assets: tuple[Asset, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class ListAssets:
    """One query a listing partition, and one batch read of the records.

    For somebody else's assets, one audit entry a page by ``cross_user_reading``.
    """

    assets: AssetStore
    secret: SigningSecret
    cross_user_reading: Callable[[], CrossUserReading]

    def __call__(self, reader: Reader, user_id: str, listing: Listing) -> Page:
        """One page of a user's assets; with a filter it may be short and still have a cursor.

        Raises:
            Forbidden: they are somebody else's.
            InvalidRequest: the cursor is not one that this user's listing has returned.
            DependencyUnavailable: they can't be read, or it can't be written down that they were.
        """
        if user_id != reader.user_id:
            self.cross_user_reading().require(reader)
        page = self._page(user_id, listing)
        if user_id != reader.user_id:
            self.cross_user_reading().assets_listed(reader, user_id, listing.filters)
        return page

    def _page(self, user_id: str, listing: Listing) -> Page:
        before = self._position(user_id, listing.cursor) if listing.cursor else None
        positions = self.assets.listed(user_id, before, listing.limit + 1)
        shown = positions[: listing.limit]
        ids = [position.partition("#")[2] for position in shown]
        found = self.assets.get_many(ids) if ids else {}
        # The index may lag: what was deleted since is absent from the batch read.
        page = tuple(found[asset_id] for asset_id in ids if asset_id in found)
        more = len(positions) > listing.limit
        return Page(
            assets=tuple(asset for asset in page if _matches(asset, listing.filters)),
            next_cursor=_write_cursor(self.secret.keys(), user_id, shown[-1]) if more else None,
        )

    def _position(self, user_id: str, cursor: str) -> str:
        position, signature = _split_cursor(cursor)

        def verify(keys: SigningKeys) -> None:
            keys.verify(signature, _PURPOSE, user_id, position)

        try:
            check(self.secret, verify)
        except InvalidSignature:
            raise _foreign_cursor() from None
        return position


def _matches(asset: Asset, filters: Mapping[str, str]) -> bool:
    if not filters:
        # Reading a hundred requests for nothing would be a good part of a page's time.
        return True
    request = asset.canonical_request
    values = {
        "status": asset.status,
        "format": request["format"],
        "generator": request["parameters"]["generator"],
    }
    return all(values[name] == wanted for name, wanted in filters.items())


def _write_cursor(keys: SigningKeys, user_id: str, position: str) -> str:
    return _packed(f"{position}.{keys.sign(_PURPOSE, user_id, position)}")


def _packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _split_cursor(cursor: str) -> tuple[str, str]:
    """The position that a cursor tells of, and its signature."""
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        text = base64.urlsafe_b64decode(padded).decode()
    except (binascii.Error, UnicodeError):
        raise _foreign_cursor() from None
    # Decoding skips letters that are none of base64's; a cursor has one spelling.
    if _packed(text) != cursor:
        raise _foreign_cursor()
    position, _, signature = text.rpartition(".")
    return position, signature


def _foreign_cursor() -> InvalidRequest:
    return InvalidRequest([Violation("cursor", "cursor is not one that this listing has returned")])
