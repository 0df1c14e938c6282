"""Takes requests for assets over HTTPS, and answers what became of them."""

from __future__ import annotations

import meshmill.cold_start  # noqa: F401  # what comes after it loads faster

import os
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from meshmill import __version__
from meshmill.aws import clients
from meshmill.aws.clock import SystemClock
from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.aws.dynamodb_keys import DynamoDbApiKeys
from meshmill.aws.dynamodb_limits import DynamoDbRateLimiter
from meshmill.aws.s3_links import S3DownloadLinks
from meshmill.aws.signing_secret import SecretsManagerSigningSecret
from meshmill.aws.sqs_queue import SqsWorkQueue
from meshmill.http.account_routes import AccountRoutes
from meshmill.http.api import Api, Gate
from meshmill.http.asset_routes import AssetRoutes
from meshmill.http.authentication import Authenticator
from meshmill.http.catalogue_routes import CatalogueRoutes
from meshmill.http.links import LinkMinter
from meshmill.logs import configure_logging
from meshmill.settings import ApiSettings
from meshmill.usecases.estimate_asset import EstimateAsset
from meshmill.usecases.list_assets import ListAssets
from meshmill.usecases.read_asset import ReadAsset
from meshmill.usecases.submit_asset import SubmitAsset

if TYPE_CHECKING:
    from meshmill.ports import Clock
    from meshmill.usecases.account_requests import AccountRequests
    from meshmill.usecases.cross_user_reading import CrossUserReading
    from meshmill.usecases.delete_asset import DeleteAsset


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request of the HTTP API (payload format 2.0)."""
    return _api().resolver.resolve(event, context)


@cache
def _api() -> Api:
    """Wired once a process, when the environment is known to be there."""
    configure_logging("api")
    settings, clock = ApiSettings.from_environment(os.environ), SystemClock()
    assets = DynamoDbAssets(clients.dynamodb(), settings.assets_table)
    vault = clients.secrets_manager()
    secret = SecretsManagerSigningSecret(vault, settings.signing_secret_id, clock)
    downloads = S3DownloadLinks(clients.url_signer(settings.artefacts_bucket, clock))
    queue = SqsWorkQueue(clients.sqs(), settings.queue_urls)
    limiter = DynamoDbRateLimiter(clients.dynamodb(), settings.rate_limits_table, clock)
    keys = DynamoDbApiKeys(clients.dynamodb(), settings.api_keys_table, clock)
    cross_user_reading = partial(_cross_user_reading, settings, clock)
    read = ReadAsset(assets, cross_user_reading)
    links = LinkMinter.configured(settings, secret, downloads, clock)
    api = Api(Gate(Authenticator.configured(settings, keys, clock), limiter, clock, links))
    CatalogueRoutes(version=__version__, public_base_url=settings.public_base_url).register(api)
    AssetRoutes(
        submit=SubmitAsset(assets, queue, clock, os.urandom, settings.patience),
        estimate=EstimateAsset(assets),
        read=read,
        list_assets=ListAssets(assets, secret, cross_user_reading),
        delete_asset=partial(_delete_asset, settings, assets, clock),
        links=links,
    ).register(api)
    AccountRoutes(requests=partial(_account_requests, settings, clock), links=links).register(api)
    return api


# What follows is loaded on use: most processes are never asked for it.


def _cross_user_reading(settings: ApiSettings, clock: Clock) -> CrossUserReading:
    from meshmill.aws.dynamodb_audit import DynamoDbAuditTrail  # noqa: PLC0415
    from meshmill.usecases.cross_user_reading import CrossUserReading  # noqa: PLC0415

    trail = DynamoDbAuditTrail(clients.dynamodb(), settings.audit_table, settings.audit_days)
    return CrossUserReading(trail, clock, os.urandom)


def _delete_asset(settings: ApiSettings, assets: DynamoDbAssets, clock: Clock) -> DeleteAsset:
    from meshmill.aws.dynamodb_asset_deletion import DynamoDbAssetDeletion  # noqa: PLC0415
    from meshmill.usecases.delete_asset import DeleteAsset  # noqa: PLC0415

    tables = settings.assets_table, settings.audit_table
    deletion = DynamoDbAssetDeletion(clients.dynamodb(), *tables, settings.audit_days)
    return DeleteAsset(assets, deletion, clock)


def _account_requests(settings: ApiSettings, clock: Clock) -> AccountRequests:
    from meshmill.aws.dynamodb_account_jobs import DynamoDbAccountJobs  # noqa: PLC0415
    from meshmill.aws.dynamodb_fences import DynamoDbFences  # noqa: PLC0415
    from meshmill.usecases.account_requests import AccountRequests  # noqa: PLC0415

    jobs = DynamoDbAccountJobs(clients.dynamodb(), settings.account_jobs_table)
    fences = DynamoDbFences(clients.dynamodb(), settings.rate_limits_table, clock)
    return AccountRequests.over(jobs, fences, clock, os.urandom)
