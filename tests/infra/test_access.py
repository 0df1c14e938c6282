"""What each role may do: exactly this, on exactly that."""

from __future__ import annotations

from typing import Any

import pytest

from infra.stage_parts import FUNCTIONS
from tests.infra.templates import BOUNDARY, Synthesised, listed

POLLED = ("DeleteMessage", "GetQueueAttributes", "ReceiveMessage")
"""What Lambda's poller does with the function's role."""

LANES = ("BulkQueue", "ExpressQueue", "StandardQueue")
BATCH_DEAD_LETTERS = ("BatchDeadLetters", "UploadEventsDeadLetters")
DEAD_LETTERS = (
    "BulkDeadLetters",
    "ExpressDeadLetters",
    "StandardDeadLetters",
    *BATCH_DEAD_LETTERS,
)

SCHEDULED = ("reconcile", "account")
"""What starts every so many minutes."""

GRANTS: dict[str, set[tuple[str, str]]] = {
    "api": {
        ("dynamodb:UpdateItem", "RateLimits"),
        ("dynamodb:BatchGetItem", "Assets"),
        ("dynamodb:DeleteItem", "Assets"),
        ("dynamodb:GetItem", "Assets"),
        ("dynamodb:PutItem", "Assets"),
        ("dynamodb:UpdateItem", "Assets"),
        ("dynamodb:Query", "Assets/index/by_user"),
        ("dynamodb:BatchWriteItem", "Audit"),
        ("dynamodb:PutItem", "Audit"),
        ("dynamodb:GetItem", "ApiKeys"),
        ("dynamodb:GetItem", "AccountJobs"),
        ("dynamodb:PutItem", "AccountJobs"),
        *(
            (f"dynamodb:{action}", "Batches")
            for action in (
                "BatchGetItem",
                "ConditionCheckItem",
                "DeleteItem",
                "GetItem",
                "PutItem",
                "Query",
                "UpdateItem",
            )
        ),
        ("dynamodb:Query", "Batches/index/by_user"),
        ("secretsmanager:GetSecretValue", "SigningSecret"),
        ("s3:GetObject", "Artefacts/artefacts/*"),
        ("s3:GetObject", "Artefacts/batches/*"),
        ("s3:GetObject", "Artefacts/exports/*"),
        ("s3:PutObject", "Uploads/uploads/*/.batches/*"),
        *(("sqs:SendMessage", queue) for queue in (*LANES, "BatchQueue")),
    },
    "status": {
        ("dynamodb:Query", "Batches"),
        ("s3:GetObject", "Artefacts/batches/*"),
        ("dynamodb:GetItem", "Assets"),
        ("secretsmanager:GetSecretValue", "SigningSecret"),
        ("s3:GetObject", "Artefacts/artefacts/*"),
        ("s3:GetObject", "Artefacts/exports/*"),
        ("dynamodb:GetItem", "AccountJobs"),
    },
    "generate": {
        ("dynamodb:UpdateItem", "Assets"),
        ("dynamodb:PutItem", "Batches"),
        ("dynamodb:UpdateItem", "Batches"),
        ("s3:GetObject", "Artefacts/artefacts/*"),
        ("s3:PutObject", "Artefacts/artefacts/*"),
        ("s3:ListBucket", "Artefacts"),
        *(
            (f"sqs:{action}", lane)
            for lane in LANES
            for action in ("ChangeMessageVisibility", *POLLED)
        ),
    },
    "split_manifest": {
        *(
            (f"sqs:{action}", "UploadEventsQueue")
            for action in ("ChangeMessageVisibility", *POLLED)
        ),
        ("sqs:SendMessage", "BatchQueue"),
        *((f"dynamodb:{action}", "Batches") for action in ("GetItem", "PutItem", "UpdateItem")),
        ("dynamodb:PutItem", "Audit"),
        ("dynamodb:UpdateItem", "RateLimits"),
        ("s3:GetObjectVersion", "Uploads/uploads/*"),
        ("s3:DeleteObjectVersion", "Uploads/uploads/*/.batches/*"),
        ("s3:ListBucket", "Uploads"),
        ("s3:ListBucketVersions", "Uploads"),
    },
    "ingest_manifest": {
        *(
            (f"sqs:{action}", "BatchQueue")
            for action in ("ChangeMessageVisibility", "SendMessage", *POLLED)
        ),
        *(("sqs:SendMessage", lane) for lane in LANES),
        *((f"dynamodb:{action}", "Assets") for action in ("BatchGetItem", "PutItem", "UpdateItem")),
        *(
            (f"dynamodb:{action}", "Batches")
            for action in (
                "ConditionCheckItem",
                "DeleteItem",
                "GetItem",
                "PutItem",
                "Query",
                "UpdateItem",
            )
        ),
        ("dynamodb:UpdateItem", "RateLimits"),
        ("s3:GetObjectVersion", "Uploads/uploads/*"),
        ("s3:ListBucket", "Uploads"),
        ("s3:GetObject", "Artefacts/parts/*"),
        ("s3:PutObject", "Artefacts/parts/*"),
        *(
            (f"s3:{action}", "Artefacts/batches/*")
            for action in ("AbortMultipartUpload", "GetObject", "PutObject")
        ),
        ("s3:ListBucket", "Artefacts"),
    },
    "dead_letter": {
        *((f"dynamodb:{action}", "Batches") for action in ("GetItem", "PutItem", "UpdateItem")),
        ("dynamodb:GetItem", "Assets"),
        ("dynamodb:UpdateItem", "Assets"),
        ("s3:PutObject", "Artefacts/quarantine/*"),
        *((f"sqs:{action}", queue) for queue in DEAD_LETTERS for action in POLLED),
    },
    "reconcile": {
        ("dynamodb:GetItem", "Assets"),
        ("dynamodb:UpdateItem", "Assets"),
        ("dynamodb:Query", "Assets/index/by_due"),
        *(
            (f"dynamodb:{action}", "Batches")
            for action in ("GetItem", "PutItem", "Query", "UpdateItem")
        ),
        ("dynamodb:Query", "Batches/index/by_due"),
        ("s3:ListBucketVersions", "Uploads"),
        *(("sqs:SendMessage", queue) for queue in ("BatchQueue", "UploadEventsQueue")),
        ("cloudwatch:GetMetricStatistics", "*"),
        *(
            (f"sqs:{action}", lane)
            for lane in LANES
            for action in ("GetQueueAttributes", "SendMessage")
        ),
    },
    "audit": {
        *(
            (f"dynamodb:{action}", "Assets/stream")
            for action in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
        ),
        ("dynamodb:BatchWriteItem", "Audit"),
        ("s3:PutObject", "Artefacts/quarantine/*"),
    },
    "account": {
        ("dynamodb:Query", "AccountJobs/index/by_due"),
        *(
            (f"dynamodb:{action}", "AccountJobs")
            for action in ("DeleteItem", "GetItem", "UpdateItem")
        ),
        ("dynamodb:Query", "Assets/index/by_user"),
        ("dynamodb:BatchGetItem", "Assets"),
        ("dynamodb:DeleteItem", "Assets"),
        ("dynamodb:Query", "Batches/index/by_user"),
        *(
            (f"dynamodb:{action}", "Batches")
            for action in ("BatchGetItem", "BatchWriteItem", "GetItem", "Query", "UpdateItem")
        ),
        *(
            (f"s3:{action}", f"Artefacts/{prefix}/*")
            for prefix in ("batches", "parts")
            for action in ("DeleteObject", "DeleteObjectVersion")
        ),
        ("dynamodb:DeleteItem", "ApiKeys"),
        ("dynamodb:Scan", "ApiKeys"),
        ("dynamodb:UpdateItem", "RateLimits"),
        *((f"dynamodb:{action}", "Audit") for action in ("BatchWriteItem", "PutItem", "Query")),
        *(
            (f"s3:{action}", "Artefacts/exports/*")
            for action in (
                "AbortMultipartUpload",
                "DeleteObject",
                "DeleteObjectVersion",
                "GetObject",
                "PutObject",
            )
        ),
        ("s3:ListBucket", "Artefacts"),
        ("s3:ListBucketVersions", "Artefacts"),
        ("s3:ListBucketVersions", "Uploads"),
        ("s3:DeleteObjectVersion", "Uploads/uploads/*"),
    },
}
"""By function: action, and the name of what it is on."""


