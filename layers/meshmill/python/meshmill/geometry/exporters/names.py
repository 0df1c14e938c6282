"""Names that every reader of a format takes, each used once."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Text formats end a name at white space; file systems and shells stumble over the others.
_UNSAFE = re.compile(r"[^\w.+-]+")


def distinct_names(names: Sequence[str]) -> list[str]:
    """``names`` in letters, digits and ``_ . + -``, those that are alike told apart by a number."""
    given: list[str] = []
    for name in names:
        plain = _UNSAFE.sub("_", name).strip("._") or "unnamed"
        chosen, number = plain, 1
        while chosen.casefold() in (other.casefold() for other in given):
            number += 1
            chosen = f"{plain}_{number}"
        given.append(chosen)
    return given
