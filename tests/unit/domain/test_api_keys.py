from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshmill.domain.api_keys import ApiKey, KeyCredential
from tests.fakes.clock import START_MS, CountingEntropy


def kept(credential: KeyCredential, expires_at: int | None = None) -> ApiKey:
    return ApiKey(
        key_id=credential.key_id,
        secret_sha256=credential.secret_sha256,
        user_id="u" + "a" * 32,
        permissions=frozenset({"assets:read"}),
        name="ci",
        created_at=START_MS,
        expires_at=expires_at,
    )


def test_a_generated_key_reads_as_the_contract_says() -> None:
    credential = KeyCredential.generate(CountingEntropy())
    assert str(credential) == f"mm_aaaaaaaaaaaaaaab_{'A' * 41}AI"


@given(st.binary(min_size=10, max_size=10), st.binary(min_size=32, max_size=32))
def test_what_is_generated_is_parsed_again(first: bytes, second: bytes) -> None:
    parts = iter((first, second))
    credential = KeyCredential.generate(lambda _: next(parts))
    assert KeyCredential.parse(str(credential)) == credential


@pytest.mark.parametrize("change", ["", "mm_", "\n", "x", " "])
def test_anything_else_is_no_key(change: str) -> None:
    credential = str(KeyCredential.generate(os.urandom))
    assert KeyCredential.parse(credential + change) is None or not change
    assert KeyCredential.parse(credential[:-1]) is None


def test_a_key_opens_to_its_own_secret_alone() -> None:
    credential = KeyCredential.generate(os.urandom)
    stranger = KeyCredential(credential.key_id, KeyCredential.generate(os.urandom).secret)
    assert kept(credential).opens_to(credential, START_MS)
    assert not kept(credential).opens_to(stranger, START_MS)


def test_an_expired_key_opens_no_more() -> None:
    credential = KeyCredential.generate(os.urandom)
    key = kept(credential, expires_at=START_MS + 1)
    assert key.opens_to(credential, START_MS)
    assert not key.opens_to(credential, START_MS + 1)


def test_neither_secret_nor_hash_are_in_what_is_printed_of_them() -> None:
    credential = KeyCredential.generate(os.urandom)
    assert credential.secret not in repr(credential)
    assert credential.secret_sha256 not in repr(kept(credential))
