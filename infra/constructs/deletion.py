"""What deleting a stack does to the data in it."""

from __future__ import annotations

from aws_cdk import RemovalPolicy

from infra.choices import OnDeletion


def removal_policy(on_deletion: OnDeletion) -> RemovalPolicy:
    """The CDK's object for ``on_deletion``."""
    match on_deletion:
        case OnDeletion.RETAIN:
            return RemovalPolicy.RETAIN
        case OnDeletion.DELETE:
            return RemovalPolicy.DESTROY
