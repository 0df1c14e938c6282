"""Whatever happens in whatever order, nobody is told anything wrong, and everything ends.

``MESHMILL_NIGHTLY=1`` searches deeper, and ``MESHMILL_SEED`` elsewhere. The seed is printed.
``MESHMILL_SHRINK=0`` tells of a failure as it was found, which spares the minutes of making it
small.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.depth import IS_NIGHTLY
from tests.faults.machine import Pipeline
from tests.faults.platform import Platform, platform
from tests.faults.shards import one_shard_each

_SEED = int(os.environ.get("MESHMILL_SEED", "16"))
_EXAMPLES, _STEPS = (500, 60) if IS_NIGHTLY else (28, 30)
_SHRINKS = os.environ.get("MESHMILL_SHRINK") != "0"
_PHASES = (Phase.generate, Phase.shrink) if _SHRINKS else (Phase.generate,)
_DEPTH = settings(
    max_examples=_EXAMPLES,
    stateful_step_count=_STEPS,
    deadline=None,
    database=None,
    phases=_PHASES,
    report_multiple_bugs=False,
    # A whole pipeline is slow to step, and takes many choices a step.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    one_shard_each(monkeypatch)
    with platform(tmp_path) as running:
        yield running


# A failure is shrunk, which takes minutes.
@pytest.mark.timeout(1_800)
def test_any_course_of_events_ends_well_and_is_told_truly(stage: Platform) -> None:
    tally: Counter[str] = Counter()

    @seed(_SEED)
    class Seeded(Pipeline):
        def __init__(self) -> None:
            super().__init__(stage, tally)

    run_state_machine_as_test(Seeded, settings=_DEPTH)
    print(f"seed {_SEED}: {dict(sorted(tally.items()))}")
