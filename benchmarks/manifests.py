"""Manifests of any length: varied requests, and among them duplicates and mistakes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("rock", {"form": "boulder", "mineral": "granite"}),
    ("tree", {"habit": "conifer", "height_m": 6.5}),
    ("crate", {"material": "wood", "planks": 5}),
    ("building", {"style": "medieval", "storeys": 2}),
    ("vase", {"profile": "amphora", "glaze": "celadon"}),
    ("terrain", {}),
    ("gear", {}),
    ("planet", {}),
)
_FORMATS = ("gltf", "obj", "fbx")
_MISTAKES = (
    b'{"format": "stl", "parameters": {"generator": "rock"}}',
    b'{"format": "gltf", "parameters": {"generator": "rock", "seed": -1}}',
    b'{"format": "gltf", "parameters": {"generator": "tree", "qualty": "low"}}',
    b'{"format": "gltf", "parameters": {"generator": ',
)


@dataclass(frozen=True, slots=True)
class Mixture:
    """So many requests, and of every so many lines one a duplicate of an earlier, one a mistake.

    None where there are none.
    """

    lines: int
    duplicate_every: int | None = None
    mistake_every: int | None = None

    def __iter__(self) -> Iterator[bytes]:
        """The lines, each with its line break."""
        for number, asked in enumerate(self.asked()):
            yield _MISTAKES[number % len(_MISTAKES)] + b"\n" if asked is None else _request(asked)

    def asked(self) -> Iterator[int | None]:
        """What each line asks for, equal numbers for equal requests; None of a mistake."""
        for number in range(self.lines):
            if _is_due(number, self.mistake_every):
                yield None
            else:
                yield number - _is_due(number, self.duplicate_every)

    def write(self, path: Path) -> None:
        """The manifest as a file."""
        with path.open("wb") as file:
            file.writelines(self)

    def counts(self) -> dict[str, int]:
        """How many lines have which outcome, where none of it was asked for before."""
        asked = [number for number in self.asked() if number is not None]
        accepted = len(set(asked))
        return {
            "accepted": accepted,
            "duplicate": len(asked) - accepted,
            "rejected": self.lines - len(asked),
        }


def _is_due(number: int, every: int | None) -> bool:
    return every is not None and number % every == every - 1


def _request(number: int) -> bytes:
    generator, options = _OPTIONS[number % len(_OPTIONS)]
    request = {
        "format": _FORMATS[number % len(_FORMATS)],
        "custom_id": f"{generator}-{number:07d}",
        "labels": {"scene": "village"},
        "parameters": {
            "generator": generator,
            "quality": "low",
            "texture_size": 256,
            "seed": number,
            "options": options,
        },
    }
    return json.dumps(request).encode() + b"\n"
