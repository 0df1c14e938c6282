"""What ``import meshmill_client`` costs, in modules: its users pay for it in every process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]
#: What nobody goes below who talks HTTP by httpx and checks answers by pydantic. With rich and
#: click installed httpx itself loads them, for a command of its own.
_FLOOR = """
from datetime import datetime
import httpx
from pydantic import BaseModel
class Model(BaseModel):
    at: datetime
"""
_TELL = "\nimport sys\nprint('\\n'.join(sys.modules))"
_MOST_OF_OURS, _MOST_OF_OTHERS = 32, 5


def loaded(program: str) -> set[str]:
    """Modules that a fresh interpreter has loaded at the end of a program."""
    done = subprocess.run(
        [sys.executable, "-c", program + _TELL],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT / "client")},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def is_ours(module: str) -> bool:
    return module.partition(".")[0] == "meshmill_client"


@pytest.fixture(scope="module")
def beyond_the_floor() -> set[str]:
    return loaded("import meshmill_client") - loaded(_FLOOR)


def test_the_client_brings_no_library_but_httpx_and_pydantic(beyond_the_floor: set[str]) -> None:
    packages = {name.partition(".")[0] for name in beyond_the_floor if not is_ours(name)}

    assert packages - sys.stdlib_module_names <= {"httpx", "httpcore", "pydantic"}


@pytest.mark.parametrize("heavy", ["asyncio", "anyio", "concurrent.futures", "multiprocessing"])
def test_who_only_blocks_loads_no_event_loop(beyond_the_floor: set[str], heavy: str) -> None:
    assert heavy not in beyond_the_floor


def test_profiles_are_loaded_by_those_alone_who_have_some(beyond_the_floor: set[str]) -> None:
    assert not any(name.startswith("meshmill_client.profiles") for name in beyond_the_floor)


def test_the_number_of_modules_is_bounded(beyond_the_floor: set[str]) -> None:
    ours = {name for name in beyond_the_floor if is_ours(name)}

    assert "meshmill_client" in ours
    assert len(ours) <= _MOST_OF_OURS
    assert len(beyond_the_floor - ours) <= _MOST_OF_OTHERS
