"""How a command begins and ends: what all of them hang on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, TypeGuard

import typer
from typer.exceptions import TyperException

from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit
from meshmill_cli.frame.groups import LightGroup
from meshmill_cli.frame.usage import is_help, usage_failure
from meshmill_cli.terminal.columns import on_one_line
from meshmill_cli.terminal.output import is_coloured

if TYPE_CHECKING:
    from meshmill_client import MeshmillError


#: Most people have no use for AWS's SDK, so that it is an extra of the distribution.
_OF_OPERATORS = ("boto3", "botocore")


class Commands(LightGroup):
    """A group whose commands may let pass what went wrong: here it becomes a failure to tell."""

    def make_context(self, *arguments: Any, **further: Any) -> Any:
        """Read the command line as far as the name of the command."""
        with _as_failures():
            return super().make_context(*arguments, **further)

    def invoke(self, ctx: Any) -> Any:
        """Run the command, and hand on all that it has written."""
        with _as_failures():
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result


def run(commands: Callable[[], object]) -> None:
    """Run the command line to its end, which is an exit code; a failure is told in a line each.

    Raises:
        SystemExit: always.
    """
    _prepare_streams()
    try:
        commands()
    except CommandFailed as failure:
        if failure.exit_code is Exit.OUTPUT_CLOSED:
            _write_nowhere()
        with suppress(BrokenPipeError):
            _tell(failure)
        sys.exit(failure.exit_code)


def _prepare_streams() -> None:
    """Neither one that is closed nor a sign that the output can't spell may end a command."""
    # In this order, so that each takes the place of the one that is closed.
    sys.stdin = sys.stdin or open(os.devnull)  # noqa: SIM115, PTH123  # as long as the process
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115, PTH123
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115, PTH123
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


@contextmanager
def _as_failures() -> Iterator[None]:
    try:
        yield
    except (KeyboardInterrupt, typer.Abort):
        raise CommandFailed(["interrupted"], Exit.INTERRUPTED) from None
    except BrokenPipeError:
        raise CommandFailed([], Exit.OUTPUT_CLOSED) from None
    except TyperException as error:
        if is_help(error):
            raise
        raise usage_failure(error) from None
    except ModuleNotFoundError as error:
        if error.name not in _OF_OPERATORS:
            raise
        lines = ["operators' commands need AWS's SDK, which is not installed: pip install boto3"]
        raise CommandFailed(lines, Exit.FAILED) from None
    except Exception as error:
        if not _is_of_outside(error):
            raise
        from meshmill_cli.frame.failures import failure_of  # noqa: PLC0415  # loads the client

        raise failure_of(error) from error


def _is_of_outside(error: Exception) -> TypeGuard[MeshmillError | OSError]:
    """Whether a person can do something about it; anything else is our own mistake."""
    if isinstance(error, OSError):
        return True
    client = sys.modules.get("meshmill_client.errors")
    return client is not None and isinstance(error, client.MeshmillError)


def _tell(failure: CommandFailed) -> None:
    name = "\x1b[1;31mmeshmill:\x1b[0m" if is_coloured(sys.stderr) else "meshmill:"
    for line in failure.lines:
        sys.stderr.write(f"{name} {on_one_line(line)}\n")
    sys.stderr.flush()


def _write_nowhere() -> None:
    """What is still to be written when the process ends would be complained about."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
