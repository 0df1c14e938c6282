"""The manifest in ``events/manifests``, and individuals of its requests for each run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meshmill_local.demo.errors import DemoError

_SEEDS_OF_A_RUN = 1_000
"""More than there are seeds in a manifest, so that no two runs ask for the same individual."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Lines as they stand in a file, without their line breaks."""

    filename: str
    lines: tuple[bytes, ...]

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """The manifest in a file.

        Raises:
            DemoError: there is none.
        """
        try:
            content = path.read_bytes()
        except OSError as error:
            raise DemoError(
                f"the manifest can't be read: {error.strerror}",
                where=str(path),
                next_step="restore it with git checkout events",
            ) from error
        return cls(path.name, tuple(content.removesuffix(b"\n").split(b"\n")))

    @property
    def name(self) -> str:
        """What it is called where its progress is shown."""
        return Path(self.filename).stem

    def of_run(self, number: int) -> Manifest:
        """The same requests for other individuals; of the first run, for those in the file."""
        shift = (number - 1) * _SEEDS_OF_A_RUN
        return Manifest(self.filename, tuple(_moved(line, shift) for line in self.lines))

    @property
    def content(self) -> bytes:
        """The file."""
        return b"".join(line + b"\n" for line in self.lines)


def _moved(line: bytes, shift: int) -> bytes:
    """A line with another seed; one that asks for nothing, or by a bad seed, stays as it is."""
    try:
        request: Any = json.loads(line)
        seed = request["parameters"]["seed"]
    except (ValueError, KeyError, TypeError):
        return line
    if type(seed) is not int or seed < 0:
        return line
    request["parameters"]["seed"] = seed + shift
    return json.dumps(request, ensure_ascii=False).encode()
