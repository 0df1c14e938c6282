"""One function in a process of its own, called as Lambda calls it.

``python -m benchmarks.invocation MODULE``, with the events as JSON lines on standard input: the
first is the cold one. Prints what each cost; all of it is CPU time of this process alone.
"""

from time import process_time

_BEGAN = process_time()

import json  # noqa: E402
import sys  # noqa: E402
from importlib import import_module  # noqa: E402
from typing import Any  # noqa: E402


class Context:
    """What Lambda hands to a handler beside the event."""

    function_name = "bench"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:bench"
    aws_request_id = "11111111-2222-4333-8444-555555555555"

    def get_remaining_time_in_millis(self) -> int:
        """Always enough."""
        return 10_000


def main(module: str) -> None:
    """Import, call with each event, and tell milliseconds: the first call's with the import."""
    lines = sys.stdin.read().splitlines()
    called_at = process_time()
    handler = import_module(module).handler
    output, sys.stdout = sys.stdout, sys.stderr
    costs: list[float] = []
    for line in lines:
        event: dict[str, Any] = json.loads(line)
        began = process_time() if costs else called_at
        answer = handler(event, Context())
        costs.append((process_time() - began) * 1000)
        if answer["statusCode"] >= 300:
            sys.exit(f"{module} answered {answer['statusCode']}: {answer['body']}")
    costs[0] += (called_at - _BEGAN) * 1000
    print(json.dumps(costs), file=output)


if __name__ == "__main__":
    main(sys.argv[1])
