"""Which tests a worker of pytest-xdist gets at a time, which come first, and which are traced.

A scheduler of our own, since ``--dist loadgroup`` no longer groups anything: xdist 3.8 marks a
group in an attribute that pytest 9.2 doesn't read (pytest-xdist issue 1386), and says nothing.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

#: Tests on the one stack that all of them share, the longest of all units.
SHARED = "tests/e2e"
#: Tests that start stacks of their own, or the small one that answers with what it was asked.
_OWN_STACKS = f"{SHARED}/test_local_"
#: Their fixtures are cheap and their tests long, so that each test may go to whoever is free.
_APART = ("tests/acceptance/", "tests/faults/")
#: Their tests share fixtures that take seconds: a synthesised stage each.
_TOGETHER = ("tests/infra/",)
#: Their lines are covered here before anywhere else, by tests that are quick although traced.
_TRACED = (
    "tests/contract/",
    "tests/openapi/",
    "tests/pipeline/",
    "tests/unit/domain/",
    "tests/unit/geometry/",
    "tests/unit/http/",
    "tests/unit/test_",
    "tests/unit/usecases/",
)
#: Of these, what makes assets by the dozen, on lines that each generator's own tests reach.
_REPEATING = tuple(
    f"tests/unit/geometry/test_{name}.py" for name in ("estimate", "golden", "validator")
)
#: From the longest on, so that no worker is left with one of them at the end.
_ORDER = (_OWN_STACKS, "tests/infra/", "tests/faults/", "tests/contract/", "tests/acceptance/")


class UnitScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Hands out units of :func:`unit_of`, in the order of :func:`rank_of`."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


def unit_of(nodeid: str) -> str:
    """What goes to one worker as a whole: users of one expensive thing, a file, or a test."""
    if nodeid.startswith(SHARED) and not nodeid.startswith(_OWN_STACKS):
        return SHARED
    if nodeid.startswith(_APART):
        return nodeid
    for folder in _TOGETHER:
        if nodeid.startswith(folder):
            return folder
    return nodeid.partition("::")[0]


def rank_of(nodeid: str) -> int:
    """The place of a test's unit in the queue: units of a lower rank are handed out first."""
    if unit_of(nodeid) == SHARED:
        return 0
    ranks = (rank for rank, start in enumerate(_ORDER, 1) if nodeid.startswith(start))
    return next(ranks, len(_ORDER) + 1)


def is_traced(nodeid: str) -> bool:
    """Whether coverage watches a test, which may double its time."""
    return nodeid.startswith(_TRACED) and not nodeid.startswith(_REPEATING)
