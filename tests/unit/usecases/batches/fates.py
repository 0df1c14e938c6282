"""What can happen to a process at each of its calls, and how much a user's lines may take."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from meshmill.ports import Allowance
from tests.fakes.limits import ReferenceLineBudget


class Killed(BaseException):
    """The process is gone; nothing of ours can catch that."""


class Fate:
    """Numbers the calls to ports; before or after some of them something happens, if so chosen."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self._chosen: dict[tuple[int, bool], BaseException] = {}

    def choose(self, call: int, end: BaseException, *, after: bool) -> None:
        """Once, at the call of this number from 0: its process dies, or it fails."""
        self._chosen[call, after] = end

    def run(self, name: str, call: Callable[..., Any], *given: Any, **named: Any) -> Any:
        number = len(self.calls)
        self.calls.append(name)
        self._meet(number, after=False)
        answer = call(*given, **named)
        self._meet(number, after=True)
        return answer

    def _meet(self, number: int, *, after: bool) -> None:
        end = self._chosen.pop((number, after), None)
        if end is not None:
            raise end


class Mortal:
    """Stands before a port, and has each call go by the fate of who makes it."""

    def __init__(self, name: str, port: Any, fate: Fate) -> None:
        self._name, self._port, self._fate = name, port, fate

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._port, name)

        def call(*given: Any, **named: Any) -> Any:
            return self._fate.run(f"{self._name}.{name}", member, *given, **named)

        return call if callable(member) else member


class Budget:
    """A ``LineBudget`` that can be fenced, and taken away altogether."""

    def __init__(self, clock: Any) -> None:
        self._levels = ReferenceLineBudget(clock, 1_000)
        self.fenced: set[str] = set()
        self.is_empty = False

    def draw(self, user_id: str, lines: int) -> Allowance:
        allowance = self._levels.draw(user_id, lines)
        if self.is_empty:
            allowance = dataclasses.replace(allowance, granted=False, retry_after_ms=1_500)
        return dataclasses.replace(allowance, fenced=user_id in self.fenced)
