"""Who runs what: see :mod:`tests.support.distribution`."""

from __future__ import annotations

import pytest

from tests.support.distribution import SHARED, is_traced, rank_of, unit_of


@pytest.mark.parametrize(
    "nodeid", ["tests/e2e/test_pipeline.py::test_a", "tests/e2e/test_demo.py::TestB::test_b[x::y]"]
)
def test_users_of_the_shared_stack_are_one_unit_and_begin(nodeid: str) -> None:
    assert (unit_of(nodeid), rank_of(nodeid)) == (SHARED, 0)


def test_whoever_starts_a_stack_of_its_own_is_another_unit() -> None:
    assert unit_of("tests/e2e/test_local_x.py::TestC::test_c") == "tests/e2e/test_local_x.py"


def test_tests_of_the_stages_are_one_unit_so_that_each_is_synthesised_once() -> None:
    assert unit_of("tests/infra/test_f.py::test_f") == unit_of("tests/infra/test_g.py::test_g[1]")


def test_files_stay_whole_except_where_each_test_is_long() -> None:
    assert unit_of("tests/unit/test_d.py::test_d[1]") == "tests/unit/test_d.py"
    assert unit_of("tests/faults/test_e.py::test_e[1]") == "tests/faults/test_e.py::test_e[1]"


def test_what_takes_long_is_handed_out_before_what_does_not() -> None:
    files = ("faults/test_a.py", "contract/test_b.py", "acceptance/test_c.py", "unit/test_d.py")
    ranks = [rank_of(f"tests/{file}::test") for file in files]
    assert ranks == sorted(set(ranks))


@pytest.mark.parametrize("folder", ["unit/domain", "unit/geometry", "contract", "pipeline"])
def test_what_reaches_lines_that_nothing_else_does_is_traced(folder: str) -> None:
    assert is_traced(f"tests/{folder}/test_a.py::test_a")


@pytest.mark.parametrize("folder", ["e2e", "faults", "security", "unit/client", "unit/cli"])
def test_what_repeats_on_others_lines_or_runs_none_of_ours_is_not(folder: str) -> None:
    assert not is_traced(f"tests/{folder}/test_a.py::test_a")


def test_assets_made_by_the_dozen_are_not() -> None:
    assert not is_traced("tests/unit/geometry/test_estimate.py::test_a[1]")
