"""Answers polls of signed status links."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from meshmill.aws import clients
from meshmill.aws.clock import SystemClock
from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.aws.s3_links import S3DownloadLinks
from meshmill.aws.secrets import SecretsManagerSigningSecret
from meshmill.http.links import LinkMinter
from meshmill.http.status import StatusRoute
from meshmill.logs import configure_logging
from meshmill.settings import StatusSettings
from meshmill.usecases.read_asset import ReadStatus


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one poll (HTTP API, payload format 2.0)."""
    return _route()(event).as_lambda_result()


@cache
def _route() -> StatusRoute:
    configure_logging("status")
    settings, clock = StatusSettings.from_environment(os.environ), SystemClock()
    secret = SecretsManagerSigningSecret(
        clients.secrets_manager(), settings.signing_secret_id, clock
    )
    assets = DynamoDbAssets(clients.dynamodb(), settings.assets_table)
    downloads = S3DownloadLinks(clients.s3(), settings.artefacts_bucket)
    return StatusRoute(
        read=ReadStatus(assets=assets, secret=secret, clock=clock),
        links=LinkMinter.configured(settings, secret, downloads, clock),
    )
