"""Bytes as they may come, and a splitter so plain that it can be believed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from hypothesis import strategies as st

from meshmill.domain.manifest.plan import ManifestFormat
from meshmill.domain.manifest.records import Record, divide

#: Every byte that a splitter looks at, and one that it doesn't.
_TELLING = [
    b'"',
    b'"',
    b",",
    b"\n",
    b"\n",
    b"\r",
    b"\r\n",
    b" ",
    b"a",
    b'""',
    b"\0",
    b"\xff",
    b'a"b,"c\n',
]
texts: st.SearchStrategy[bytes] = st.lists(st.sampled_from(_TELLING), max_size=60).map(b"".join)
formats = st.sampled_from(ManifestFormat)


def cut(data: bytes, places: Iterable[int]) -> list[bytes]:
    """The same bytes in blocks that end at these places, and at the end."""
    ends = sorted({min(place, len(data)) for place in places} | {len(data)})
    return [data[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]


cuts = st.lists(st.integers(0, 120), max_size=12)


def divided(
    data: bytes, manifest_format: ManifestFormat, limit: int, begin: int = 0, line: int = 1
) -> list[Record]:
    """The records of bytes that come in one block."""
    return list(divide([data], manifest_format, begin=begin, line=line, max_bytes=limit))


def plainly_divided(data: bytes, manifest_format: ManifestFormat, limit: int) -> list[Record]:
    """What :func:`divide` must give, by looking at each byte, and again for each record."""
    lines = data.split(b"\n")
    whole = [line + b"\n" for line in lines[:-1]] + [line for line in lines[-1:] if line]
    records: list[Record] = []
    first, begin = 0, 0
    while first < len(whole):
        count = 1 if manifest_format is ManifestFormat.JSONL else _spanned(whole[first:], limit)
        text = b"".join(whole[first : first + count])
        content = _without_end(text)
        kept = None if len(content) > limit else content
        if kept is None and not content.strip():
            kept = b""
        end = begin + len(text)
        records.append(Record(first + 1, begin, end, first + count + 1, kept))
        first, begin = first + count, end
    return records


def _without_end(text: bytes) -> bytes:
    return text.removesuffix(b"\n").removesuffix(b"\r")


def _spanned(lines: Sequence[bytes], limit: int) -> int:
    """How many of these lines the first record takes."""
    for count in range(1, len(lines) + 1):
        text = _without_end(b"".join(lines[:count]))
        if len(text) > limit:
            return 1
        if not _is_open(text):
            return count
    return 1


def _is_open(text: bytes) -> bool:
    """Whether a quote is open at the end, by the states of RFC 4180's grammar."""
    state = "field's start"
    for byte in iter_bytes(text):
        if state == "quoted":
            state = "quote in quoted" if byte == b'"' else "quoted"
        elif state == "quote in quoted" and byte == b'"':
            state = "quoted"
        elif byte == b",":
            state = "field's start"
        elif state == "field's start" and byte == b'"':
            state = "quoted"
        else:
            state = "plain"
    return state == "quoted"


def iter_bytes(text: bytes) -> Iterator[bytes]:
    """Each byte by itself."""
    return (text[index : index + 1] for index in range(len(text)))
