"""Data at rest, in motion and by accident."""

from __future__ import annotations

import json
from typing import Any

from infra.stage_parts import FUNCTIONS
from tests.infra.templates import Synthesised


def _policy_of(stage: Synthesised, kind: str, member: str, logical_id: str) -> list[dict[str, Any]]:
    """The statements of the resource policies that name a bucket or queue."""
    return [
        statement
        for policy in stage.resources(kind).values()
        if {"Ref": logical_id} in (policy["Properties"][member], *policy["Properties"][member])
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]


def _refuses_plain_http(statements: list[dict[str, Any]]) -> bool:
    return any(
        statement["Effect"] == "Deny"
        and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
        and statement["Principal"] == {"AWS": "*"}
        for statement in statements
    )


def test_buckets_are_closed_to_the_public(stage: Synthesised) -> None:
    for bucket in stage.resources("AWS::S3::Bucket").values():
        assert bucket["Properties"]["PublicAccessBlockConfiguration"] == {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        }
        assert bucket["Properties"]["OwnershipControls"]["Rules"] == [
            {"ObjectOwnership": "BucketOwnerEnforced"}
        ]


def test_buckets_and_queues_refuse_plain_http(stage: Synthesised) -> None:
    for bucket in stage.resources("AWS::S3::Bucket"):
        assert _refuses_plain_http(_policy_of(stage, "AWS::S3::BucketPolicy", "Bucket", bucket))
    for queue in stage.resources("AWS::SQS::Queue"):
        assert _refuses_plain_http(_policy_of(stage, "AWS::SQS::QueuePolicy", "Queues", queue))


def test_buckets_refuse_tls_before_1_2(stage: Synthesised) -> None:
    for bucket in stage.resources("AWS::S3::Bucket"):
        statements = _policy_of(stage, "AWS::S3::BucketPolicy", "Bucket", bucket)
        conditions = [statement.get("Condition") for statement in statements]
        assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in conditions


def test_everything_at_rest_is_encrypted(stage: Synthesised) -> None:
    for bucket in stage.resources("AWS::S3::Bucket").values():
        (rule,) = bucket["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    for table in stage.resources("AWS::DynamoDB::Table").values():
        assert table["Properties"]["SSESpecification"] == {"SSEEnabled": True}
    for queue in stage.resources("AWS::SQS::Queue").values():
        assert queue["Properties"]["SqsManagedSseEnabled"] is True


def test_uploads_keep_their_versions_and_artefacts_have_none(stage: Synthesised) -> None:
    versioned = {
        name[:9]: bucket["Properties"].get("VersioningConfiguration")
        for name, bucket in stage.resources("AWS::S3::Bucket").items()
    }
    assert len(versioned) == 2
    assert versioned["Artefacts"] is None
    assert [value for value in versioned.values() if value] == [{"Status": "Enabled"}]


def test_quarantine_exports_and_parts_are_forgotten_and_artefacts_never(stage: Synthesised) -> None:
    (artefacts,) = (
        bucket["Properties"]["LifecycleConfiguration"]["Rules"]
        for name, bucket in stage.resources("AWS::S3::Bucket").items()
        if name.startswith("Artefacts")
    )
    expiring = [rule for rule in artefacts if "ExpirationInDays" in rule]
    assert [(rule["Prefix"], rule["ExpirationInDays"]) for rule in expiring] == [
        ("quarantine/", 90),
        ("exports/", 7),
        ("parts/", 15),
    ]


def test_uploads_are_forgotten_with_all_their_versions_and_what_marks_them_deleted(
    stage: Synthesised,
) -> None:
    (uploads,) = (
        bucket["Properties"]["LifecycleConfiguration"]["Rules"]
        for name, bucket in stage.resources("AWS::S3::Bucket").items()
        if name.startswith("Uploads")
    )
    below = {rule["Id"]: rule for rule in uploads if rule.get("Prefix") == "uploads/"}
    assert below["uploads"]["ExpirationInDays"] == 30
    assert below["uploads"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert below["delete-markers"]["ExpiredObjectDeleteMarker"] is True


def test_uploads_that_were_never_finished_are_dropped(stage: Synthesised) -> None:
    for bucket in stage.resources("AWS::S3::Bucket").values():
        rules = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
        aborting = [rule for rule in rules if "AbortIncompleteMultipartUpload" in rule]
        assert [rule.get("Prefix") for rule in aborting] == [None]


def test_tables_are_on_demand_and_restorable(stage: Synthesised) -> None:
    tables = stage.resources("AWS::DynamoDB::Table").values()
    assert len(tables) == 6
    for table in tables:
        assert table["Properties"]["BillingMode"] == "PAY_PER_REQUEST"
        assert table["Properties"]["PointInTimeRecoverySpecification"] == {
            "PointInTimeRecoveryEnabled": True
        }


def test_production_survives_the_deletion_of_its_stacks(production: Synthesised) -> None:
    for kind in ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"):
        for name, resource in production.resources(kind).items():
            assert resource["DeletionPolicy"] == "Retain", name
            assert resource["UpdateReplacePolicy"] == "Retain", name
    for table in production.resources("AWS::DynamoDB::Table").values():
        assert table["Properties"]["DeletionProtectionEnabled"] is True


def test_only_production_is_protected_from_its_own_deletion(stage: Synthesised) -> None:
    protected = {stack.get("terminationProtection", False) for stack in stage.stacks.values()}
    assert protected == {stage.stage == "production"}


def test_the_signing_key_is_generated_and_has_no_predecessor(stage: Synthesised) -> None:
    (secret,) = stage.resources("AWS::SecretsManager::Secret").values()
    generator = secret["Properties"]["GenerateSecretString"]
    assert json.loads(generator["SecretStringTemplate"]) == {"previous": ""}
    assert generator["GenerateStringKey"] == "current"
    assert generator["PasswordLength"] >= 32
    assert "SecretString" not in secret["Properties"]


def test_every_log_group_forgets(stage: Synthesised) -> None:
    groups = stage.resources("AWS::Logs::LogGroup").values()
    assert len(groups) == len(FUNCTIONS) + 1
    for group in groups:
        assert group["Properties"]["RetentionInDays"] in {1, 14, 90}
