"""Findings of cdk-nag that we know and mean, each with its reason.

The reason stands beside the construct that it speaks of; a finding that nobody acknowledged fails
the synthesis.
"""

from __future__ import annotations

from aws_cdk import Acknowledgment, Validations
from constructs import Construct


def acknowledge(construct: Construct, finding: str, reason: str) -> None:
    """Accept ``finding`` (``S1``, ``IAM5[Resource::*]``) on ``construct`` and all below it."""
    Validations.of(construct).acknowledge(
        Acknowledgment(id=f"AwsSolutions::AwsSolutions-{finding}", reason=reason)
    )
