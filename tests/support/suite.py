"""``python -m tests.support.suite``: every test here, and the unit tests on Lambda's Python too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from infra.build import LAMBDA_PYTHON
from infra.bytecode import interpreter_of, running_version

CHECKOUT = Path(__file__).resolve().parents[2]
LOCK = CHECKOUT / "requirements" / "unit.lock"
#: Many tests wait for the embedded engine, all of the shared stack's in one worker, so that three
#: workers are right for two cores. Who gets what, in which order: ``tests.support.distribution``.
#: schemathesis is run as a command alone: its plugin would cost every worker a second.
WORKERS = ("-n", "3", "--no-loadscope-reorder", "-p", "no:schemathesis")
_KEEPS_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


def main() -> int:
    """Run both; the exit code is the first that isn't 0."""
    everything = [*WORKERS, "--cov", "--cov-report=term"]
    code = _pytest(Path(sys.executable), *everything)
    return code or _unit_tests_on_lambdas_python()


def _unit_tests_on_lambdas_python() -> int:
    if running_version() == LAMBDA_PYTHON:
        return 0
    interpreter = interpreter_of(LAMBDA_PYTHON)
    if interpreter is None:
        print(f"python{LAMBDA_PYTHON} is not at hand: unit tests ran on {running_version()} alone")
        return 0
    print(f"unit tests on Python {LAMBDA_PYTHON}, which Lambda runs")
    return _pytest(_environment_of(interpreter), *WORKERS, "tests/unit")


def _environment_of(interpreter: Path) -> Path:
    """A virtual environment with what unit tests need, made once for each lock."""
    root = CHECKOUT / f".venv-{LAMBDA_PYTHON}"
    python, ready = root / "bin" / "python", root / ".ready"
    wanted = LOCK.read_text()
    if not (ready.exists() and ready.read_text() == wanted):
        subprocess.run([str(interpreter), "-m", "venv", "--clear", str(root)], check=True)
        install = ["-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([str(python), *install, "--require-hashes", "-r", str(LOCK)], check=True)
        ready.write_text(wanted)
    return python


def _pytest(python: Path, *arguments: str) -> int:
    """Run pytest, which keeps bytecode: else each worker rewrites each test's asserts anew."""
    kept = {name: value for name, value in os.environ.items() if name != _KEEPS_NO_BYTECODE}
    command = [str(python), "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, env=kept, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
