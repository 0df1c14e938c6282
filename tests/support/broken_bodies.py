"""Bodies of S3's objects that break off while they are read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

from botocore.response import StreamingBody
from urllib3.exceptions import ProtocolError


class BreakingStream(io.RawIOBase):
    """A stream that is reset after so many bytes."""

    def __init__(self, data: bytes, breaks_after: int) -> None:
        self._left, self._breaks_after = data, breaks_after

    def __del__(self) -> None:
        """Nothing closes it by the way."""

    def read(self, amount: int | None = None) -> bytes:
        amount = len(self._left) if amount is None else amount
        if self._left and self._breaks_after < amount:
            raise ProtocolError("reset")
        self._breaks_after -= amount
        block, self._left = self._left[:amount], self._left[amount:]
        return block


def _stream(data: bytes, breaks_after: int) -> IO[bytes]:
    return cast("IO[bytes]", BreakingStream(data, breaks_after))


@contextmanager
def broken_bodies(client: Any, *after: int) -> Iterator[list[str | None]]:
    """The next bodies break off, each within the block that holds so many bytes' end.

    Yields the ranges that are asked for.
    """
    left, ranges = list(after), list[str | None]()

    def note(params: dict[str, Any], **_: Any) -> None:
        ranges.append(params.get("Range"))

    def tamper(parsed: dict[str, Any], **_: Any) -> None:
        if "Body" in parsed and left:
            data = parsed["Body"].read()
            parsed["Body"] = StreamingBody(_stream(data, left.pop(0)), len(data))

    client.meta.events.register("provide-client-params.s3.GetObject", note)
    client.meta.events.register("after-call.s3.GetObject", tamper)
    try:
        yield ranges
    finally:
        client.meta.events.unregister("provide-client-params.s3.GetObject", note)
        client.meta.events.unregister("after-call.s3.GetObject", tamper)
