"""Takes requests for assets over HTTPS, and answers what became of them."""

from __future__ import annotations

import meshmill.cold_start  # noqa: F401  # what comes after it loads faster

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.api.on_demand import OnDemand
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
from meshmill.http.batch_routes import BatchRoutes
from meshmill.http.catalogue_routes import CatalogueRoutes
from meshmill.http.links import LinkMinter
from meshmill.logs import configure_logging
from meshmill.settings import ApiSettings
from meshmill.usecases.read_asset import ReadAsset
from meshmill.usecases.submit_asset import SubmitAsset


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request of the HTTP API (payload format 2.0)."""
    return _api().resolver.resolve(event, context)


@cache
def _api() -> Api:
    """Wired once a process, when the environment is known to be there."""
    configure_logging("api")
    settings, clock = ApiSettings.from_environment(os.environ), SystemClock()
    assets = DynamoDbAssets(clients.dynamodb(), settings.assets_table, settings.batches_table)
    vault = clients.secrets_manager()
    secret = SecretsManagerSigningSecret(vault, settings.signing_secret_id, clock)
    downloads = S3DownloadLinks(clients.url_signer(settings.artefacts_bucket, clock))
    queue = SqsWorkQueue(clients.sqs(), settings.queue_urls)
    limiter = DynamoDbRateLimiter(clients.dynamodb(), settings.rate_limits_table, clock)
    keys = DynamoDbApiKeys(clients.dynamodb(), settings.api_keys_table, clock)
    on_demand = OnDemand(settings, assets, secret, clock, os.urandom)
    links = LinkMinter.configured(settings, secret, downloads, clock)
    api = Api(Gate(Authenticator.configured(settings, keys, clock), limiter, clock, links))
    CatalogueRoutes(version=__version__, public_base_url=settings.public_base_url).register(api)
    AssetRoutes(
        submit=SubmitAsset(assets, queue, clock, os.urandom, settings.patience),
        estimate=on_demand.estimate_asset,
        read=ReadAsset(assets, on_demand.cross_user_reading),
        list_assets=on_demand.list_assets,
        delete_asset=on_demand.delete_asset,
        links=links,
    ).register(api)
    BatchRoutes(batches=on_demand.batches, links=links).register(api)
    AccountRoutes(requests=on_demand.account_requests, links=links).register(api)
    return api
