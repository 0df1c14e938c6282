"""What a role may do, in statements that name exact actions and exact resources.

The CDK's own grants (``grant_read_write_data`` and its like) allow more than a function calls.
"""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs

POLLER_ACTIONS = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
"""What Lambda's poller does with the function's role; without them a mapping is refused."""


_STREAM_ACTIONS = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
"""Likewise for a stream, as *IAM policy to allow an AWS Lambda function to access DynamoDB stream
records* in the DynamoDB developer guide has it."""


def on_table(table: dynamodb.Table, *actions: str) -> iam.PolicyStatement:
    """Allow ``actions`` (without their ``dynamodb:``) on the items of ``table``."""
    return _allow(_prefixed("dynamodb", actions), [table.table_arn])


def on_index(table: dynamodb.Table, index: str, *actions: str) -> iam.PolicyStatement:
    """Allow ``actions`` on one index of ``table``, not on the table itself."""
    return _allow(_prefixed("dynamodb", actions), [f"{table.table_arn}/index/{index}"])


def read_stream(stream_arn: str) -> iam.PolicyStatement:
    """Allow Lambda's poller to feed the function with the changes of a table."""
    return _allow(_prefixed("dynamodb", _STREAM_ACTIONS), [stream_arn])


def on_objects(bucket: s3.Bucket, prefix: str, *actions: str) -> iam.PolicyStatement:
    """Allow ``actions`` on the objects of ``bucket`` below ``prefix``."""
    return _allow(_prefixed("s3", actions), [bucket.arn_for_objects(f"{prefix}/*")])


def list_below(bucket: s3.Bucket, prefix: str) -> iam.PolicyStatement:
    """Allow listing below ``prefix``, without which S3 answers 403 for a key that is missing.

    To choose between 403 and 404 S3 takes the key that was asked for as ``s3:prefix``, so that a
    condition on it holds there too (seen by the authors of kopia, #3072, and Ceph, #68577).
    """
    statement = _allow(["s3:ListBucket"], [bucket.bucket_arn])
    statement.add_condition("StringLike", {"s3:prefix": f"{prefix}/*"})
    return statement


def list_versions_below(bucket: s3.Bucket, prefix: str) -> iam.PolicyStatement:
    """Allow listing the versions of the objects below ``prefix``."""
    statement = _allow(["s3:ListBucketVersions"], [bucket.bucket_arn])
    statement.add_condition("StringLike", {"s3:prefix": f"{prefix}/*"})
    return statement


def on_queues(queues: Sequence[sqs.Queue], *actions: str) -> iam.PolicyStatement:
    """Allow ``actions`` on exactly ``queues``."""
    return _allow(_prefixed("sqs", actions), [queue.queue_arn for queue in queues])


def polled(queues: Sequence[sqs.Queue]) -> iam.PolicyStatement:
    """Allow Lambda's poller to feed the function from ``queues``."""
    return _allow(POLLER_ACTIONS, [queue.queue_arn for queue in queues])


def read_secret(secret: secretsmanager.Secret) -> iam.PolicyStatement:
    """Allow reading the value of ``secret``."""
    return _allow(["secretsmanager:GetSecretValue"], [secret.secret_arn])


def write_logs(group: logs.LogGroup) -> iam.PolicyStatement:
    """Allow writing to the streams of ``group``, whose ARN ends in ``:*`` by itself."""
    return _allow(["logs:CreateLogStream", "logs:PutLogEvents"], [group.log_group_arn])


def read_metrics() -> iam.PolicyStatement:
    """Allow reading metrics, which CloudWatch can't restrict to resources."""
    return _allow(["cloudwatch:GetMetricStatistics"], ["*"])


def _prefixed(service: str, actions: Sequence[str]) -> list[str]:
    return [f"{service}:{action}" for action in actions]


def _allow(actions: Sequence[str], resources: Sequence[str]) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=list(actions), resources=list(resources))
