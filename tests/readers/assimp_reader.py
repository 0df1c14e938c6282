"""What assimp 6 makes of a file, as its command ``assimp info`` tells it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

#: A script of the package, which sets up the program's library path.
_COMMAND = Path(sys.executable).with_name("assimp")
_NUMBERS = re.compile(r"-?[\d.]+")


@dataclass(frozen=True)
class AssimpModel:
    """Counts, bounds, and by material how often each kind of map is connected."""

    faces: int
    low: tuple[float, ...]
    high: tuple[float, ...]
    maps: dict[str, Counter[str]]


def read_with_assimp(path: Path) -> AssimpModel:
    """Read one file."""
    told = subprocess.run(
        [str(_COMMAND), "info", str(path)], stdout=subprocess.PIPE, check=True, timeout=60
    ).stdout.decode()
    maps: dict[str, Counter[str]] = {}
    current: Counter[str] = Counter()
    for line in told.splitlines():
        if material := re.fullmatch(r"\s+'(.+)' \(prop\) .*", line):
            current = maps.setdefault(material[1], Counter())
        elif kind := re.fullmatch(r".*\(\$tex\.file\): .*\| (\w+)\]", line):
            current[kind[1]] += 1
    return AssimpModel(
        faces=int(_after("Faces:", told)[0]),
        low=_after("Minimum point", told),
        high=_after("Maximum point", told),
        maps={name: kinds for name, kinds in maps.items() if kinds},
    )


def _after(label: str, told: str) -> tuple[float, ...]:
    line = next(line for line in told.splitlines() if line.startswith(label))
    return tuple(float(number) for number in _NUMBERS.findall(line.removeprefix(label)))
