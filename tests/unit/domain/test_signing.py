"""Signatures: exactly what was signed, by one of two keys, until it expires."""

from __future__ import annotations

import hmac
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from meshmill.domain.errors import InvalidSignature, LinkExpired
from meshmill.domain.signing import SigningKeys, sign_status_link, verify_status_link
from tests.unit.domain.strategies import replayed

KEYS = SigningKeys(b"the current key")
ROTATED = SigningKeys(b"a new key", previous=b"the current key")
ROTATED_TWICE = SigningKeys(b"a newer key", previous=b"a new key")
EXPIRES = 1_800_000_000
LINK = ("assets", "an-id", str(EXPIRES))


@replayed
@given(st.text(), st.lists(st.text()))
def test_what_was_signed_verifies(purpose: str, parts: list[str]) -> None:
    KEYS.verify(KEYS.sign(purpose, *parts), purpose, *parts)


@replayed
@given(st.lists(st.text()), st.lists(st.text()))
def test_other_parts_have_another_signature(one: list[str], other: list[str]) -> None:
    assume(one != other)
    with pytest.raises(InvalidSignature):
        KEYS.verify(KEYS.sign("p", *one), "p", *other)


def test_text_that_moves_between_parts_has_another_signature() -> None:
    assert KEYS.sign("p", "ab", "c") != KEYS.sign("p", "a", "bc")
    assert KEYS.sign("p", "a", "1:b") != KEYS.sign("p", "a1:b")


def test_a_signature_of_one_purpose_is_none_of_another() -> None:
    with pytest.raises(InvalidSignature):
        KEYS.verify(KEYS.sign("cursor", "a", "b"), "status", "a", "b")


@replayed
@given(st.integers(0, 42), st.characters())
def test_changing_any_character_of_a_signature_spoils_it(place: int, letter: str) -> None:
    signature = KEYS.sign("p", "part")
    assume(signature[place] != letter)
    # The last of 43 characters carries four bits, the rest of it must be zero as well.
    forged = signature[:place] + letter + signature[place + 1 :]
    with pytest.raises(InvalidSignature):
        KEYS.verify(forged, "p", "part")


@pytest.mark.parametrize(
    "change", [lambda s: s[:-1], lambda s: s + "=", lambda s: s + s, str.lower]
)
def test_a_signature_of_another_length_or_spelling_is_refused(change: Any) -> None:
    with pytest.raises(InvalidSignature):
        KEYS.verify(change(KEYS.sign("p", "part")), "p", "part")


@pytest.mark.parametrize("given_signature", ["", " ", "\ud800", "é" * 43, "\x00" * 43])
def test_a_signature_of_any_text_is_refused_and_is_no_error(given_signature: str) -> None:
    with pytest.raises(InvalidSignature):
        KEYS.verify(given_signature, "p", "part")


def test_the_previous_key_still_verifies_and_no_longer_signs() -> None:
    old = KEYS.sign("p", "part")
    ROTATED.verify(old, "p", "part")
    assert ROTATED.sign("p", "part") != old


def test_the_key_before_the_previous_one_is_forgotten() -> None:
    with pytest.raises(InvalidSignature):
        ROTATED_TWICE.verify(KEYS.sign("p", "part"), "p", "part")


def test_both_keys_are_compared_in_constant_time_whichever_matches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[bytes] = []

    def compare(one: Any, other: Any) -> bool:
        compared.append(other)
        return bool(one == other)

    signatures = ROTATED.sign("p", "part"), KEYS.sign("p", "part")
    monkeypatch.setattr(hmac, "compare_digest", compare)
    for signature in signatures:
        ROTATED.verify(signature, "p", "part")
    assert len(compared) == 4


def test_keys_are_not_shown_when_they_are_printed() -> None:
    assert "key" not in repr(ROTATED).replace("SigningKeys", "")


def test_a_status_link_opens_until_the_second_it_expires() -> None:
    signature = sign_status_link(KEYS, "assets", "an-id", EXPIRES)
    verify_status_link(KEYS, *LINK, signature, EXPIRES - 1)
    with pytest.raises(LinkExpired):
        verify_status_link(KEYS, *LINK, signature, EXPIRES)


@pytest.mark.parametrize(
    "link",
    [
        ("batches", "an-id", str(EXPIRES)),
        ("assets", "another-id", str(EXPIRES)),
        ("assets", "an-id", str(EXPIRES + 1)),
        ("assets", "an-id", f"0{EXPIRES}"),
        ("assets", "an-id", f" {EXPIRES}"),
        ("assets", "an-id", ""),
        ("assets", "an-id", "never"),
    ],
)
def test_a_status_link_with_anything_changed_is_refused(link: tuple[str, str, str]) -> None:
    signature = sign_status_link(KEYS, "assets", "an-id", EXPIRES)
    with pytest.raises(InvalidSignature):
        verify_status_link(KEYS, *link, signature, EXPIRES - 1)


def test_a_forged_link_is_not_told_that_it_has_expired() -> None:
    with pytest.raises(InvalidSignature):
        verify_status_link(KEYS, *LINK, "forged", EXPIRES + 1)
