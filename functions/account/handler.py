"""Carries exports and erasures of accounts on, once a minute."""

from __future__ import annotations

import os
from functools import cache

from aws_lambda_powertools.utilities.typing import LambdaContext

from meshmill.aws import clients
from meshmill.aws.clock import SystemClock
from meshmill.aws.dynamodb_account_jobs import DynamoDbAccountJobs
from meshmill.aws.dynamodb_asset_erasure import DynamoDbAssetErasure
from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.aws.dynamodb_audit import DynamoDbAuditTrail
from meshmill.aws.dynamodb_batches import DynamoDbBatches
from meshmill.aws.dynamodb_fences import DynamoDbFences
from meshmill.aws.dynamodb_key_store import DynamoDbApiKeyStore
from meshmill.aws.s3_exports import S3ExportFiles
from meshmill.aws.s3_user_files import S3UserFiles
from meshmill.logs import configure_logging
from meshmill.metrics import count_outcomes
from meshmill.settings import AccountSettings
from meshmill.usecases.account_worker import AccountStores, account_worker
from meshmill.usecases.run_account_jobs import RunAccountJobs


def handler(_event: object, context: LambdaContext) -> dict[str, int]:
    """One round; answers how often which end was reached."""
    done = {str(work): n for work, n in _run()(context.get_remaining_time_in_millis).items()}
    count_outcomes("account", "AccountJobs", done)
    return done


@cache
def _run() -> RunAccountJobs:
    configure_logging("account")
    settings, clock = AccountSettings.from_environment(os.environ), SystemClock()
    dynamodb, s3 = clients.dynamodb(), clients.s3()
    keys = DynamoDbApiKeyStore(
        client=dynamodb,
        keys_table=settings.api_keys_table,
        audit_table=settings.audit_table,
        audit_days=settings.audit_days,
    )
    stores = AccountStores(
        assets=DynamoDbAssets(dynamodb, settings.assets_table, settings.batches_table),
        erasure=DynamoDbAssetErasure(dynamodb, settings.assets_table),
        batches=DynamoDbBatches(
            dynamodb, settings.batches_table, settings.audit_table, settings.audit_days
        ),
        keys=keys,
        uploads=S3UserFiles(s3, settings.uploads_bucket, "uploads"),
        results=S3UserFiles(s3, settings.artefacts_bucket, "exports", "batches", "parts"),
        export_files=S3ExportFiles(s3, settings.artefacts_bucket),
        fences=DynamoDbFences(dynamodb, settings.rate_limits_table, clock),
        audit=DynamoDbAuditTrail(dynamodb, settings.audit_table, settings.audit_days),
        jobs=DynamoDbAccountJobs(dynamodb, settings.account_jobs_table),
    )
    return account_worker(stores, settings, clock, os.urandom)
