"""``python -m benchmarks.load``: prints a table, and ends with 1 after any unexpected answer."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence

import httpx

from benchmarks.load.access import Caller, NoCredentials, caller
from benchmarks.load.run import Plan, Run
from benchmarks.load.tally import errors, table
from meshmill_client.errors import MeshmillError

_LOCAL = "http://localhost:8000"
_TIMEOUT_SECONDS = 30


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; the exit code is 1 after unexpected answers, 2 where nothing could be asked."""
    asked = _parser().parse_args(arguments)
    base_url = asked.base_url.rstrip("/")
    plan = Plan(seconds=asked.seconds, concurrency=asked.concurrency, rate=asked.rate)
    try:
        by = caller(base_url, os.environ, asked.wanted)
        return asyncio.run(_load(base_url, by, plan, tidy=not asked.keep))
    except (NoCredentials, MeshmillError) as error:
        print(f"load: {error}", file=sys.stderr)
        return 2


async def _load(base_url: str, by: Caller, plan: Plan, *, tidy: bool) -> int:
    pace = f"{plan.rate:g} requests/s" if plan.rate else "as fast as they are answered"
    print(f"{base_url}: {plan.concurrency} workers, {pace}, {plan.seconds:g} s each; milliseconds")
    async with httpx.AsyncClient(
        base_url=base_url,
        timeout=_TIMEOUT_SECONDS,
        limits=httpx.Limits(max_connections=plan.concurrency),
    ) as http:
        run = Run(http, by.headers, plan)
        tallies = await run.measured()
        print(table(tallies))
        unexpected = errors(tallies)
        if tidy:
            left = await run.tidied()
            print(f"{len(run.made.assets) - left} of {len(run.made.assets)} assets deleted again")
    if not run.made.assets:
        unexpected.append("nothing was created, so that nothing else could be asked for")
    for line in unexpected:
        print(line, file=sys.stderr)
    return 1 if unexpected else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.load",
        description="Measure create, duplicate, get, list and status of a running stage.",
        epilog="Credentials: MESHMILL_API_KEY, or MESHMILL_TOKEN_URL, MESHMILL_CLIENT_ID and"
        " MESHMILL_CLIENT_SECRET, or .meshmill/local.json of the local stage.",
    )
    parser.add_argument("--base-url", default=_LOCAL, help=f"of the stage; {_LOCAL} by default")
    parser.add_argument("--seconds", type=_positive, default=10.0, help="for each kind of request")
    parser.add_argument("--concurrency", type=_workers, default=8, help="requests at a time")
    parser.add_argument(
        "--rate",
        type=_positive,
        help="requests/s at even intervals, latency from the intended start",
    )
    parser.add_argument("--keep", action="store_true", help="leave what was created")
    which = parser.add_mutually_exclusive_group()
    for kind in ("token", "api-key"):
        which.add_argument(f"--{kind}", dest="wanted", action="store_const", const=kind)
    return parser


def _positive(text: str) -> float:
    number = float(text)
    if number <= 0:
        raise argparse.ArgumentTypeError("must be above 0")
    return number


def _workers(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
