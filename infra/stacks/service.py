"""Everything that is released: functions, their queues, the way in and the schedules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.choices import OnDeletion
from infra.config import StageConfig
from infra.constructs.acknowledgements import acknowledge
from infra.constructs.buckets import (
    ARTEFACTS,
    BATCHES,
    EXPORTS,
    ISSUED,
    PARTS,
    QUARANTINE,
    UPLOADS,
)
from infra.constructs.change_feed import feed_changes
from infra.constructs.endpoints import Endpoints
from infra.constructs.functions import VerbFunction
from infra.constructs.http_api import WayIn
from infra.constructs.lanes import Lanes
from infra.constructs.layers import Layers
from infra.constructs.queues import WorkQueue, feed, feed_dead_letters
from infra.constructs.schedule import EveryMinutes
from infra.sources import Sources
from infra.stacks.batch_grants import BatchGrants
from infra.stacks.data import DataStack
from infra.stacks.grants import Grants
from infra.stacks.wiring import Wiring
from meshmill.settings import Settings


class ServiceStack(Stack):
    """The functions around three lanes."""

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
        self._batch = WorkQueue(
            self,
            "Batch",
            visibility=stage.delivery.batch_visibility,
            delivery=stage.delivery,
        )
        self._way_in = WayIn(self, "WayIn", stage=stage)
        self._endpoints = Endpoints(
            self,
            api_endpoint=self._way_in.api.api_endpoint,
            issuer=data.client_pool.trusted if data.client_pool else None,
        )
        self._functions = self._make_functions(data)
        self._acknowledge_prefixes(data)
        self._connect(data)
        self._publish(data)

    def _make_functions(self, data: DataStack) -> Mapping[str, VerbFunction]:
        wiring = Wiring(
            stage=self._stage,
            data=data,
            lanes=self._lanes,
            batch=self._batch,
            endpoints=self._endpoints,
        )
        batches = BatchGrants(data=data, lanes=self._lanes, batch=self._batch)
        grants = Grants(data=data, lanes=self._lanes, batches=batches)
        return {
            "api": self._function("api", wiring.api(), grants.api()),
            "status": self._function("status", wiring.status(), grants.status()),
            "generate": self._function(
                "generate", wiring.generate(), grants.generate(), self._layers.geometry
            ),
            "split_manifest": self._function(
                "split_manifest", wiring.split_manifest(), batches.split_manifest()
            ),
            "ingest_manifest": self._function(
                "ingest_manifest", wiring.ingest_manifest(), batches.ingest_manifest()
            ),
            "dead_letter": self._function(
                "dead_letter", wiring.dead_letter(), grants.dead_letter()
            ),
            "reconcile": self._function("reconcile", wiring.reconcile(), grants.reconcile()),
            "audit": self._function("audit", wiring.audit(), grants.audit()),
            "account": self._function("account", wiring.account(), grants.account()),
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

    def _acknowledge_prefixes(self, data: DataStack) -> None:
        """Objects are named by what was asked for, or by whom: a role can't list them."""
        artefacts, uploads = data.artefacts_arn_export, data.uploads_arn_export
        shown = [(artefacts, prefix) for prefix in (ARTEFACTS, EXPORTS, BATCHES)]
        prefixes = {
            "api": [*shown, (uploads, ISSUED)],
            "status": shown,
            "generate": [(artefacts, ARTEFACTS)],
            "split_manifest": [(uploads, UPLOADS), (uploads, ISSUED)],
            "ingest_manifest": [(uploads, UPLOADS), (artefacts, PARTS), (artefacts, BATCHES)],
            "dead_letter": [(artefacts, QUARANTINE)],
            "audit": [(artefacts, QUARANTINE)],
            "account": [
                *((artefacts, prefix) for prefix in (EXPORTS, BATCHES, PARTS)),
                (uploads, UPLOADS),
            ],
        }
        for verb, granted in prefixes.items():
            for bucket_arn_export, prefix in granted:
                acknowledge(
                    self._functions[verb],
                    f"IAM5[Resource::{bucket_arn_export}/{prefix}/*]",
                    f"Names of objects below {prefix}/ can't be listed beforehand.",
                )

    def _connect(self, data: DataStack) -> None:
        """Everything that starts a function."""
        functions = {verb: made.function for verb, made in self._functions.items()}
        for lane in self._lanes.by_name.values():
            lane.feed(functions["generate"])
            lane.feed_dead_letters(functions["dead_letter"])
        self._connect_batches(data.upload_events)
        self._way_in.serve(api=functions["api"], status=functions["status"])
        EveryMinutes(
            self,
            "Reconciliation",
            function=functions["reconcile"],
            minutes=self._stage.reconciliation.period_minutes,
        )
        EveryMinutes(
            self,
            "AccountWork",
            function=functions["account"],
            minutes=self._stage.accounts.period_minutes,
        )
        feed_changes(
            self,
            "AssetChanges",
            changes_arn=data.assets.changes_arn,
            consumer=functions["audit"],
            feed=self._stage.changes,
        )

    def _connect_batches(self, uploads: WorkQueue) -> None:
        """Manifests and chunks, one at a time, and what was given up of them."""
        batches = self._stage.batches
        for name, work, verb, concurrency in (
            ("UploadEvents", uploads, "split_manifest", batches.split_concurrency),
            ("BatchWork", self._batch, "ingest_manifest", batches.ingest_concurrency),
        ):
            feed(
                self,
                name,
                queue=work.queue,
                function=self._functions[verb].function,
                batch_size=1,
                maximum_concurrency=concurrency,
            )
            feed_dead_letters(
                self,
                f"{name}Undertaking",
                work=work,
                undertaker=self._functions["dead_letter"].function,
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
            "AuditTable": data.audit.table_name,
            "AccountJobsTable": data.account_jobs.table_name,
            "BatchesTable": data.batches.table_name,
            "UploadEventsQueueUrl": data.upload_events.queue.queue_url,
            "UploadEventsDeadLetterQueueUrl": data.upload_events.dead_letters.queue_url,
            "BatchQueueUrl": self._batch.queue.queue_url,
            "BatchDeadLetterQueueUrl": self._batch.dead_letters.queue_url,
            "AuditDays": str(self._stage.retention.audit_days),
            "SigningSecretId": data.signing_secret.secret_arn,
            "LongestLinkSeconds": str(self._stage.limits.longest_link),
            "Issuer": self._endpoints.trusted.issuer,
            **_client_outputs(data),
        }
        for name, lane in self._lanes.by_name.items():
            outputs[f"{_pascal(name)}QueueUrl"] = lane.queue.queue_url
            outputs[f"{_pascal(name)}DeadLetterQueueUrl"] = lane.dead_letters.queue_url
        for verb, made in self._functions.items():
            outputs[f"{_pascal(verb)}Function"] = made.function.function_name
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)


def _client_outputs(data: DataStack) -> dict[str, str]:
    """What a client needs to ask the user pool for a token, but for its secret."""
    pool = data.client_pool
    if pool is None:
        return {}
    ids = {
        f"{_pascal(name.replace('-', '_'))}ClientId": client_id
        for name, client_id in pool.client_ids.items()
    }
    return {"UserPoolId": pool.pool_id, "TokenUrl": pool.token_url, **ids}


def _pascal(snake: str) -> str:
    """``dead_letter`` as ``DeadLetter``."""
    return "".join(word.capitalize() for word in snake.split("_"))
