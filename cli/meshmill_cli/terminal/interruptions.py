"""Ctrl-C while something goes on elsewhere: how to come back to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit

_MOST_IDS = 4
#: Of what a service does without us, and of what stands half on this disk.
GOES_ON, IS_KEPT = "what was begun goes on by itself", "what has come is kept"


@contextmanager
def resumable(
    command: str, ids: Sequence[str], profile: str | None, meanwhile: str
) -> Iterator[None]:
    """An interruption inside ends the command with how to go on, ``meshmill <command> ID``.

    ``meanwhile`` says what becomes of what was begun.

    Raises:
        CommandFailed: it was interrupted.
    """
    try:
        yield
    except KeyboardInterrupt:
        named = [] if profile is None else ["--profile", profile]
        again = " ".join(["meshmill", command, *ids[:_MOST_IDS], *named])
        if len(ids) > _MOST_IDS:
            again += " and the other ids"
        raise CommandFailed(
            [f"interrupted; {meanwhile}", f"to come back to it: {again}"],
            Exit.INTERRUPTED,
        ) from None
