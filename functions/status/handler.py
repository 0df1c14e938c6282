"""Answers polls of signed status links."""

from __future__ import annotations

import meshmill.cold_start  # noqa: F401  # what comes after it loads faster

import os
from functools import cache
from typing import Any

from meshmill.aws import clients
from meshmill.aws.clock import SystemClock
from meshmill.aws.dynamodb_account_jobs import DynamoDbAccountJobs
from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.aws.dynamodb_batch_reader import DynamoDbBatchReader
from meshmill.aws.s3_links import S3DownloadLinks
from meshmill.aws.signing_secret import SecretsManagerSigningSecret
from meshmill.domain.account_job import JobKind
from meshmill.http.delivery import deliver
from meshmill.http.links import LinkMinter
from meshmill.http.status import StatusRoute
from meshmill.logs import configure_logging
from meshmill.settings import StatusSettings
from meshmill.usecases.account_requests import ReadAccountJob
from meshmill.usecases.read_status import ReadStatus


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one poll (HTTP API, payload format 2.0)."""
    return deliver(_route()(event), event).as_lambda_result()


@cache
def _route() -> StatusRoute:
    configure_logging("status")
    settings, clock = StatusSettings.from_environment(os.environ), SystemClock()
    secret = SecretsManagerSigningSecret(
        clients.secrets_manager(), settings.signing_secret_id, clock
    )
    assets = DynamoDbAssets(clients.dynamodb(), settings.assets_table, settings.batches_table)
    batches = DynamoDbBatchReader(clients.dynamodb(), settings.batches_table)
    jobs = DynamoDbAccountJobs(clients.dynamodb(), settings.account_jobs_table)
    downloads = S3DownloadLinks(clients.url_signer(settings.artefacts_bucket, clock))
    return StatusRoute(
        read=ReadStatus(
            readers={
                "assets": assets.get,
                "batches": batches.state,
                "exports": ReadAccountJob(jobs, clock, JobKind.EXPORT),
                "erasures": ReadAccountJob(jobs, clock, JobKind.ERASURE),
            },
            secret=secret,
            clock=clock,
        ),
        links=LinkMinter.configured(settings, secret, downloads, clock),
    )
