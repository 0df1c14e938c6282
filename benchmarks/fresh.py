"""One case in a process of its own: ``python -m benchmarks.fresh writers 'glb: meshmill'``."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from time import process_time

RUNS = 5

#: Makes what is measured ready, and returns the call to measure.
Case = Callable[[], Callable[[], object]]


@dataclass(frozen=True)
class Cost:
    """CPU milliseconds of one call, and the process's greatest resident memory in MB."""

    milliseconds: float
    megabytes: float


def cost_of(module: str, case: str, runs: int = RUNS) -> Cost:
    """Medians over fresh processes that each call ``case`` of ``benchmarks.<module>`` once."""
    costs = [_in_a_process(module, case) for _ in range(runs)]
    return Cost(
        statistics.median(cost.milliseconds for cost in costs),
        statistics.median(cost.megabytes for cost in costs),
    )


def _in_a_process(module: str, case: str) -> Cost:
    command = [sys.executable, "-m", "benchmarks.fresh", module, case]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    return Cost(**json.loads(run.stdout.splitlines()[-1]))


def main(module: str, name: str) -> None:
    """Measure one call and print its cost as JSON."""
    cases: Mapping[str, Case] = import_module(f"benchmarks.{module}").CASES
    call = cases[name]()
    before = process_time()
    call()
    spent = (process_time() - before) * 1000
    print(json.dumps({"milliseconds": spent, "megabytes": peak_megabytes()}))


def peak_megabytes() -> float:
    """This program's own peak; ``ru_maxrss`` would begin with that of the process it came from."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