def _platform(verb: str) -> set[tuple[str, str]]:
    """What every function has: its own log group, and X-Ray, which knows no resources."""
    logs = "".join(word.capitalize() for word in verb.split("_")) + "Logs"
    return {
        ("logs:CreateLogStream", logs),
        ("logs:PutLogEvents", logs),
        ("xray:PutTelemetryRecords", "*"),
        ("xray:PutTraceSegments", "*"),
    }


def _name(resource: Any) -> str:
    """A resource's construct, without the hash of its logical id: ``Assets/index/by_user``."""
    match resource:
        case "*":
            return "*"
        case {"Fn::GetAtt": [logical_id, "Arn"]}:
            return str(logical_id)[: -len("XXXXXXXX")].removeprefix("Lanes")
        case {"Fn::ImportValue": export}:
            name = str(export).rpartition(":ExportsOutput")[2]
            name = name.removeprefix("FnGetAtt").removeprefix("Ref")
            without_export_hash = name[: -len("XXXXXXXX")].removesuffix("Arn")
            table = without_export_hash.removesuffix("Stream")
            suffix = "/stream" if table != without_export_hash else ""
            return table[: -len("XXXXXXXX")] + suffix
        case {"Fn::Join": ["", [beginning, suffix]]}:
            return _name(beginning) + str(suffix)
        case _:
            raise AssertionError(f"a resource of a kind that no grant should have: {resource}")


