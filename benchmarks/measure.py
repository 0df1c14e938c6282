"""Timing whole processes: CPU seconds as the operating system counts them, medians of several."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import process_time

RUNS = 5


@dataclass(frozen=True)
class Row:
    """One line of the table: milliseconds of CPU unless the unit says else."""

    what: str
    value: float
    unit: str = "ms CPU"

    def as_dict(self) -> dict[str, str | float]:
        """For the JSON file."""
        return {"what": self.what, "value": round(self.value, 2), "unit": self.unit}


def process_cpu_ms(code: str, environment: Mapping[str, str]) -> float:
    """Median CPU milliseconds, user and system, of fresh processes that run ``code``."""
    return statistics.median(_one_process(code, environment) for _ in range(RUNS))


def call_cpu_ms(call: Callable[[], object], runs: int = RUNS) -> float:
    """Median CPU milliseconds of a call in this process, after one that isn't counted."""
    call()
    return statistics.median(_one_call(call) for _ in range(runs))


def _one_process(code: str, environment: Mapping[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], env={**os.environ, **environment}, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1000


def _one_call(call: Callable[[], object]) -> float:
    before = process_time()
    call()
    return (process_time() - before) * 1000
