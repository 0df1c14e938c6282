"""Plans: contiguous chunks of whole lines, and files that are refused before they are read."""

from __future__ import annotations

import dataclasses
import gzip
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshmill.domain.manifest.lines import read_line, read_records
from meshmill.domain.manifest.plan import (
    LIMITS,
    ManifestFormat,
    ManifestLimits,
    ManifestRefused,
    Plan,
    PlannedChunk,
)
from meshmill.domain.manifest.planning import plan_manifest
from meshmill.domain.manifest.records import Record
from tests.unit.domain.manifest.streams import cut, cuts, texts
from tests.unit.domain.strategies import replayed as few_replayed

replayed = settings(few_replayed, max_examples=300)
LINE = b'{"format":"gltf","parameters":{}}\n'
HEADER = b"format,labels.a\n"
KIB = 1024

_beginnings = st.sampled_from([b"", b"{", b"\n{", b"\xef\xbb\xbf{", HEADER, b"\r\n\xef", b"\xff"])
_limits = st.builds(
    ManifestLimits,
    max_lines=st.just(1000),
    max_line_bytes=st.integers(1, 40),
    chunk_lines=st.integers(1, 8),
    chunk_bytes=st.integers(1, 60),
)


def refusal(blocks: Iterator[bytes] | list[bytes], **limits: int) -> ManifestRefused:
    with pytest.raises(ManifestRefused) as caught:
        plan_manifest(blocks, ManifestLimits(**limits))
    return caught.value


def planned(text: bytes, places: list[int], limits: ManifestLimits) -> Plan | None:
    try:
        return plan_manifest(cut(text, places), limits)
    except ManifestRefused:
        return None


def ingested(text: bytes, plan: Plan, chunk: PlannedChunk, limits: ManifestLimits) -> list[Record]:
    blocks = [text[chunk.begin : chunk.end]]
    return list(read_records(blocks, plan, chunk.begin, chunk.first_line, limits))


@replayed
@given(_beginnings, texts | st.binary(max_size=80), cuts, _limits)
def test_any_bytes_are_planned_or_refused_and_what_is_planned_is_ingested(
    beginning: bytes, further: bytes, places: list[int], limits: ManifestLimits
) -> None:
    text = beginning + further
    plan = planned(text, places, limits)
    if plan is None:
        return
    whole = planned(text, [], dataclasses.replace(limits, chunk_lines=10**6, chunk_bytes=10**6))
    assert whole is not None
    (all_of_it,) = whole.chunks
    parts = [ingested(text, plan, chunk, limits) for chunk in plan.chunks]
    assert [len(records) for records in parts] == [chunk.lines for chunk in plan.chunks]
    found = [record for records in parts for record in records]
    assert found == ingested(text, whole, all_of_it, limits)
    for record in found:
        line = read_line(record, plan)
        assert (line.request is None) != (line.error is None)


@replayed
@given(_beginnings, texts, _limits)
def test_chunks_follow_one_another_to_the_end_of_the_file(
    beginning: bytes, further: bytes, limits: ManifestLimits
) -> None:
    text = beginning + further
    plan = planned(text, [], limits)
    if plan is None:
        return
    assert [chunk.number for chunk in plan.chunks] == list(range(len(plan.chunks)))
    end = plan.chunks[0].begin
    for chunk in plan.chunks:
        assert chunk.begin == end < chunk.end
        assert chunk.first_line == 1 + text[: chunk.begin].count(b"\n")
        assert chunk.lines <= limits.chunk_lines
        end = chunk.end
    assert end == len(text)
    assert (
        not text[: plan.chunks[0].begin].strip()
        or plan.format is ManifestFormat.CSV
        or (text.startswith(b"\xef\xbb\xbf"))
    )


@replayed
@given(_beginnings, texts, _limits)
def test_an_ingester_that_goes_on_behind_any_record_finds_the_rest(
    beginning: bytes, further: bytes, limits: ManifestLimits
) -> None:
    text = beginning + further
    plan = planned(text, [], limits)
    for chunk in plan.chunks if plan else ():
        found = ingested(text, plan, chunk, limits)  # type: ignore[arg-type]
        for number, record in enumerate(found, start=1):
            rest = [text[record.end : chunk.end]]
            again = read_records(rest, plan, record.end, record.next_line, limits)  # type: ignore[arg-type]
            assert list(again) == found[number:]


def test_a_chunk_takes_so_many_lines_and_blank_lines_beside() -> None:
    text = b"\n" + LINE * 2 + b"\n" + LINE + b"\n"
    plan = plan_manifest([text], ManifestLimits(chunk_lines=2))
    size = len(LINE)
    assert plan.chunks == (
        PlannedChunk(0, 0, 2 * size + 2, 1, 2),
        PlannedChunk(1, 2 * size + 2, 3 * size + 3, 5, 1),
    )
    assert plan.lines == 3