@pytest.mark.parametrize("verb", FUNCTIONS)
def test_a_function_may_do_exactly_what_its_use_case_does(verb: str, stage: Synthesised) -> None:
    granted = {
        (action, _name(resource))
        for statement in stage.statements(verb)
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }
    assert granted == GRANTS[verb] | _platform(verb)


def test_listing_is_confined_to_prefixes(stage: Synthesised) -> None:
    confined = {
        (action, statement["Condition"]["StringLike"]["s3:prefix"])
        for verb in FUNCTIONS
        for statement in stage.statements(verb)
        if "Condition" in statement
        for action in listed(statement["Action"])
    }
    assert confined == {
        ("s3:ListBucket", "artefacts/*"),
        ("s3:ListBucket", "exports/*"),
        ("s3:ListBucket", "uploads/*"),
        ("s3:ListBucket", "batches/*"),
        *(
            ("s3:ListBucketVersions", f"{prefix}/*")
            for prefix in ("exports", "batches", "parts", "uploads")
        ),
    }


def test_no_action_is_a_pattern(stage: Synthesised) -> None:
    for policy in stage.resources("AWS::IAM::Policy").values():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow"
            assert not [action for action in listed(statement["Action"]) if "*" in action]


def test_no_role_brings_policies_that_aws_writes(stage: Synthesised) -> None:
    for role in stage.resources("AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in role["Properties"]
        assert "Policies" not in role["Properties"]


def test_every_function_has_a_role_of_its_own(stage: Synthesised) -> None:
    roles = [stage.function(verb)["Role"]["Fn::GetAtt"][0] for verb in FUNCTIONS]
    assert len(set(roles)) == len(FUNCTIONS)
    assert len(stage.resources("AWS::IAM::Role")) == len(FUNCTIONS) + len(SCHEDULED)


@pytest.mark.parametrize("verb", SCHEDULED)
def test_a_schedule_may_start_its_own_function_and_nothing_else(
    verb: str, stage: Synthesised
) -> None:
    (schedule,) = (
        each
        for each in stage.resources("AWS::Scheduler::Schedule").values()
        if _name(each["Properties"]["Target"]["Arn"]) == f"{verb.capitalize()}Function"
    )
    role = schedule["Properties"]["Target"]["RoleArn"]["Fn::GetAtt"][0]
    trust = stage.resources("AWS::IAM::Role")[role]["Properties"]["AssumeRolePolicyDocument"]
    assert [each["Condition"] for each in trust["Statement"]] == [
        {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    ]
    (policy,) = (
        each["Properties"]["PolicyDocument"]
        for each in stage.resources("AWS::IAM::Policy").values()
        if {"Ref": role} in each["Properties"]["Roles"]
    )
    assert [(each["Action"], _name(each["Resource"])) for each in policy["Statement"]] == [
        ("lambda:InvokeFunction", f"{verb.capitalize()}Function")
    ]


def test_a_permissions_boundary_reaches_every_role(staging: Synthesised) -> None:
    for role in staging.resources("AWS::IAM::Role").values():
        boundary = role["Properties"]["PermissionsBoundary"]
        assert boundary["Fn::Join"][1][-1].endswith(f":policy/{BOUNDARY}")


def test_without_one_no_role_is_bounded(production: Synthesised) -> None:
    for role in production.resources("AWS::IAM::Role").values():
        assert "PermissionsBoundary" not in role["Properties"]
