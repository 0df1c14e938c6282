"""Which fault comes when: drawn from a seed, replayed from a list, or the same one always."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Protocol

from tests.support.fault_proxy.faults import HARMLESS, Asked, Fault, Target

#: One less than the attempts that a client makes unless told otherwise.
IN_A_ROW = 4
#: Where a connection may have been closed before, unannounced, which takes one attempt more.
IN_A_ROW_ON_CONNECTIONS = 3
_FAULTS = tuple(fault for fault in Fault if fault is not Fault.NONE)


class Schedule(Protocol):
    """Decides for each request, in the order in which they come."""

    def next(self, asked: Asked) -> Fault:
        """What happens to this one."""
        ...


class Recorded:
    """What a schedule has decided; safe to use from many threads.

    ``str`` of it tells everything that is needed to see the same again, one after the other.
    """

    def __init__(self, schedule: Schedule, name: str) -> None:
        self._schedule = schedule
        self._name = name
        self._lock = threading.Lock()
        self.decisions: list[tuple[Asked, Fault]] = []

    def next(self, asked: Asked) -> Fault:
        """What happens to this one."""
        with self._lock:
            fault = self._schedule.next(asked)
            self.decisions.append((asked, fault))
            return fault

    @property
    def count(self) -> int:
        """Faults until now."""
        return sum(fault is not Fault.NONE for _, fault in self.decisions)

    def asked(self, method: str, path: str) -> int:
        """Requests of a method until now, to a path that contains a text."""
        return sum(each.method == method and path in each.path for each, _ in self.decisions)

    def __str__(self) -> str:
        lines = [f"{each.method} {each.path}: {fault}" for each, fault in self.decisions]
        replayed = ", ".join(f"Fault.{fault.name}" for _, fault in self.decisions)
        return "\n".join([self._name, *lines, f"Replayed([{replayed}])"])


class Seeded:
    """Faults at random, so few in a row at one address that a patient client gets through.

    Args:
        seed: of all that is drawn.
        share: of the requests that meet a fault.
        left_out: what never happens.
        at_most: faults altogether.
        in_a_row: faults at one address between two good answers; of a download altogether.
    """

    def __init__(
        self,
        seed: int,
        share: float = 0.4,
        left_out: Iterable[Fault] = (),
        at_most: int | None = None,
        in_a_row: int = IN_A_ROW,
    ) -> None:
        self._random = random.Random(seed)
        self._share = share
        self._left = at_most
        self._faults = [fault for fault in _FAULTS if fault not in set(left_out)]
        self._longest_row = in_a_row
        self._in_a_row: Counter[tuple[str, str]] = Counter()
        self._expired: set[tuple[str, str]] = set()

    def next(self, asked: Asked) -> Fault:
        """What happens to this one."""
        address = asked.method, asked.path
        fault = self._drawn(asked, address)
        if fault not in HARMLESS:
            self._in_a_row[address] += 1
        elif asked.target is not Target.FILE:
            # The store's answer may be that a link has expired, which brings nobody further.
            self._in_a_row[address] = 0
            self._expired.discard(address)
        if fault is Fault.EXPIRED:
            self._expired.add(address)
        return fault

    def _drawn(self, asked: Asked, address: tuple[str, str]) -> Fault:
        is_calm = self._random.random() >= self._share
        fault = self._random.choice([each for each in self._faults if asked.allows(each)])
        # A token is renewed once a call.
        if fault is Fault.EXPIRED and address in self._expired:
            return Fault.NONE
        if is_calm or self._in_a_row[address] >= self._longest_row or self._left == 0:
            return Fault.NONE
        if self._left is not None:
            self._left -= 1
        return fault


class Replayed:
    """The faults of a list, and then none."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self._faults = iter(faults)

    def next(self, asked: Asked) -> Fault:
        """What happens to this one."""
        return next(self._faults, Fault.NONE)


class Always:
    """One fault for each request of a method to a path that contains a text."""

    def __init__(self, fault: Fault, method: str, path: str) -> None:
        self._fault = fault
        self._method = method
        self._path = path

    def next(self, asked: Asked) -> Fault:
        """What happens to this one."""
        is_meant = asked.method == self._method and self._path in asked.path
        return self._fault if is_meant and asked.allows(self._fault) else Fault.NONE
