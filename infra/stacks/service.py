"""Everything that is released: functions, their lanes, the way in and the schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.choices import OnDeletion
from infra.config import StageConfig
from infra.constructs.acknowledgements import acknowledge
from infra.constructs.buckets import ARTEFACTS, QUARANTINE
from infra.constructs.endpoints import Endpoints
from infra.constructs.functions import VerbFunction
from infra.constructs.http_api import WayIn
from infra.constructs.lanes import Lanes
from infra.constructs.layers import Layers
from infra.constructs.schedule import EveryMinutes
from infra.sources import Sources
from infra.stacks.data import DataStack
from infra.stacks.grants import Grants
from infra.stacks.wiring import Wiring
from meshmill.settings import Settings


class ServiceStack(Stack):
    """Five functions around three lanes."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: StageConfig,
        sources: Sources,
        data: DataStack,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            description=f"Meshmill {stage.name}: service",
            termination_protection=stage.on_deletion is OnDeletion.RETAIN,
        )
        self._stage = stage
        self._sources = sources
        self._layers = Layers(self, "Layers", sources=sources, architecture=stage.architecture)
        self._lanes = Lanes(self, "Lanes", stage=stage)
        self._way_in = WayIn(self, "WayIn", stage=stage)
        self._functions = self._make_functions(data)
        self._acknowledge_prefixes(data.artefacts_arn_export)
        self._connect()
        self._publish(data)

    def _make_functions(self, data: DataStack) -> Mapping[str, VerbFunction]:
        endpoints = Endpoints(self, api_endpoint=self._way_in.api.api_endpoint)
        wiring = Wiring(stage=self._stage, data=data, lanes=self._lanes, endpoints=endpoints)
        grants = Grants(data=data, lanes=self._lanes)
        return {
            "api": self._function("api", wiring.api(), grants.api()),
            "status": self._function("status", wiring.status(), grants.status()),
            "generate": self._function(
                "generate", wiring.generate(), grants.generate(), self._layers.geometry
            ),
            "dead_letter": self._function(
                "dead_letter", wiring.dead_letter(), grants.dead_letter()
            ),
            "reconcile": self._function("reconcile", wiring.reconcile(), grants.reconcile()),
        }

    def _function(
        self,
        verb: str,
        settings: Settings,
        statements: Sequence[iam.PolicyStatement],
        *further_layers: lambda_.LayerVersion,
    ) -> VerbFunction:
        return VerbFunction(
            self,
            _pascal(verb),
            verb=verb,
            stage=self._stage,
            sources=self._sources,
            settings=settings,
            layers=[*self._layers.common, *further_layers],
            statements=statements,
        )

    def _acknowledge_prefixes(self, bucket_arn_export: str) -> None:
        """An object's name is a hash of what was asked for: a role can't list them."""
        prefixes = {
            "api": ARTEFACTS,
            "status": ARTEFACTS,
            "generate": ARTEFACTS,
            "dead_letter": QUARANTINE,
        }
        for verb, prefix in prefixes.items():
            acknowledge(
                self._functions[verb],
                f"IAM5[Resource::{bucket_arn_export}/{prefix}/*]",
                f"Objects below {prefix}/ are named by content and can't be listed beforehand.",
            )

    def _connect(self) -> None:
        """Everything that starts a function."""
        functions = {verb: made.function for verb, made in self._functions.items()}
        for lane in self._lanes.by_name.values():
            lane.feed(functions["generate"])
            lane.feed_dead_letters(functions["dead_letter"])
        self._way_in.serve(api=functions["api"], status=functions["status"])
        EveryMinutes(
            self,
            "Reconciliation",
            function=functions["reconcile"],
            minutes=self._stage.reconciliation.period_minutes,
        )

    def _publish(self, data: DataStack) -> None:
        """Outputs, for whoever deploys, tests or operates a stage."""
        outputs = {
            "ApiId": self._way_in.api.api_id,
            "ApiEndpoint": self._way_in.api.api_endpoint,
            "AssetsTable": data.assets.table_name,
            "RateLimitsTable": data.rate_limits.table_name,
            "ApiKeysTable": data.api_keys.table_name,
            "ArtefactsBucket": data.artefacts.bucket_name,
            "UploadsBucket": data.uploads.bucket_name,
            "SigningSecretId": data.signing_secret.secret_arn,
        }
        for name, lane in self._lanes.by_name.items():
            outputs[f"{_pascal(name)}QueueUrl"] = lane.queue.queue_url
            outputs[f"{_pascal(name)}DeadLetterQueueUrl"] = lane.dead_letters.queue_url
        for verb, made in self._functions.items():
            outputs[f"{_pascal(verb)}Function"] = made.function.function_name
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)


def _pascal(snake: str) -> str:
    """``dead_letter`` as ``DeadLetter``."""
    return "".join(word.capitalize() for word in snake.split("_"))
