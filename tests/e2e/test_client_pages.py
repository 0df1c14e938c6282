"""Pages about the client and the command line: what they show is what happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshmill_local import LocalStack
from tests.support.screen import screen_of
from tests.support.walkthrough import as_a_checkout, missing, steps_of, walk

#: The README's blocks of sh build and serve, which is done here already.
_BLOCKS = {
    "quickstart.md": ("sh", "python"),
    "client.md": ("sh", "python"),
    "../README.md": ("console", "python"),
}


@pytest.mark.parametrize("page", _BLOCKS)
def test_the_page_s_blocks_do_what_it_shows(
    page: str, local_stack: LocalStack, tmp_path: Path
) -> None:
    folder = as_a_checkout(local_stack, tmp_path)

    printed = walk(page, local_stack, folder, blocks=_BLOCKS[page])

    assert missing(page, printed, _BLOCKS[page]) == []


@pytest.mark.parametrize("page", _BLOCKS)
def test_there_are_steps_and_many_of_them_show_what_they_print(page: str) -> None:
    shown = [bool(step.shown) for step in steps_of(page, _BLOCKS[page])]

    assert len(shown) > 5
    assert sum(shown) > len(shown) / 3


def test_a_screen_keeps_what_was_not_erased() -> None:
    printed = "ask\r\n one\r\n two\r\x1b[2K\x1b[1A\x1b[2K\x1b[?25hdone\r\nend\r\n"

    assert screen_of(printed) == "ask\ndone\nend\n"
