"""``python -m meshmill_local run`` or ``demo``: boot the pipeline, serve it or show it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from meshmill_local.boot import CHECKOUT, Source, synthesised_checkout
from meshmill_local.demo import Demo, Interrupted
from meshmill_local.errors import LocalStackError, PortInUseError
from meshmill_local.progress import Progress
from meshmill_local.serving import INTERRUPTED, Interruption, Use, boot_and_use, serve
from meshmill_local.stack import LocalStack

_DEFAULT_PORT = 8000
_DONE, _FAILED = 0, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code: 0 done, 1 failed, 130 interrupted."""
    options = _parser().parse_args(arguments)
    progress = Progress()
    try:
        return int(options.act(options, progress))
    except PortInUseError as error:
        other = f"end it, or choose another port: make {options.command} PORT={options.port + 1}"
        progress.failure(PortInUseError(error.what, where=error.where, next_step=other))
    except LocalStackError as error:
        progress.failure(error)
    return _FAILED


def _run(options: argparse.Namespace, progress: Progress) -> int:
    return _boot_and_use(serve, options, progress)


def _demo(options: argparse.Namespace, progress: Progress) -> int:
    def show(stack: LocalStack, interruption: Interruption, progress: Progress) -> int:
        demo = Demo(
            events=options.events,
            manifest=options.manifest,
            out=options.out,
            report=progress.step,
            is_interrupted=lambda: interruption.requested,
        )
        try:
            demo.perform(stack)
        except Interrupted:
            progress.plain("interrupted; the state is kept, nothing is left running")
            return INTERRUPTED
        return _DONE

    return _boot_and_use(show, options, progress)


def _boot_and_use(use: Use, options: argparse.Namespace, progress: Progress) -> int:
    return boot_and_use(
        use,
        port=options.port,
        state_dir=options.state_dir,
        source=_source(options),
        progress=progress,
    )


def _source(options: argparse.Namespace) -> Source:
    assembly: Path | None = options.assembly
    return synthesised_checkout if assembly is None else lambda *_: assembly


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="meshmill_local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="boot the pipeline and serve until interrupted")
    run.set_defaults(act=_run)
    demo = commands.add_parser("demo", help="boot it, send events/, download and check all")
    demo.set_defaults(act=_demo)
    for command in (run, demo):
        _add_stack_options(command)
    demo.add_argument(
        "--events",
        type=Path,
        default=CHECKOUT / "events" / "api",
        help="requests to send (default: %(default)s)",
    )
    demo.add_argument(
        "--manifest",
        type=Path,
        default=CHECKOUT / "events" / "manifests" / "village.jsonl",
        help="many requests in a file, to drop into the bucket (default: %(default)s)",
    )
    demo.add_argument(
        "--out",
        type=Path,
        default=CHECKOUT / "out",
        help="where files are downloaded to (default: %(default)s)",
    )
    return parser


def _add_stack_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--port",
        type=int,
        default=os.environ.get("PORT", str(_DEFAULT_PORT)),
        help="of the front on localhost (default: $PORT or %(default)s)",
    )
    command.add_argument(
        "--state-dir",
        type=Path,
        default=CHECKOUT / ".meshmill",
        help="kept between runs (default: %(default)s)",
    )
    command.add_argument(
        "--assembly",
        type=Path,
        help="deploy this cloud assembly (default: synthesise the checkout's local stage)",
    )


if __name__ == "__main__":
    sys.exit(main())
