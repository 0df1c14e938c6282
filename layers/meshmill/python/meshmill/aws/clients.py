"""boto3 clients: one of a service in a process, made when it is first asked for.

Three attempts in all (botocore's *standard* mode, with its retry quota and jittered backoff). A
service that hangs is given up after three waits of a second and backoffs of at most three seconds
together, or, before a connection stands, three more: ``infra.relations`` holds the
functions' timeouts to that. S3, for which no caller waits, is given up after about 20 seconds.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import NoCredentialsError, NoRegionError

from meshmill import __version__
from meshmill.aws.s3_signing import BucketAddress, UrlSigner
from meshmill.ports import Clock

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sqs import SQSClient

#: The first try and the retries together, as ``AWS_MAX_ATTEMPTS`` counts them.
MAX_ATTEMPTS = 3

_CONNECT_SECONDS, _READ_SECONDS = 1, 1
# A body of many megabytes goes out under the connection's timeout, not under the one for reading.
_S3_CONNECT_SECONDS, _S3_READ_SECONDS = 5, 5

_UNCHECKED = Config(parameter_validation=False)

_made: dict[str, Any] = {}
# boto3's default session must not make two clients at once; the clients themselves are
# thread-safe.
_making = threading.Lock()


def dynamodb() -> DynamoDBClient:
    """DynamoDB."""
    client: DynamoDBClient = _client("dynamodb")
    return client


def dynamodb_bulk() -> DynamoDBClient:
    """DynamoDB, for many records in a call.

    botocore does not check what it is given, which would take it as long as all the rest.
    """
    client: DynamoDBClient = _client("dynamodb", _UNCHECKED)
    return client


def sqs() -> SQSClient:
    """SQS."""
    client: SQSClient = _client("sqs")
    return client


def sqs_bulk() -> SQSClient:
    """SQS, for many messages in a call; unchecked as for :func:`dynamodb_bulk`."""
    client: SQSClient = _client("sqs", _UNCHECKED)
    return client


def s3() -> S3Client:
    """S3; URLs for callers are signed without it, by :func:`url_signer`."""
    client: S3Client = _client("s3")
    return client


def secrets_manager() -> SecretsManagerClient:
    """Secrets Manager."""
    client: SecretsManagerClient = _client("secretsmanager")
    return client


def cloudwatch() -> CloudWatchClient:
    """CloudWatch."""
    client: CloudWatchClient = _client("cloudwatch")
    return client


def credentials() -> ReadOnlyCredentials:
    """The process's own, renewed in time where they are temporary.

    Raises:
        NoCredentialsError: it has none.
    """
    found = _session().get_credentials()
    if found is None:
        raise NoCredentialsError
    frozen: ReadOnlyCredentials = found.get_frozen_credentials()
    return frozen


def url_signer(bucket: str, clock: Clock) -> UrlSigner:
    """Signs addresses of a bucket's objects; it needs no client of S3.

    Raises:
        NoRegionError: the environment names no region.
    """
    region, endpoint = _session().region_name, os.environ.get("AWS_ENDPOINT_URL")
    if region is None:
        raise NoRegionError
    if endpoint is None:
        address = BucketAddress.on_aws(bucket, region)
    else:
        address = BucketAddress.at_endpoint(endpoint, bucket, region)
    return UrlSigner(address, credentials, clock)


def configuration(service: str, *, path_style: bool = False) -> Config:
    """What a client of a service is configured with; ``path_style`` puts buckets into the path."""
    common = Config(
        retries={"mode": "standard", "total_max_attempts": MAX_ATTEMPTS},
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        tcp_keepalive=True,
        # As CloudTrail tells of us. botocore's own is put together anew twice in every call, out
        # of a dozen parts, at a good tenth of the call's whole cost.
        user_agent=f"meshmill/{__version__}",
    )
    if service != "s3":
        return common
    return common.merge(
        Config(
            connect_timeout=_S3_CONNECT_SECONDS,
            read_timeout=_S3_READ_SECONDS,
            signature_version="s3v4",
            s3={
                "addressing_style": "path" if path_style else "virtual",
                "us_east_1_regional_endpoint": "regional",
            },
        )
    )


def _session() -> Any:
    """The one that boto3 makes its clients with."""
    with _making:
        if boto3.DEFAULT_SESSION is None:
            boto3.setup_default_session()
        session: Any = boto3.DEFAULT_SESSION
        return session


def _client(service: Any, further: Config | None = None) -> Any:
    name = service if further is None else f"{service}, special"
    with _making:
        if name not in _made:
            # A local endpoint has no host name for each bucket.
            local = "AWS_ENDPOINT_URL" in os.environ
            config = configuration(service, path_style=local)
            _made[name] = boto3.client(service, config=config.merge(further or Config()))
        return _made[name]
