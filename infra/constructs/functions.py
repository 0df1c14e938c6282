"""A Lambda function as every one of ours is made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.config import StageConfig
from infra.constructs.access import write_logs
from infra.constructs.acknowledgements import acknowledge
from infra.constructs.layers import RUNTIME, lambda_architecture
from infra.constructs.log_groups import LogGroup
from infra.sources import Sources
from meshmill.settings import Settings


class VerbFunction(Construct):
    """The function in ``functions/<verb>``, with a role and a log group of its own.

    Its environment is exactly what ``settings`` writes, so that a variable can't be misspelt.
    ``statements`` are all that its role may do, beside writing its own logs and traces.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        verb: str,
        stage: StageConfig,
        sources: Sources,
        settings: Settings,
        layers: Sequence[lambda_.LayerVersion],
        statements: Sequence[iam.PolicyStatement],
    ) -> None:
        super().__init__(scope, construct_id)
        size = stage.functions[verb]
        self.log_group = LogGroup(self, "Logs", days=stage.retention.log_days)
        self.role = self._make_role(f"What {verb} of Meshmill {stage.name} may do", statements)
        # The CDK takes its copy as soon as the function is made.
        with TemporaryDirectory() as folder:
            self.function = lambda_.Function(
                self,
                "Function",
                description=f"Meshmill {stage.name}: {verb}",
                runtime=RUNTIME,
                architecture=lambda_architecture(stage.architecture),
                handler=f"functions.{verb}.handler.handler",
                code=lambda_.Code.from_asset(str(sources.package(verb, Path(folder)))),
                layers=list(layers),
                memory_size=size.memory_mb,
                timeout=Duration.seconds(size.timeout),
                environment=settings.as_environment(),
                role=self.role,
                log_group=self.log_group,
                # What is started without a waiting caller is made good by the next start.
                retry_attempts=0,
                tracing=lambda_.Tracing.ACTIVE,
            )
        self._acknowledge()

    def _make_role(self, description: str, statements: Sequence[iam.PolicyStatement]) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            description=description,
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        )
        for statement in (*statements, write_logs(self.log_group)):
            role.add_to_policy(statement)
        return role

    def _acknowledge(self) -> None:
        """What cdk-nag finds in every function, and why it stays."""
        acknowledge(
            self,
            "IAM5[Resource::*]",
            "X-Ray's PutTraceSegments and PutTelemetryRecords, which every function has, and "
            "CloudWatch's GetMetricStatistics, which reconcile has, know no resources.",
        )
        acknowledge(
            self,
            "L1",
            "Python 3.13 is the version that the layers' wheels, their bytecode and the cold-start "
            "budget are made and measured for; 3.14 follows when all of them have.",
        )
