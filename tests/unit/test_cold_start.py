"""What a starting container does beside importing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATH = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "meshmill" / "python")])


@pytest.mark.parametrize("verb", ["api", "status"])
def test_a_start_never_goes_over_all_its_objects_in_search_of_garbage(verb: str) -> None:
    program = (
        f"import functions.{verb}.handler, gc;"
        " print([generation['collections'] for generation in gc.get_stats()])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": PATH},
        capture_output=True,
        text=True,
        check=True,
    )

    youngest, _, all_of_them = map(int, done.stdout.strip("[]\n").split(", "))
    assert youngest < 20
    assert all_of_them == 0
