from __future__ import annotations

import pytest

from meshmill.domain.errors import InvalidSignature
from meshmill.domain.signing import KeySuccession, SigningKeys
from tests.fakes.clock import START_MS

HOUR = 3_600_000


def test_a_key_that_was_never_rotated_stands_alone() -> None:
    keys = KeySuccession(current="first")
    assert keys.at(START_MS) == SigningKeys(b"first")
    assert not keys.is_overlapping(START_MS)


def test_the_old_key_passes_during_the_overlap_and_then_does_not() -> None:
    first = KeySuccession(current="first")
    signature = first.at(START_MS).sign("status", "it")
    second = first.followed_by("second", START_MS, HOUR)

    assert (second.rotated_at, second.previous_until) == (START_MS, START_MS + HOUR)
    second.at(START_MS + HOUR - 1).verify(signature, "status", "it")
    with pytest.raises(InvalidSignature):
        second.at(START_MS + HOUR).verify(signature, "status", "it")


def test_the_new_key_signs_at_once() -> None:
    second = KeySuccession(current="first").followed_by("second", START_MS, HOUR)
    assert second.at(START_MS).current == b"second"


def test_an_old_key_without_a_time_passes_for_as_long_as_it_stands_there() -> None:
    keys = KeySuccession(current="second", previous="first")
    assert keys.is_overlapping(START_MS + 1_000 * HOUR)


def test_no_key_is_in_what_is_printed() -> None:
    assert "first" not in repr(KeySuccession(current="first", previous="first"))
