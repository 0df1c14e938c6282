"""A function run every so many minutes."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

_RETRIES = 1
_LEAST_EVENT_AGE_SECONDS = 60


class EveryMinutes(Construct):
    """Runs ``function`` every ``minutes``; a lost run is tried once more, then the next is due."""

    def __init__(
        self, scope: Construct, construct_id: str, *, function: lambda_.Function, minutes: int
    ) -> None:
        super().__init__(scope, construct_id)
        role = iam.Role(
            self,
            "Role",
            description="Starts one function on a schedule",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            ),
        )
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["lambda:InvokeFunction"], resources=[function.function_arn]
            )
        )
        unit = "minute" if minutes == 1 else "minutes"
        schedule = scheduler.CfnSchedule(
            self,
            "Schedule",
            schedule_expression=f"rate({minutes} {unit})",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function_arn,
                role_arn=role.role_arn,
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_retry_attempts=_RETRIES,
                    maximum_event_age_in_seconds=_LEAST_EVENT_AGE_SECONDS,
                ),
            ),
        )
        schedule.node.add_dependency(role)
