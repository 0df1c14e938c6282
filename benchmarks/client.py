"""What a person waits for before anything happens: the import of the SDK, the command line's help.

Each subject is installed into an environment of its own in ``build/peers``, as its users have it,
from the package index that pip knows; what can't be had from there is left out, and said to be.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from venv import EnvBuilder

from benchmarks.measure import Row
from infra.sources import CHECKOUT

_ROUNDS = 11
_ROOT = CHECKOUT / "build" / "peers"
_ONE_MODEL = "import httpx, pydantic\nclass Model(pydantic.BaseModel):\n    id: int"


@dataclass(frozen=True, slots=True)
class Subject:
    """A command of an environment: what is measured, whole process by whole process."""

    what: str
    environment: str
    command: tuple[str, ...]


def _program(what: str, environment: str, text: str) -> Subject:
    return Subject(what, environment, ("python", "-c", text))


#: What pip is asked for; folders are of this checkout, and built anew each time.
_ENVIRONMENTS = {
    "client": "./client",
    "meshmill": ".",
    "stripe": "stripe==16.1.0",
    "replicate": "replicate==1.0.7",
    "huggingface": "huggingface_hub==2.4.0",
}
_SUBJECTS = (
    _program("import: nothing", "client", "pass"),
    _program("import: httpx and a pydantic model, the floor", "client", _ONE_MODEL),
    _program("import: meshmill_client", "client", "import meshmill_client"),
    _program("import: stripe", "stripe", "import stripe"),
    _program("import: replicate", "replicate", "import replicate"),
    # The package itself is lazy: its import alone loads next to nothing.
    _program("import: HfApi", "huggingface", "from huggingface_hub import HfApi"),
    _program("help: import of typer, the floor", "meshmill", "import typer"),
    Subject("help: meshmill", "meshmill", ("meshmill", "--help")),
    Subject("help: meshmill generate", "meshmill", ("meshmill", "generate", "--help")),
    Subject("help: hf", "huggingface", ("hf", "--help")),
)


def rows() -> Iterator[Row]:
    """User and system time of whole processes, medians of rounds in which each has its turn."""
    ready = set(_installed(_ENVIRONMENTS))
    subjects = [subject for subject in _SUBJECTS if subject.environment in ready]
    for subject in subjects:
        _milliseconds(subject)
    rounds = [[_milliseconds(subject) for subject in subjects] for _ in range(_ROUNDS)]
    for subject, costs in zip(subjects, zip(*rounds, strict=True), strict=True):
        yield Row(subject.what, statistics.median(costs))


def _installed(environments: Iterable[str]) -> Iterator[str]:
    for name in environments:
        try:
            _install(name, _ENVIRONMENTS[name])
        except subprocess.CalledProcessError as failure:
            reason = failure.stderr.strip().splitlines()[-1:]
            print(f"{name} is left out: {' '.join(reason)}", file=sys.stderr)
        else:
            yield name


def _install(name: str, requirement: str) -> None:
    root, ready = _ROOT / name, _ROOT / name / "ready"
    if ready.exists() and ready.read_text() == requirement and "==" in requirement:
        return
    EnvBuilder(clear=True).create(root)
    install = [sys.executable, "-m", "pip", "--python", str(root / "bin" / "python"), "install"]
    install += ["-q", "--disable-pip-version-check", requirement]
    subprocess.run(install, cwd=CHECKOUT, check=True, capture_output=True, text=True)
    ready.write_text(requirement)


def _milliseconds(subject: Subject) -> float:
    folder = _ROOT / subject.environment
    command = [str(folder / "bin" / subject.command[0]), *subject.command[1:]]
    before = _spent()
    # Neither the developer's settings nor those of this checkout's tools.
    surroundings = {"PATH": os.defpath, "HOME": str(folder)}
    subprocess.run(command, check=True, capture_output=True, cwd=folder, env=surroundings)
    return (_spent() - before) * 1000


def _spent() -> float:
    """Seconds of CPU of all processes that were waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


if __name__ == "__main__":
    for row in rows():
        print(f"{row.what:60} {row.value:10.1f} {row.unit}")
