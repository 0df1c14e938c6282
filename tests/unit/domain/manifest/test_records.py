"""Dividing a stream into records: the same ones, whatever the blocks are and wherever it begins."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Callable, Iterator
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshmill.domain.manifest import records
from meshmill.domain.manifest.plan import ManifestFormat
from meshmill.domain.manifest.records import Record, divide, is_blank
from tests.unit.domain.manifest.streams import cut, cuts, divided, formats, plainly_divided, texts
from tests.unit.domain.strategies import replayed as few_replayed

CSV, JSONL = ManifestFormat.CSV, ManifestFormat.JSONL
LIMIT = 64 * 1024
MIB = 1024**2

limits = st.integers(1, 40)
replayed = settings(few_replayed, max_examples=250)


def data_of(text: bytes, manifest_format: ManifestFormat = CSV) -> list[bytes | None]:
    return [record.data for record in divided(text, manifest_format, LIMIT)]


@replayed
@given(texts | st.binary(max_size=80), cuts, formats, limits)
def test_records_are_those_of_the_plain_splitter_whatever_the_blocks(
    text: bytes, places: list[int], manifest_format: ManifestFormat, limit: int
) -> None:
    found = divide(cut(text, places), manifest_format, begin=0, line=1, max_bytes=limit)
    assert list(found) == plainly_divided(text, manifest_format, limit)


@replayed
@given(texts | st.binary(max_size=80), formats, limits)
def test_records_follow_one_another_and_cover_the_file(
    text: bytes, manifest_format: ManifestFormat, limit: int
) -> None:
    offset, line = 0, 1
    for record in divided(text, manifest_format, limit):
        assert (record.begin, record.line) == (offset, line)
        assert record.data is None or is_blank(record.data) or record.data in text
        offset, line = record.end, record.next_line
    assert offset == len(text)


@replayed
@given(texts, formats, limits, st.data())
def test_reading_from_any_record_to_any_later_one_finds_the_same_records(
    text: bytes, manifest_format: ManifestFormat, limit: int, data: st.DataObject
) -> None:
    whole = divided(text, manifest_format, limit)
    first = data.draw(st.integers(0, len(whole)))
    last = data.draw(st.integers(first, len(whole)))
    expected = whole[first:last]
    if expected:
        begin, end = expected[0].begin, expected[-1].end
        found = divided(text[begin:end], manifest_format, limit, begin, expected[0].line)
        assert found == expected


_cells = st.text(st.sampled_from('",\n\r ;ab\u00e9\u4e2d\U0001f600\u2028\x85\x0b='), max_size=8)


@replayed
@given(
    st.lists(st.lists(_cells, min_size=2, max_size=4), max_size=8),
    # With "\n", the writer leaves a carriage return without quotes where it isn't told to quote.
    st.sampled_from([("\r\n", csv.QUOTE_MINIMAL), ("\r\n", csv.QUOTE_ALL), ("\n", csv.QUOTE_ALL)]),
    cuts,
)
def test_what_a_csv_writer_wrote_is_read_back_row_by_row(
    rows: list[list[str]], style: tuple[str, int], places: list[int]
) -> None:
    text = io.StringIO(newline="")
    line_end, quoting = style
    csv.writer(text, lineterminator=line_end, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    blocks = cut(text.getvalue().encode(), places)
    found = [record.data for record in divide(blocks, CSV, begin=0, line=1, max_bytes=LIMIT)]
    assert [next(csv.reader([(data or b"").decode()], strict=True)) for data in found] == rows


def test_lines_end_with_line_feeds_alone() -> None:
    text = b"a\rb\x0bc\x0c\x1c\xc2\x85\xe2\x80\xa8d\ne"
    assert data_of(text, JSONL) == [text[:-2], b"e"]


def test_a_carriage_return_before_a_line_feed_belongs_to_the_line_end() -> None:
    assert data_of(b"a\r\nb\r\r\nc\r", JSONL) == [b"a", b"b\r", b"c"]


def test_the_last_line_needs_no_line_end() -> None:
    assert data_of(b"a\nb", JSONL) == data_of(b"a\nb\n", JSONL) == [b"a", b"b"]


def test_blank_lines_are_told_as_such_and_count_as_lines() -> None:
    found = divided(b"a\n\n \t\r\nb", JSONL, LIMIT)
    assert [(record.line, is_blank(record.data)) for record in found] == [
        (1, False),
        (2, True),
        (3, True),
        (4, False),
    ]


def test_a_line_break_in_quotes_keeps_the_record_together() -> None:
    found = divided(b'a,"b\r\n\n "",c\n"\r\nd\n', CSV, LIMIT)
    assert found == [
        Record(1, 0, 16, 5, b'a,"b\r\n\n "",c\n"'),
        Record(5, 16, 18, 6, b"d"),
    ]


def test_a_quote_within_an_unquoted_cell_is_a_letter() -> None:
    assert data_of(b'5" pipe,a"\nb\n') == [b'5" pipe,a"', b"b"]


def test_text_behind_a_closing_quote_does_not_open_it_again() -> None:
    assert data_of(b'"a"b\nc"\n') == [b'"a"b', b'c"']
    assert data_of(b'x,"a"b"\nc"\n') == [b'x,"a"b"', b'c"']


def test_a_quote_that_nothing_closes_costs_its_own_line() -> None:
    assert data_of(b'a\n"b\nc\nd') == [b"a", b'"b', b"c", b"d"]


@pytest.mark.parametrize(("filler", "expected"), [(7, 1), (8, 3)])
def test_a_record_is_joined_up_to_the_limit_and_no_further(filler: int, expected: int) -> None:
    text = b'"\n' + b"x" * filler + b'\n"\n'
    assert len(divided(text, CSV, limit=11)) == expected


def test_jsonl_knows_no_quotes() -> None:
    assert data_of(b'"a\nb"', JSONL) == [b'"a', b'b"']


@pytest.mark.parametrize("line_end", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("size", [1, 1000, LIMIT + 10])
@pytest.mark.parametrize("manifest_format", ManifestFormat)
def test_a_line_of_the_largest_size_is_kept_and_a_longer_one_is_not(
    manifest_format: ManifestFormat, size: int, line_end: bytes
) -> None:
    for length, is_kept in ((LIMIT, True), (LIMIT + 1, False)):
        text = b"x" * length + line_end
        blocks = cut(text, range(size, len(text), size))
        (record,) = divide(blocks, manifest_format, begin=0, line=1, max_bytes=LIMIT)
        assert record == Record(1, 0, len(text), 2, b"x" * length if is_kept else None)


@pytest.mark.parametrize("manifest_format", ManifestFormat)
def test_a_line_of_white_space_is_blank_however_long_it_is(manifest_format: ManifestFormat) -> None:
    blocks = [b" " * LIMIT, b"\t" * LIMIT, b"\r\n" + b" " * 2 * LIMIT + b"\na"]
    found = list(divide(blocks, manifest_format, begin=0, line=1, max_bytes=LIMIT))
    assert [is_blank(record.data) for record in found] == [True, True, False]


def _unended(size: int) -> Iterator[bytes]:
    return (b"x" * 100_000 for _ in range(size // 100_000))


def _unclosed(size: int) -> Iterator[bytes]:
    # From outside of quotes and from inside of them, each line ends inside.
    line = b'a"b,"c\n'
    return (line * 10_000 for _ in range(size // (10_000 * len(line))))


def _line_feeds(size: int) -> Iterator[bytes]:
    return (b'"' + b"\n" * 10_000 for _ in range(size // 100_000))


@pytest.mark.no_cover  # whose memory would be measured too, at a third of the speed
@pytest.mark.parametrize(
    ("manifest_format", "stream", "size"),
    [
        (JSONL, _unended, 8 * MIB),
        (CSV, _unended, 8 * MIB),
        (CSV, _unclosed, MIB // 4),
        (CSV, _line_feeds, MIB),
    ],
    ids=range(4),
)
def test_memory_does_not_grow_with_the_file(
    manifest_format: ManifestFormat, stream: Callable[[int], Iterator[bytes]], size: int
) -> None:
    peaks = [_peak(stream(times * size), manifest_format) for times in (1, 4)]
    assert peaks[1] < peaks[0] * 1.1 + 100_000
    assert peaks[1] < 32 * MIB


def _peak(blocks: Iterator[bytes], manifest_format: ManifestFormat) -> int:
    tracemalloc.start()
    try:
        for _ in divide(blocks, manifest_format, begin=0, line=1, max_bytes=LIMIT):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_quotes_that_nothing_closes_are_not_searched_again_for_each_line() -> None:
    lines = 20_000
    search = mock.Mock(wraps=records._closes_quote)
    with mock.patch.object(records, "_closes_quote", search):
        assert len(divided(b'a"b,"c\n' * lines, CSV, LIMIT)) == lines
    assert search.call_count <= 2 * lines
