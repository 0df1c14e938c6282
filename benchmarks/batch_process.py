"""A function that SQS feeds, in a process of its own, called as Lambda calls it.

``python -m benchmarks.batch_process MODULE``, with the events as JSON lines on standard input.
Prints what each call took, when the second began and the last ended, and the process's peak.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from time import monotonic, process_time
from typing import Any

from benchmarks.fresh import peak_megabytes
from benchmarks.invocation import Context


class LongContext(Context):
    """Of a function that may run for long."""

    def get_remaining_time_in_millis(self) -> int:
        """As much as Lambda gives at most."""
        return 900_000


def main(module: str) -> None:
    """Import, call with each event, and tell."""
    handler = import_module(module).handler
    output, sys.stdout = sys.stdout, sys.stderr
    seconds: list[float] = []
    began = monotonic()
    for line in sys.stdin:
        event: dict[str, Any] = json.loads(line)
        if len(seconds) == 1:
            # The first call has made the clients.
            began = monotonic()
        before = process_time()
        answer = handler(event, LongContext())
        seconds.append(process_time() - before)
        if answer != {"batchItemFailures": []}:
            sys.exit(f"{module} answered {answer}")
    told = {
        "cpu_seconds": seconds,
        "began": began,
        "ended": monotonic(),
        "megabytes": peak_megabytes(),
    }
    print(json.dumps(told), file=output)


if __name__ == "__main__":
    main(sys.argv[1])
