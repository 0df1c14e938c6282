"""Who and what: one id for one request of one user."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from meshmill.domain import identity
from meshmill.domain.request import validate_request
from meshmill.geometry.registry import GENERATORS
from meshmill.geometry.spec import AssetSpec
from tests.unit.domain.strategies import (
    FLOAT_OPTIONS,
    companions,
    replayed,
    reversed_members,
    specs,
)

SEED_EXAMPLE = {"format": "gltf", "parameters": {"quality": "high", "texture_size": 2048}}
TEN_BYTES = st.binary(min_size=10, max_size=10)


def spec_id(members: dict[str, Any]) -> str:
    return validate_request(members).spec.spec_id


@replayed
@given(specs)
def test_the_order_of_members_does_not_matter(members: dict[str, Any]) -> None:
    assert spec_id(reversed_members(members)) == spec_id(members)


@replayed
@given(specs)
def test_a_default_that_is_written_out_does_not_matter(members: dict[str, Any]) -> None:
    spelled_out = validate_request(members).spec.canonical()
    assert spec_id(spelled_out) == spec_id(members)


@replayed
@given(specs)
def test_the_canonical_form_is_a_fixed_point(members: dict[str, Any]) -> None:
    canonical = validate_request(members).spec.canonical_bytes()
    again = AssetSpec.model_validate(json.loads(canonical))
    assert again.canonical_bytes() == canonical


@replayed
@given(specs, companions)
def test_priority_labels_and_custom_id_are_not_part_of_the_identity(
    members: dict[str, Any], further: dict[str, Any]
) -> None:
    assert spec_id(members | further) == spec_id(members)


@replayed
@given(specs, specs)
def test_two_requests_share_an_id_exactly_when_they_mean_the_same(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    same = validate_request(one).spec.canonical() == validate_request(other).spec.canonical()
    assert (spec_id(one) == spec_id(other)) is same


@replayed
@given(specs)
def test_another_seed_is_another_asset(members: dict[str, Any]) -> None:
    seed = members["parameters"].get("seed", 0)
    other = members | {"parameters": members["parameters"] | {"seed": seed ^ 1}}
    assert spec_id(other) != spec_id(members)


@pytest.mark.parametrize("option", FLOAT_OPTIONS)
def test_a_whole_number_and_the_same_float_are_one_value(option: str) -> None:
    def rock(value: float) -> dict[str, Any]:
        return {"format": "gltf", "parameters": {"generator": "rock", "options": {option: value}}}

    assert spec_id(rock(1)) == spec_id(rock(1.0))


def test_minus_zero_is_zero() -> None:
    def rock(moss: float) -> dict[str, Any]:
        return {"format": "gltf", "parameters": {"generator": "rock", "options": {"moss": moss}}}

    assert spec_id(rock(-0.0)) == spec_id(rock(0))


def test_canonical_json_has_sorted_members_and_no_white_space() -> None:
    text = validate_request(SEED_EXAMPLE).spec.canonical_bytes().decode()
    members = json.loads(text)
    assert text == json.dumps(members, sort_keys=True, separators=(",", ":"))
    assert members["parameters"]["generator"] == "terrain"
    assert members["parameters"]["options"] == GENERATORS["terrain"].options().model_dump()


def test_the_id_of_the_contracts_example_never_changes_between_runs() -> None:
    first = identity.asset_id("u" + "a" * 32, spec_id(SEED_EXAMPLE))
    assert first == identity.asset_id("u" + "a" * 32, spec_id(SEED_EXAMPLE))
    assert uuid.UUID(first).version == 5


@replayed
@given(st.text(), st.text(), specs)
def test_two_users_never_share_an_asset(one: str, other: str, members: dict[str, Any]) -> None:
    assume(one != other)
    spec = spec_id(members)
    ids = {identity.asset_id(identity.user_id("issuer", name), spec) for name in (one, other)}
    assert len(ids) == 2


@replayed
@given(st.text(min_size=1), st.text(min_size=1), st.text())
def test_moving_text_between_issuer_and_subject_makes_another_user(
    issuer: str, moved: str, subject: str
) -> None:
    assume(issuer + moved + subject)
    assert identity.user_id(issuer + moved, subject) != identity.user_id(issuer, moved + subject)


@replayed
@given(st.text(), st.text())
def test_a_user_id_is_safe_in_any_key(issuer: str, subject: str) -> None:
    assert re.fullmatch(r"u[a-z2-7]{32}", identity.user_id(issuer, subject))


@replayed
@given(st.integers(0, 2**48 - 2), TEN_BYTES, TEN_BYTES)
def test_runs_sort_by_time_whatever_their_randomness(
    now: int, earlier: bytes, later: bytes
) -> None:
    assert identity.ulid(now, earlier) < identity.ulid(now + 1, later)


@replayed
@given(st.integers(0, 2**48 - 1), TEN_BYTES)
def test_a_run_is_26_characters_without_look_alikes(now: int, randomness: bytes) -> None:
    assert re.fullmatch(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", identity.ulid(now, randomness))


def test_a_run_spells_time_and_randomness_as_the_ulid_specification_does() -> None:
    assert identity.ulid(1_469_918_176_385, bytes(10)) == "01ARYZ6S410000000000000000"
    assert identity.ulid(2**48 - 1, b"\xff" * 10) == "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"


@pytest.mark.parametrize("size", [0, 9, 11])
def test_a_run_takes_exactly_ten_random_bytes(size: int) -> None:
    with pytest.raises(ValueError, match="10 random bytes"):
        identity.ulid(0, bytes(size))


@replayed
@given(st.text(), st.integers(1, 64))
def test_a_shard_is_stable_and_within_its_range(identifier: str, shards: int) -> None:
    first = identity.shard(identifier, shards)
    assert 0 <= first < shards
    assert identity.shard(identifier, shards) == first


def test_shards_share_the_load() -> None:
    used = {identity.shard(str(uuid.UUID(int=number)), 16) for number in range(500)}
    assert used == set(range(16))
