"""S3 tells a queue of every object that is uploaded, without a function in between."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from infra.constructs.queues import WorkQueue


def announce_uploads(bucket: s3.Bucket, work: WorkQueue, prefix: str) -> None:
    """Send an event for each object made below ``prefix`` of ``bucket`` to the queue.

    The notification is a property of the bucket itself: the CDK's own way takes a function that
    sets it during the deployment. S3 tries the queue when the property is set, so that the queue's
    policy must be there before the bucket is, and can't name it: a bucket of this stack is told by
    its name's beginning, which CloudFormation makes from the stack's.
    """
    stack = Stack.of(bucket)
    work.queue.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AnnounceUploads",
            principals=[iam.ServicePrincipal("s3.amazonaws.com")],
            actions=["sqs:SendMessage"],
            resources=[work.queue.queue_arn],
            conditions={
                "StringEquals": {"aws:SourceAccount": stack.account},
                "ArnLike": {"aws:SourceArn": f"arn:{stack.partition}:s3:::{stack.stack_name}-*"},
            },
        )
    )
    resource = _resource(bucket)
    resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
        queue_configurations=[
            s3.CfnBucket.QueueConfigurationProperty(
                event="s3:ObjectCreated:*",
                queue=work.queue.queue_arn,
                filter=_below(prefix),
            )
        ]
    )
    bucket.node.add_dependency(work.queue.node.find_child("Policy"))


def _below(prefix: str) -> s3.CfnBucket.NotificationFilterProperty:
    rule = s3.CfnBucket.FilterRuleProperty(name="prefix", value=f"{prefix}/")
    return s3.CfnBucket.NotificationFilterProperty(
        s3_key=s3.CfnBucket.S3KeyFilterProperty(rules=[rule])
    )


def _resource(bucket: s3.Bucket) -> s3.CfnBucket:
    """The bucket as CloudFormation knows it."""
    made = bucket.node.default_child
    if not isinstance(made, s3.CfnBucket):
        raise TypeError(f"{bucket.node.path} is no bucket of this app")
    return made
