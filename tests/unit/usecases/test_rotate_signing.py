"""Rotation of the signing key, on the fakes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from meshmill.domain.attribution import Attribution
from meshmill.domain.audit import AuditEntry
from meshmill.domain.errors import DependencyUnavailable, InvalidState
from meshmill.domain.signing import KEYS_FRESH_MS, KeySuccession
from meshmill.usecases.rotate_signing import RotateSigning, StillOverlapping
from tests.fakes.clock import START_MS, CountingEntropy, FakeClock
from tests.fakes.credentials import InMemorySigningVault

OPERATOR = Attribution("operator:test", "request-1")
LINK_MS = 86_400_000
OVERLAP_MS = LINK_MS + KEYS_FRESH_MS


class Recorded:
    """The audit trail's writing side."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        self.fails = False

    def record(self, entries: Sequence[AuditEntry]) -> None:
        if self.fails:
            raise DependencyUnavailable("no answer")
        self.entries += entries

    def of(self, subject: str, after: str | None, limit: int) -> list[AuditEntry]:
        raise NotImplementedError

    def latest(self, subject: str, before: str | None, limit: int) -> list[AuditEntry]:
        raise NotImplementedError


@pytest.fixture
def vault() -> InMemorySigningVault:
    return InMemorySigningVault(KeySuccession(current="first"))


@pytest.fixture
def audit() -> Recorded:
    return Recorded()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def rotate(vault: InMemorySigningVault, audit: Recorded, clock: FakeClock) -> RotateSigning:
    return RotateSigning(
        vault=vault,
        audit=audit,
        clock=clock,
        entropy=CountingEntropy(),
        longest_link_ms=LINK_MS,
    )


def test_a_new_key_of_64_characters_signs_and_the_old_one_passes(
    rotate: RotateSigning, vault: InMemorySigningVault
) -> None:
    signature = vault.read().keys.at(START_MS).sign("status", "it")

    keys = rotate(OPERATOR)

    assert vault.read().keys == keys
    assert len(keys.current) == 64
    assert keys.previous == "first"
    keys.at(START_MS).verify(signature, "status", "it")


def test_the_old_key_passes_for_as_long_as_a_link_that_it_may_yet_sign(
    rotate: RotateSigning,
) -> None:
    assert rotate(OPERATOR).previous_until == START_MS + OVERLAP_MS


def test_a_second_rotation_is_refused_until_the_overlap_has_ended(
    rotate: RotateSigning, vault: InMemorySigningVault, audit: Recorded, clock: FakeClock
) -> None:
    first = rotate(OPERATOR)
    clock.advance(OVERLAP_MS - 1)

    with pytest.raises(StillOverlapping) as caught:
        rotate(OPERATOR)
    assert caught.value.until == START_MS + OVERLAP_MS
    assert vault.read().keys == first
    assert len(audit.entries) == 1

    clock.advance(1)
    assert rotate(OPERATOR).previous == first.current


def test_an_overlap_of_unknown_end_is_one_too(rotate: RotateSigning, clock: FakeClock) -> None:
    by_hand = InMemorySigningVault(KeySuccession(current="second", previous="first"))
    rotate = RotateSigning(
        vault=by_hand,
        audit=rotate.audit,
        clock=clock,
        entropy=rotate.entropy,
        longest_link_ms=LINK_MS,
    )
    with pytest.raises(StillOverlapping) as caught:
        rotate(OPERATOR)
    assert caught.value.until is None


def test_who_insists_ends_the_overlap(rotate: RotateSigning) -> None:
    first = rotate(OPERATOR)
    second = rotate.regardless(OPERATOR)
    assert (second.previous, second.current != first.current) == (first.current, True)


def test_a_rotation_is_recorded_for_the_stage_and_names_no_key(
    rotate: RotateSigning, audit: Recorded
) -> None:
    keys = rotate(OPERATOR)

    (entry,) = audit.entries
    assert (entry.subject, entry.action) == ("stage", "signing_key.rotated")
    assert (entry.actor, entry.request_id) == ("operator:test", "request-1")
    assert entry.details == {"previous_until": keys.previous_until}
    assert keys.current not in str(entry)
    assert "first" not in str(entry)


def test_a_rotation_that_cannot_be_recorded_does_not_happen(
    rotate: RotateSigning, vault: InMemorySigningVault, audit: Recorded
) -> None:
    audit.fails = True

    with pytest.raises(DependencyUnavailable):
        rotate(OPERATOR)

    assert vault.read().keys == KeySuccession(current="first")


def test_somebody_elses_rotation_in_between_stands(
    rotate: RotateSigning, vault: InMemorySigningVault, audit: Recorded
) -> None:
    seen = vault.read()
    theirs = seen.keys.followed_by("theirs", START_MS, 1)
    record = audit.record

    def meanwhile(entries: Sequence[AuditEntry]) -> None:
        record(entries)
        vault.replace(seen, theirs)

    audit.record = meanwhile  # type: ignore[method-assign]

    with pytest.raises(InvalidState):
        rotate(OPERATOR)

    assert vault.read().keys == theirs
