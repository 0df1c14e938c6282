"""Results and errors of lines, as JSON lines and as tables that do no harm."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshmill.domain.line_results import (
    LineOutcome,
    error_line,
    errors_csv,
    result_line,
    results_csv,
)
from meshmill.domain.manifest.lines import LineError
from tests.unit.domain.manifest.streams import cut
from tests.unit.domain.strategies import replayed

ASSET = "0f0f0f0f-0000-5000-8000-000000000000"
_texts = st.text(st.characters(codec="utf-8"), max_size=20)


def table(
    to_csv: Callable[[Iterable[bytes]], Iterator[bytes]], blocks: list[bytes]
) -> list[list[str]]:
    text = b"".join(to_csv(blocks)).decode()
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_a_result_is_a_line_of_json_with_the_contract_s_members() -> None:
    line = result_line(7, "Fels-ä", ASSET, LineOutcome.DUPLICATE)
    assert line == (
        b'{"line":7,"custom_id":"Fels-\xc3\xa4","asset_id":"%s","outcome":"duplicate"}\n'
        % ASSET.encode()
    )


def test_what_a_line_has_not_is_null() -> None:
    assert json.loads(result_line(7, None, None, LineOutcome.REJECTED)) == {
        "line": 7,
        "custom_id": None,
        "asset_id": None,
        "outcome": "rejected",
    }


def test_an_error_is_a_line_of_json_with_the_contract_s_members() -> None:
    line = error_line(7, "x", LineError("VALIDATION_ERROR", "format is required", "format"))
    assert json.loads(line) == {
        "line": 7,
        "custom_id": "x",
        "code": "VALIDATION_ERROR",
        "message": "format is required",
        "field": "format",
    }


@replayed
@given(
    st.lists(st.tuples(st.integers(1, 10**6), st.none() | _texts), max_size=6),
    st.lists(st.integers(0, 600), max_size=8),
)
def test_a_table_has_a_row_for_each_line_however_the_lines_are_cut(
    results: list[tuple[int, str | None]], places: list[int]
) -> None:
    lines = b"".join(
        result_line(line, custom_id, None, LineOutcome.REJECTED) for line, custom_id in results
    )
    header, *rows = table(results_csv, cut(lines, places))
    assert header == ["line", "custom_id", "asset_id", "outcome"]
    assert [(row[0], row[1].removeprefix("'")) for row in rows] == [
        (str(line), (custom_id or "").removeprefix("'")) for line, custom_id in results
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_a_spreadsheet_would_run_is_escaped(start: str) -> None:
    attack = f"{start}HYPERLINK(A1)"
    lines = error_line(1, attack, LineError("VALIDATION_ERROR", attack, attack))
    assert table(errors_csv, [lines])[1:] == [
        ["1", f"'{attack}", "VALIDATION_ERROR", f"'{attack}", f"'{attack}"]
    ]


def test_other_cells_stand_as_they_are() -> None:
    lines = error_line(1, 'a=b, "c"\nd', LineError("INVALID_CSV", "a-b"))
    assert table(errors_csv, [lines])[1] == ["1", 'a=b, "c"\nd', "INVALID_CSV", "a-b", ""]


def test_rows_end_with_carriage_return_and_line_feed() -> None:
    assert b"".join(errors_csv([])) == b"line,custom_id,code,message,field\r\n"


def test_a_table_is_made_a_block_at_a_time() -> None:
    def lines() -> Iterator[bytes]:
        yield result_line(1, None, ASSET, LineOutcome.ACCEPTED)
        raise AssertionError("read ahead")

    rows = results_csv(lines())
    assert next(rows).startswith(b"line,")
    assert next(rows) == f"1,,{ASSET},accepted\r\n".encode()
