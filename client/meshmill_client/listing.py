"""Listings, page by page."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping

from meshmill_client.errors import UnexpectedAnswer
from meshmill_client.models import Item, Page
from meshmill_client.session import Call, Session


async def listed(
    session: Session, path: str, params: Mapping[str, str], kind: type[Page[Item]]
) -> AsyncGenerator[Item, None]:
    """All that a path lists; a page is read when its first item is asked for.

    Raises:
        ApiError, ConnectionFailed, TokenRefused: as every call, while iterating.
        UnexpectedAnswer: the pages go round in a circle.
    """
    asked, followed = dict(params), set()
    while True:
        page = kind.read(await session.send(Call(method="GET", path=path, params=asked)))
        for item in page.data:
            yield item
        if page.next_cursor is None:
            return
        if page.next_cursor in followed:
            raise UnexpectedAnswer(f"{path} says that a page is followed by one before it")
        followed.add(page.next_cursor)
        asked["cursor"] = page.next_cursor
