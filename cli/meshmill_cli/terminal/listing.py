"""Lists that may be longer than anybody wants to see at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

from meshmill_cli.terminal.forms import Form
from meshmill_cli.terminal.output import say, say_json_array, say_table, tell

_LARGEST_PAGE = 100

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Face(Generic[T]):
    """How things of a kind look in a list."""

    headings: Sequence[str]
    row: Callable[[T], Sequence[str]]
    view: Callable[[T], Any]
    identifier: Callable[[T], str]
    empty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How much of a list is wanted, None for all of it, and in which form."""

    limit: int | None
    form: Form

    @property
    def page_size(self) -> int:
        """No more than are wanted."""
        return _LARGEST_PAGE if self.limit is None else min(self.limit, _LARGEST_PAGE)

    def say(self, things: Iterator[T], face: Face[T]) -> None:
        """The list; ids and JSON as they come, and for people a table."""
        counted = _Counted(islice(things, self.limit))
        match self.form:
            case Form.JSON:
                say_json_array(map(face.view, counted))
            case Form.IDS:
                for thing in counted:
                    say(face.identifier(thing))
            case _:
                say_table(face.headings, list(map(face.row, counted)), empty=face.empty)
        # Looking for one more may take many requests, where a filter lets few things pass.
        if counted.number == self.limit:
            tell(f"these are the newest {self.limit}; --limit or --all shows more")


class _Counted(Generic[T]):
    """Things that are iterated over once, and how many they were."""

    def __init__(self, things: Iterator[T]) -> None:
        self._things = things
        self.number = 0

    def __iter__(self) -> Iterator[T]:
        for thing in self._things:
            self.number += 1
            yield thing
