"""Keys and indexes, which the adapters' expressions are written for."""

from __future__ import annotations

from typing import Any

from tests.infra.templates import Synthesised


def _table(stage: Synthesised, name: str) -> dict[str, Any]:
    (properties,) = (
        table["Properties"]
        for logical_id, table in stage.resources("AWS::DynamoDB::Table").items()
        if logical_id[: -len("XXXXXXXX")] == name
    )
    return dict(properties)


def _keys(schema: list[dict[str, str]], table: dict[str, Any]) -> list[str]:
    """Attribute and type of each key, the partition's first."""
    types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
    assert [each["KeyType"] for each in schema] == ["HASH", "RANGE"][: len(schema)]
    return [f"{each['AttributeName']} {types[each['AttributeName']]}" for each in schema]


def test_assets_are_found_by_id_by_user_and_by_due_date(stage: Synthesised) -> None:
    table = _table(stage, "Assets")
    assert _keys(table["KeySchema"], table) == ["asset_id S"]
    assert {
        index["IndexName"]: _keys(index["KeySchema"], table)
        for index in table["GlobalSecondaryIndexes"]
    } == {"by_user": ["user_shard S", "position S"], "by_due": ["due_shard N", "due_at N"]}


def test_assets_alone_tell_of_their_changes_with_what_was_before(stage: Synthesised) -> None:
    told = {
        logical_id[: -len("XXXXXXXX")]: table["Properties"]["StreamSpecification"]
        for logical_id, table in stage.resources("AWS::DynamoDB::Table").items()
        if "StreamSpecification" in table["Properties"]
    }
    assert told == {"Assets": {"StreamViewType": "NEW_AND_OLD_IMAGES"}}


def test_headers_of_batches_are_found_by_user_and_by_due_date(stage: Synthesised) -> None:
    table = _table(stage, "Batches")
    assert _keys(table["KeySchema"], table) == ["batch_id S", "item S"]
    assert {
        index["IndexName"]: _keys(index["KeySchema"], table)
        for index in table["GlobalSecondaryIndexes"]
    } == {"by_user": ["user_id S", "position S"], "by_due": ["due_shard N", "due_at N"]}


def test_indexes_hold_keys_alone(stage: Synthesised) -> None:
    for name in ("Assets", "Batches"):
        for index in _table(stage, name)["GlobalSecondaryIndexes"]:
            assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_the_other_tables_have_the_keys_of_their_entity(stage: Synthesised) -> None:
    keys = {}
    for name in ("RateLimits", "ApiKeys", "Audit", "AccountJobs"):
        table = _table(stage, name)
        keys[name] = _keys(table["KeySchema"], table)
        assert ("GlobalSecondaryIndexes" in table) == (name == "AccountJobs")
    assert keys == {
        "RateLimits": ["bucket S"],
        "ApiKeys": ["key_id S"],
        "Audit": ["subject S", "at_id S"],
        "AccountJobs": ["user_id S", "kind S"],
    }


def test_account_jobs_are_found_by_due_date_within_their_kind(stage: Synthesised) -> None:
    table = _table(stage, "AccountJobs")
    (index,) = table["GlobalSecondaryIndexes"]
    assert (index["IndexName"], _keys(index["KeySchema"], table)) == (
        "by_due",
        ["kind S", "due_at N"],
    )
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_buckets_of_the_rate_limiter_audit_entries_and_account_jobs_expire_and_nothing_else(
    stage: Synthesised,
) -> None:
    expiring = {
        name: _table(stage, name).get("TimeToLiveSpecification")
        for name in ("Assets", "Batches", "RateLimits", "ApiKeys", "Audit", "AccountJobs")
    }
    by_expires_at = {"AttributeName": "expires_at", "Enabled": True}
    assert expiring == {
        "Assets": None,
        "Batches": None,
        "RateLimits": by_expires_at,
        "ApiKeys": None,
        "Audit": by_expires_at,
        "AccountJobs": by_expires_at,
    }
