"""Lines as requests: checked as the API checks a body, each for itself."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshmill.domain.errors import RequestError
from meshmill.domain.manifest.lines import LineError, ReadLine, read_line, read_records
from meshmill.domain.manifest.planning import plan_manifest
from meshmill.domain.request import parse_request
from meshmill.geometry.registry import GENERATORS
from tests.unit.domain.strategies import companions, specs
from tests.unit.domain.strategies import replayed as few_replayed

replayed = settings(few_replayed, max_examples=200)
GOOD = b'{"format":"gltf","parameters":{},"custom_id":"good"}'


def read(text: bytes) -> list[ReadLine]:
    """Every line of a manifest."""
    plan = plan_manifest([text])
    return [
        read_line(record, plan)
        for chunk in plan.chunks
        for record in read_records(
            [text[chunk.begin : chunk.end]], plan, chunk.begin, chunk.first_line
        )
    ]


def error_of(line: bytes) -> LineError:
    """What is wrong with a line of JSON between two good ones, which it must not harm."""
    before, bad, after = read(GOOD + b"\n" + line + b"\n" + GOOD)
    assert before.request is not None
    assert after.request is not None
    assert (bad.line, after.line, bad.request) == (2, 3, None)
    assert bad.error is not None
    return bad.error


def cells(header: str, row: str) -> ReadLine:
    """The only line of a CSV manifest."""
    (line,) = read(f"{header}\n{row}\n".encode())
    return line


def row_of(members: dict[str, Any]) -> dict[str, str]:
    """The cells of a request, by column."""
    parameters = members["parameters"]
    flat = {name: value for name, value in (members | parameters).items() if name != "parameters"}
    named = {f"labels.{key}": text for key, text in flat.pop("labels", {}).items()}
    named |= {f"options.{key}": value for key, value in flat.pop("options", {}).items()}
    return {name: str(value) for name, value in (flat | named).items() if value is not None}


def told(line: ReadLine) -> tuple[Any, ...]:
    """What a line comes to, in either format."""
    if line.request is None:
        assert line.error is not None
        return (line.error.code, line.error.message, line.error.field)
    request = line.request
    return (request.spec_id, request.priority, request.labels, request.custom_id)


@replayed
@given(st.lists(st.tuples(specs, companions), min_size=1, max_size=4))
def test_a_request_is_the_same_one_in_either_format(
    requests: list[tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    bodies = [spec | further for spec, further in requests]
    rows = [row_of(body) for body in bodies]
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, sorted({name for row in rows for name in row}))
    writer.writeheader()
    writer.writerows(rows)
    lines = "\n".join(json.dumps(body, ensure_ascii=False) for body in bodies)
    in_json, in_csv = read(lines.encode()), read(table.getvalue().encode())
    for one, other in zip(in_json, in_csv, strict=True):
        assert told(one) == told(other)
        assert one.custom_id == other.custom_id


@replayed
@given(
    st.binary(max_size=60).filter(lambda line: line.strip() and b"\n" not in line)
    | st.sampled_from(
        [b"[]", b"1", b'{"format":"stl"}', b'{"format":"gltf","parameters":{"seed":-1}}']
    )
)
def test_a_line_of_json_has_the_code_that_the_api_would_answer_with(line: bytes) -> None:
    with pytest.raises(RequestError) as refused:
        parse_request(line.removesuffix(b"\r"))
    found = error_of(line)
    expected = (refused.value.code, refused.value.details.get("field"))
    assert (found.code, found.field) == expected


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        (b"{", "INVALID_JSON", None),
        (b'{"format":"gltf","parameters":{}}\r' * 2, "INVALID_JSON", None),
        (b'{"format":"gltf","format":"gltf"}', "INVALID_JSON", "format"),
        (b'{"a\x01":1,"a\\ud800":1,"a\\ud800":2}', "INVALID_JSON", None),
        (b'{"a\\ud800":1,"a\\ud800":2}', "INVALID_JSON", "a?"),
        (b'{"custom_id":"\xff"}', "INVALID_JSON", None),
        (b'{"custom_id":"\x00"}', "INVALID_JSON", None),
        (b"\0", "INVALID_JSON", None),
        (b'{"format":"stl","parameters":{}}', "INVALID_FORMAT", "format"),
        (b'{"format":"gltf"}', "VALIDATION_ERROR", "parameters"),
        (b'{"format":"gltf","parameters":{},"user_id":"x"}', "VALIDATION_ERROR", "user_id"),
        (b'{"format":"gltf","parameters":{"lods":9}}', "VALIDATION_ERROR", "parameters.lods"),
        (b"[" * 100, "INVALID_JSON", None),
        (b"[" * 70_000, "PAYLOAD_TOO_LARGE", None),
        (b'{"custom_id":"%s"}' % (b"x" * 70_000), "PAYLOAD_TOO_LARGE", None),
    ],
    ids=range(15),
)
def test_a_bad_line_costs_itself_alone(line: bytes, code: str, field: str | None) -> None:
    error = error_of(line)
    assert (error.code, error.field) == (code, field)
    assert error.message
    error.message.encode()


def test_what_was_probably_meant_is_told_in_the_message() -> None:
    error = error_of(b'{"format":"gltf","parameters":{"qualty":"high"}}')
    assert error.message == "parameters.qualty is not a known member; did you mean 'quality'?"


def test_a_line_of_64_kib_is_read_and_a_longer_one_is_not() -> None:
    padded = GOOD + b" " * (64 * 1024 - len(GOOD))
    fits, too_long = read(padded + b"\r\n" + padded + b" \n")
    assert fits.request is not None
    assert too_long.error == LineError("PAYLOAD_TOO_LARGE", "The line is over 65536 bytes")


@pytest.mark.parametrize(
    ("custom_id", "told_id"),
    [
        ('"a-1"', "a-1"),
        ('"' + "x" * 64 + '"', "x" * 64),
        ('"a\\u0000\\u202e\\ud800b"', "a???b"),
        ('"' + "x" * 65 + '"', None),
        ('""', None),
        ("1", None),
        ("null", None),
        ('["a"]', None),
    ],
)
def test_the_custom_id_of_a_bad_line_is_told_where_it_is_a_short_text(
    custom_id: str, told_id: str | None
) -> None:
    (line,) = read(f'{{"format":"stl","custom_id":{custom_id}}}'.encode())
    assert line.error is not None
    assert line.custom_id == told_id
    if told_id is not None:
        told_id.encode()


def test_the_custom_id_of_a_good_line_is_told() -> None:
    (line,) = read(GOOD)
    assert line.custom_id == "good"


def test_cells_become_the_members_that_their_columns_name() -> None:
    line = cells(
        "format,generator,quality,texture_size,texture_format,lods,seed,priority,custom_id,"
        "labels.site,labels.a.b,options.moss,options.cluster,options.form",
        'gltf,rock,high,2048,jpeg,2,7,9,"rock, mossy",north, x ,0.25,3,slab',
    )
    request = line.request
    assert request is not None
    assert request.canonical()["parameters"] == {
        **request.canonical()["parameters"],
        "generator": "rock",
        "quality": "high",
        "texture_size": 2048,
        "texture_format": "jpeg",
        "lods": 2,
        "seed": 7,
    }
    options = request.canonical()["parameters"]["options"]
    assert (options["moss"], options["cluster"], options["form"]) == (0.25, 3, "slab")
    assert (request.priority, request.custom_id) == (9, "rock, mossy")
    assert request.labels == {"site": "north", "a.b": "x"}


def test_an_empty_cell_is_absent() -> None:
    header = "format,generator,seed,custom_id,labels.a,options.moss"
    bare = cells("format", "gltf")
    assert told(cells(header, "gltf,,,,,")) == told(bare)
    assert told(cells(header, 'gltf, ,"",\t,"  ", ')) == told(bare)


@pytest.mark.parametrize("text", ["true", "TRUE", "True"])
def test_truth_is_spelled_as_spreadsheets_do_too(text: str) -> None:
    line = cells("format,generator,options.open", f"gltf,crate,{text}")
    assert line.request is not None
    assert line.request.canonical()["parameters"]["options"]["open"] is True


@pytest.mark.parametrize("text", ["20", "20.0", "2e1"])
def test_a_number_that_may_have_a_fraction_is_spelled_in_any_way(text: str) -> None:
    line = cells("format,generator,options.pressure_angle_deg", f"gltf,gear,{text}")
    expected = cells("format,generator", "gltf,gear")
    assert told(line) == told(expected)


@pytest.mark.parametrize(
    ("column", "text", "field"),
    [
        ("seed", "1.0", "parameters.seed"),
        ("seed", "abc", "parameters.seed"),
        ("seed", "1_000", "parameters.seed"),
        ("seed", "007", "parameters.seed"),
        ("seed", "\u0661", "parameters.seed"),
        ("seed", "9" * 5000, "parameters.seed"),
        ("seed", "-1", "parameters.seed"),
        ("texture_size", "1000", "parameters.texture_size"),
        ("texture_size", "1024px", "parameters.texture_size"),
        ("lods", "=1+1", "parameters.lods"),
        ("priority", "high", "priority"),
        ("priority", "11", "priority"),
        ("options.moss", "nan", "parameters.options.moss"),
        ("options.moss", "inf", "parameters.options.moss"),
        ("options.moss", "1e999", "parameters.options.moss"),
        ("options.moss", "0,5", "parameters.options.moss"),
        ("options.biome", "desert", "parameters.options.biome"),
        ("custom_id", "x" * 65, "custom_id"),
        ("custom_id", "a\u200bb", "custom_id"),
        ("labels.a", "a\0b", "labels.a"),
    ],
)
def test_a_cell_that_its_member_does_not_take_is_named(column: str, text: str, field: str) -> None:
    line = cells(f"format,generator,{column}", f'gltf,rock,"{text}"')
    assert line.error is not None
    assert (line.error.code, line.error.field) == ("VALIDATION_ERROR", field)
    assert field in line.error.message


def test_an_unknown_generator_or_format_in_a_cell_is_told_as_the_api_does() -> None:
    unknown = cells("format,generator,options.moss", "gltf,rok,0.5").error
    assert unknown is not None
    assert (unknown.code, unknown.field) == ("VALIDATION_ERROR", "parameters.generator")
    other = cells("format,seed", "stl,abc").error
    assert other is not None
    assert (other.code, other.field) == ("INVALID_FORMAT", "format")


@pytest.mark.parametrize(
    ("row", "told_part"),
    [
        (b"gltf", "1 cells, and the header 2 columns"),
        (b"gltf,a,b", "3 cells, and the header 2 columns"),
        (b'gltf,"a', "quotes don't pair up"),
        (b'gltf,"a"b', "quotes don't pair up"),
        (b"gltf,a\rb", "carriage return"),
        (b"gltf,\xff", "not UTF-8"),
    ],
)
def test_a_row_that_cannot_be_divided_into_columns_costs_itself_alone(
    row: bytes, told_part: str
) -> None:
    before, bad, after = read(b"format,custom_id\ngltf,a\n" + row + b"\ngltf,b\n")
    assert (before.custom_id, bad.custom_id, after.custom_id) == ("a", None, "b")
    assert before.request is not None
    assert after.request is not None
    assert bad.error is not None
    assert (bad.error.code, bad.error.field) == ("INVALID_CSV", None)
    assert told_part in bad.error.message


def test_lines_are_numbered_as_an_editor_numbers_them() -> None:
    text = b'\xef\xbb\xbf\nformat,labels.a\n\ngltf,"x"\ngltf,"two\nlines"\n\ngltf,y'
    assert [line.line for line in read(text)] == [4, 5, 8]


@pytest.mark.parametrize("generator", GENERATORS)
def test_every_option_s_default_can_be_written_in_a_cell(generator: str) -> None:
    options = GENERATORS[generator].options().model_dump()
    columns = "".join(f",options.{name}" for name in options)
    values = "".join(f",{value}" for value in options.values())
    line = cells(f"format,generator{columns}", f"gltf,{generator}{values}")
    assert told(line) == told(cells("format,generator", f"gltf,{generator}"))
