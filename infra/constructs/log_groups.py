"""Log groups with a retention, made before anything could make them without one."""

from __future__ import annotations

from typing import Final

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

_RETENTION: Final = {
    1: logs.RetentionDays.ONE_DAY,
    14: logs.RetentionDays.TWO_WEEKS,
    90: logs.RetentionDays.THREE_MONTHS,
}


class LogGroup(logs.LogGroup):
    """A log group that forgets after ``days`` (of those that our stages use: 1, 14 or 90)."""

    def __init__(self, scope: Construct, construct_id: str, *, days: int) -> None:
        super().__init__(
            scope,
            construct_id,
            retention=_RETENTION[days],
            removal_policy=RemovalPolicy.DESTROY,
        )
