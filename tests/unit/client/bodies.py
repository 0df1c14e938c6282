"""Bodies that come in pieces, from a store that takes ``Range`` at its word, or doesn't."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

import httpx

PIECE = 65_536


class InPieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that comes little by little."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._data), PIECE):
            yield self._data[start : start + PIECE]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece


class Breaks(InPieces):
    """A body whose connection is lost on the way."""

    def __iter__(self) -> Iterator[bytes]:
        yield from super().__iter__()
        raise httpx.ReadError("connection reset")


def part(data: bytes, start: int, body: httpx.SyncByteStream | None = None) -> httpx.Response:
    """The rest of a file from an offset on, or a body of your own that says it is."""
    headers = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
    return httpx.Response(206, headers=headers, stream=body or InPieces(data[start:]))


def start_of(request: httpx.Request) -> int:
    """Where the client wants to go on."""
    return int(request.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))


def breaking_after(data: bytes, count: int) -> Callable[[httpx.Request], httpx.Response]:
    """A store that gives so many bytes a request, and then hangs up; the rest it gives whole."""

    def answer(request: httpx.Request) -> httpx.Response:
        start = start_of(request)
        if start + count >= len(data):
            return part(data, start)
        return part(data, start, Breaks(data[start : start + count]))

    return answer
