"""Examples of the document: answers that the functions gave, recorded by ``tests/openapi``."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from meshmill.http.openapi.references import Part, ref

RECORDED = Path(__file__).with_name("examples.json")


def example_components() -> Part:
    """``components.examples``."""
    return {name: {"value": body} for name, body in _recorded()["bodies"].items()}


def examples(*names: str) -> Part:
    """The ``examples`` of a media type, as references."""
    return {"examples": {name: ref("examples", name) for name in names}}


def header_example(name: str) -> str:
    """A value that an answer carried in a header."""
    value: str = _recorded()["headers"][name.lower()]
    return value


@cache
def _recorded() -> Part:
    record: Part = json.loads(RECORDED.read_text(encoding="utf-8"))
    return record
