"""List a user's assets, newest first, by an opaque signed cursor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from meshmill.domain.asset import Asset
from meshmill.domain.attribution import Reader
from meshmill.ports import AssetStore, SigningSecret
from meshmill.usecases.cross_user_reading import CrossUserReading
from meshmill.usecases.paging import Page, Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which page: ``filters`` are exact matches on ``status``, ``format`` and ``generator``."""

    limit: int
    cursor: str | None = None
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListAssets:
    """One query a listing partition, and one batch read of the records.

    For somebody else's assets, one audit entry a page by ``cross_user_reading``.
    """

    assets: AssetStore
    secret: SigningSecret
    cross_user_reading: Callable[[], CrossUserReading]

    def __call__(self, reader: Reader, user_id: str, listing: Listing) -> Page[Asset]:
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

    def _page(self, user_id: str, listing: Listing) -> Page[Asset]:
        pager = Pager(self.assets.listed, self.assets.get_many, self.secret, "cursor")
        page = pager.page(user_id, listing.cursor, listing.limit)
        matching = (asset for asset in page.records if _matches(asset, listing.filters))
        return Page(tuple(matching), page.next_cursor)


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
