"""The demo's own way to fail: one line, like every other on the laptop stage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from meshmill_client import MeshmillError
from meshmill_local.errors import LocalStackError

LOOK_IN_THE_LOG = "read .meshmill/engine.log, then make demo"


class DemoError(LocalStackError):
    """Something did not do what the demo shows."""


class Interrupted(Exception):
    """Somebody asked for the end, so there is nothing left to wait for."""


@contextmanager
def told_in_one_line(what: str, where: str) -> Iterator[None]:
    """Turn what the client or the disk raises into :class:`DemoError`."""
    try:
        yield
    except MeshmillError as error:
        first_line = str(error).partition("\n")[0]
        raise DemoError(f"{what}: {first_line}", where=where, next_step=LOOK_IN_THE_LOG) from error
    except OSError as error:
        raise DemoError(
            f"{what} can't be stored: {error.strerror}",
            where=str(error.filename),
            next_step="make that place writable, then make demo",
        ) from error
