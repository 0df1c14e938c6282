"""How much of each search a normal run takes: ``MESHMILL_NIGHTLY=1`` takes all of it.

What is left out is chosen by its place alone, so that every run takes the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from tests.faults.injection import Mode

IS_NIGHTLY = os.environ.get("MESHMILL_NIGHTLY") == "1"
TIMEOUT_SECONDS = 7_200 if IS_NIGHTLY else 300


def planned_faults(points: Sequence[int], each: int) -> Iterator[tuple[int, Mode]]:
    """Each of ``points``, numbers of calls, with every mode, or with so many in a normal run.

    Neighbours have different ones, and all modes have their turn.
    """
    modes = list(Mode)
    shares = 1 if IS_NIGHTLY else len(modes) // each
    for place, number in enumerate(points):
        for mode in modes[place % shares :: shares]:
            yield number, mode


def thinned(points: Sequence[int], stride: int, start: int = 0) -> Sequence[int]:
    """Every ``stride``-th of ``points`` from the one at ``start`` on; nightly all of them."""
    return points if IS_NIGHTLY else points[start % min(stride, len(points) or 1) :: stride]