def test_a_chunk_takes_so_many_bytes_or_one_record_that_is_longer() -> None:
    text = LINE * 3 + b"{" + b"x" * 200 + b"\n" + LINE
    plan = plan_manifest([text], ManifestLimits(chunk_bytes=2 * len(LINE)))
    assert [chunk.lines for chunk in plan.chunks] == [2, 1, 1, 1]


def test_a_plan_s_columns_are_the_header_s() -> None:
    plan = plan_manifest([b"format,seed\ngltf,1"])
    assert plan == Plan(
        format=ManifestFormat.CSV,
        columns=("format", "seed"),
        chunks=(PlannedChunk(0, 12, 18, 2, 1),),
    )


@pytest.mark.parametrize("header", [b"", HEADER])
@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_file_may_have_as_many_lines_as_the_limit_and_no_more(header: bytes, end: bytes) -> None:
    def text(lines: int) -> bytes:
        return header + b"\n".join([LINE.strip()] * lines) + end

    assert plan_manifest([text(5)], ManifestLimits(max_lines=5)).lines == 5
    assert refusal([text(6)], max_lines=5).code == "MANIFEST_TOO_MANY_LINES"


def test_blank_lines_and_those_in_quotes_are_lines_too() -> None:
    assert refusal([LINE + b"\n" * 5], max_lines=5).code == "MANIFEST_TOO_MANY_LINES"
    text = HEADER + b'gltf,"\n\n\n\n\n"\n'
    assert refusal([text], max_lines=5).code == "MANIFEST_TOO_MANY_LINES"


def test_a_file_may_have_as_many_bytes_as_the_limit_and_no_more() -> None:
    size = 3 * len(LINE)
    assert plan_manifest([LINE] * 3, ManifestLimits(max_bytes=size)).lines == 3
    assert refusal([LINE] * 3, max_bytes=size - 1).code == "MANIFEST_TOO_LARGE"


@pytest.mark.parametrize("text", [HEADER, HEADER.strip(), HEADER + b"\n \r\n", b"", b"\n\n"])
def test_a_file_without_a_request_is_empty(text: bytes) -> None:
    assert refusal([text]).code == "MANIFEST_EMPTY"


def counted(block: bytes, blocks: int, read: list[int]) -> Iterator[bytes]:
    for _ in range(blocks):
        read.append(len(block))
        yield block


@pytest.mark.parametrize(
    ("block", "code"),
    [
        (gzip.compress(bytes(64 * KIB * KIB), 1)[: 64 * KIB], "UNSUPPORTED_COMPRESSION"),
        (b"PK\x03\x04" + bytes(64 * KIB), "UNSUPPORTED_COMPRESSION"),
        ("{}\n".encode("utf-16") * 20_000, "UNSUPPORTED_ENCODING"),
        (LINE.replace(b"\n", b"\r") * 2_000, "UNSUPPORTED_ENCODING"),
        (b"a;b\n" * 20_000, "INVALID_HEADER"),
        (b"\n" * 64 * KIB, "MANIFEST_EMPTY"),
    ],
    ids=range(6),
)
def test_what_the_first_bytes_refuse_is_not_read_further(block: bytes, code: str) -> None:
    read: list[int] = []
    assert refusal(counted(block, 1000, read)).code == code
    assert len(read) <= 2


@pytest.mark.parametrize("block_size", [1000, 64 * KIB, 1024 * KIB])
def test_what_a_file_is_does_not_depend_on_the_blocks(block_size: int) -> None:
    text = b"\n" * KIB + HEADER.strip() + b" " * 63 * KIB + b"\ngltf,x\n"
    blocks = cut(text, range(block_size, len(text), block_size))
    assert refusal(blocks).code == "INVALID_HEADER"


def test_a_file_with_too_many_lines_is_read_no_further_than_the_last_that_may_be() -> None:
    read: list[int] = []
    assert refusal(counted(LINE * 10, 10**6, read), max_lines=10_000).code == (
        "MANIFEST_TOO_MANY_LINES"
    )
    assert sum(read) <= (10_000 + 20) * len(LINE)


@pytest.mark.no_cover  # whose memory would be measured too, at a third of the speed
@pytest.mark.parametrize(
    "block",
    [b"{" + b"x" * 99_999, LINE * 1000, b'{"a\n' * 4000, b'{"' + bytes(99_998)],
    ids=["no line end", "good lines", "short lines", "zero bytes"],
)
def test_planning_takes_the_same_memory_however_long_the_file_is(block: bytes) -> None:
    peaks = []
    for blocks in (10, 30):
        tracemalloc.start()
        plan_manifest((block for _ in range(blocks)), ManifestLimits(chunk_lines=10_000))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.1 + 20_000


def test_the_contract_s_limits_are_the_default() -> None:
    assert (LIMITS.max_bytes, LIMITS.max_lines, LIMITS.max_line_bytes) == (
        1024**3,
        1_000_000,
        64 * 1024,
    )
