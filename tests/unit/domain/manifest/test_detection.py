"""What a file is told to be by its first bytes, and what its owner is told where it is none."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile

import pytest

from meshmill.domain.manifest.detection import HEAD_BYTES, Detected, detect
from meshmill.domain.manifest.plan import ManifestFormat, ManifestRefused

LINE = b'{"format":"gltf","parameters":{}}\n'
TABLE = b"format,generator\ngltf,rock\n"
BOM = b"\xef\xbb\xbf"


def refusal(head: bytes) -> ManifestRefused:
    with pytest.raises(ManifestRefused) as caught:
        detect(head)
    return caught.value


def header_refusal(header: str) -> str:
    error = refusal(f"{header}\ngltf\n".encode())
    assert error.code == "INVALID_HEADER"
    return error.message


def zipped(data: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("manifest.jsonl", data)
    return archive.getvalue()


def test_a_file_that_begins_with_a_brace_is_jsonl() -> None:
    assert detect(LINE) == Detected(ManifestFormat.JSONL, begin=0, line=1)


def test_blank_lines_before_the_first_brace_are_part_of_the_data() -> None:
    assert detect(b"\r\n  \n\t" + LINE) == Detected(ManifestFormat.JSONL, begin=0, line=1)


def test_anything_else_is_csv_with_a_header() -> None:
    expected = Detected(ManifestFormat.CSV, len(b"format,generator\n"), 2, ("format", "generator"))
    assert detect(TABLE) == expected


def test_a_byte_order_mark_of_utf_8_is_passed_over() -> None:
    assert detect(BOM + LINE) == Detected(ManifestFormat.JSONL, begin=3, line=1)
    assert detect(BOM + TABLE).columns == ("format", "generator")
    assert detect(BOM + TABLE).begin == 3 + len(b"format,generator\n")


def test_a_header_may_be_quoted_padded_and_stand_behind_blank_lines() -> None:
    head = b'\r\n \n"format", seed ,"labels.a, b",options.moss\r\ngltf,1,x,0.5\r\n'
    expected = ("format", "seed", "labels.a, b", "options.moss")
    assert detect(head) == Detected(ManifestFormat.CSV, head.index(b"gltf"), 4, expected)


@pytest.mark.parametrize("head", [b"", BOM, b"\n\r\n \t\n", b" " * HEAD_BYTES])
def test_a_file_without_anything_in_it_is_empty(head: bytes) -> None:
    assert refusal(head).code == "MANIFEST_EMPTY"


@pytest.mark.parametrize(
    ("compressed", "name"),
    [
        (gzip.compress(LINE), "gzip"),
        (zipped(LINE), "zip"),
        (bz2.compress(LINE), "bzip2"),
        (lzma.compress(LINE), "xz"),
        (b"\x28\xb5\x2f\xfd\x04\x00", "zstd"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "7z"),
        (zipped(b"")[:4], "zip"),
        (b"PK\x05\x06" + bytes(18), "zip"),
    ],
    # Compressed bytes tell of the second in which they were made, which differs between workers.
    ids=["gzip", "zip", "bzip2", "xz", "zstd", "7z", "zip of nothing, cut", "zip of nothing"],
)
def test_a_compressed_file_is_refused_by_name(compressed: bytes, name: str) -> None:
    error = refusal(compressed)
    assert error.code == "UNSUPPORTED_COMPRESSION"
    assert f"compressed with {name}" in error.message


@pytest.mark.parametrize("text", [LINE, TABLE, b"\n" + LINE])
@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
def test_utf_16_and_utf_32_are_refused_by_name_with_and_without_a_mark(
    text: bytes, encoding: str
) -> None:
    error = refusal(text.decode().encode(encoding))
    assert error.code == "UNSUPPORTED_ENCODING"
    assert encoding[:6].upper() in error.message


def test_marks_of_either_byte_order_are_known() -> None:
    for mark, encoding in (("\ufeff", "utf-16-be"), ("\ufeff", "utf-32-be")):
        assert refusal((mark + TABLE.decode()).encode(encoding)).code == "UNSUPPORTED_ENCODING"


def test_a_zero_byte_in_the_first_line_does_not_refuse_the_file() -> None:
    assert detect(b'{\0"format":"gltf"}\n' + LINE).format is ManifestFormat.JSONL


def test_a_header_in_another_encoding_is_refused() -> None:
    error = refusal("format,labels.gr\u00f6\u00dfe\n".encode("latin-1"))
    assert error.code == "UNSUPPORTED_ENCODING"


@pytest.mark.parametrize("text", [LINE, TABLE])
def test_lines_that_end_with_carriage_returns_alone_are_refused(text: bytes) -> None:
    error = refusal(text.replace(b"\n", b"\r") * 2)
    assert error.code == "UNSUPPORTED_ENCODING"
    assert "carriage returns alone" in error.message


def test_a_carriage_return_at_the_very_end_is_no_line_end_of_its_own() -> None:
    assert detect(LINE.replace(b"\n", b"\r")).format is ManifestFormat.JSONL


def test_a_json_array_is_refused_with_the_way_out() -> None:
    error = refusal(b" [" + LINE.strip() + b"]")
    assert error.code == "INVALID_HEADER"
    assert "on a line of its own" in error.message


@pytest.mark.parametrize(
    ("header", "hint"),
    [
        ("format,genrator", "did you mean 'generator'?"),
        ("Format", "did you mean 'format'?"),
        ("format,texture size", "did you mean 'texture_size'?"),
        ("format,moss", "did you mean 'options.moss'?"),
        ("format,options.mos", "did you mean 'options.moss'?"),
        ("format,parameters.seed", "did you mean 'seed'?"),
        ("format,xyzzy", "labels.*, options.*"),
        ("gltf,rock,high", "labels.*, options.*"),
        ("format,user_id", "not a known column"),
    ],
)
def test_an_unknown_column_is_refused_with_a_hint(header: str, hint: str) -> None:
    assert hint in header_refusal(header)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("format,seed,format", "format stands twice"),
        ("format,seed,", "Column 3 has no name"),
        ("seed,quality", "no column format"),
        ("format,labels.", "no label may have this key"),
        ("format,labels." + "x" * 65, "no label may have this key"),
        ("format,labels.a\u200b", "labels.a? can't be a column"),
        ('format,"seed', "quotes don't pair up"),
        ('"format"x,seed', "quotes don't pair up"),
        ("format,se\red", "carriage return"),
    ],
)
def test_a_header_that_cannot_be_meant_is_refused(header: str, told: str) -> None:
    assert told in header_refusal(header)


@pytest.mark.parametrize(
    ("separator", "spoken"), [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")]
)
def test_other_separators_are_named(separator: str, spoken: str) -> None:
    for names in (["format", "seed"], ["labels.a", "format"]):
        assert f"separated by {spoken}" in header_refusal(separator.join(names))


def test_columns_are_the_request_s_members_and_any_label() -> None:
    names = (
        "format,generator,quality,texture_size,texture_format,lods,seed,priority,custom_id,"
        "labels.a,labels.b.c,options.moss,options.pressure_angle_deg"
    )
    assert detect(f"{names}\n".encode()).columns == tuple(names.split(","))


@pytest.mark.parametrize("more", [0, 1])
def test_a_header_ends_within_the_first_bytes(more: int) -> None:
    labels = ",".join(f"labels.{number:057}" for number in range(990))
    header = f"format,{labels}".encode()
    header += b" " * (HEAD_BYTES - len(header) - 2 + more) + b"\n"
    head = (header + b"gltf\n")[:HEAD_BYTES]
    if more:
        assert refusal(head).code == "INVALID_HEADER"
    else:
        assert len(detect(head).columns) == 991
