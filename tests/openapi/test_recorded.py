"""What is committed is what is answered: the examples and the document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from meshmill.http.errors import CODES
from meshmill.http.openapi.examples import RECORDED
from tests.openapi.record import COMMITTED, as_text, described, differences, recorded
from tests.openapi.validation import resolved, violations

_MOST_BYTES = 60_000
_HINT = "python -m tests.openapi.record writes it anew"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    # Members of an enumeration become the text that a client sees.
    described_now: dict[str, Any] = json.loads(as_text(described()))
    return described_now


def media_types(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every place with a schema and examples: bodies of requests and of answers."""
    places = dict(document["components"]["responses"])
    for path, item in document["paths"].items():
        for method, operation in item.items():
            where = f"{method} {path}"
            places[where] = operation.get("requestBody", {})
            places |= {f"{where} {status}": each for status, each in operation["responses"].items()}
    for where, place in places.items():
        for media in place.get("content", {}).values():
            yield where, media


def test_the_examples_are_what_the_functions_answer_today(tmp_path: Path) -> None:
    committed = json.loads(RECORDED.read_text())
    today = json.loads(as_text(recorded(tmp_path)))
    assert differences(committed, today) == [], _HINT


def test_the_committed_document_is_the_one_that_is_served(document: dict[str, Any]) -> None:
    assert COMMITTED.read_text() == as_text(document), _HINT


def test_each_example_fits_every_schema_that_it_stands_beside(document: dict[str, Any]) -> None:
    unused = set(document["components"]["examples"])
    for where, media in media_types(document):
        for name, reference in media.get("examples", {}).items():
            value = resolved(reference["$ref"], document)["value"]
            assert violations(value, media["schema"], document) == [], (where, name)
            unused.discard(name)
    assert not unused


def test_each_header_has_an_example_that_fits(document: dict[str, Any]) -> None:
    for name, header in document["components"]["headers"].items():
        assert violations(header["example"], header["schema"], document) == [], name


@pytest.mark.parametrize("code", sorted(CODES))
def test_each_code_has_an_answer_with_an_example_in_both_shapes(
    document: dict[str, Any], code: str
) -> None:
    answer = document["components"]["responses"][code]
    for media in answer["content"].values():
        (reference,) = media["examples"].values()
        told = resolved(reference["$ref"], document)["value"]
        assert code in {told.get("code"), told.get("error", {}).get("code")}


def test_the_examples_are_small_and_hold_nothing_that_looks_like_a_secret() -> None:
    text = RECORDED.read_text()
    assert len(text.encode()) < _MOST_BYTES
    for secret in ("AKIA", "ASIA", "Bearer ey", '"authorization', '"x-api-key', "mm_"):
        assert secret not in text
