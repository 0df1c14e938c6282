"""AWS as the contract tests see it: some emulator's clients, and resources of our own shapes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

from meshmill.aws import clients

REGION = "us-east-1"
# Patient and wide enough for a busy machine and 64 threads; otherwise as in production.
_FOR_TESTS = Config(read_timeout=60, connect_timeout=10, max_pool_connections=64)


@dataclass(frozen=True, slots=True)
class Backend:
    """One emulator of AWS. Without an endpoint, whoever intercepts boto3's requests."""

    name: str
    endpoint: str | None = None
    _made: dict[str, Any] = field(default_factory=dict)

    def client(self, service: Any) -> Any:
        """The client of a service, configured as :mod:`meshmill.aws.clients` does."""
        if service not in self._made:
            local = self.endpoint is not None
            self._made[service] = self.new_client(
                service, clients.configuration(service, path_style=local)
            )
        return self._made[service]

    def new_client(self, service: Any, configuration: Config) -> Any:
        """A client of its own, for a test that tampers with it; the caller closes it."""
        return boto3.Session("test", "test", region_name=REGION).client(
            service, endpoint_url=self.endpoint, config=configuration.merge(_FOR_TESTS)
        )

    def close(self) -> None:
        """Close what was made."""
        while self._made:
            self._made.popitem()[1].close()


@contextmanager
def assets_table(backend: Backend) -> Iterator[str]:
    """A table of assets with its two indexes."""
    with _table(
        backend,
        "asset_id",
        by_user={"user_shard": "S", "position": "S"},
        by_due={"due_shard": "N", "due_at": "N"},
    ) as name:
        yield name


@contextmanager
def rate_limits_table(backend: Backend) -> Iterator[str]:
    """A table of rate-limit buckets."""
    with _table(backend, "bucket") as name:
        yield name


@contextmanager
def api_keys_table(backend: Backend) -> Iterator[str]:
    """A table of API keys."""
    with _table(backend, "key_id") as name:
        yield name


@contextmanager
def audit_table(backend: Backend) -> Iterator[str]:
    """A table of audit entries."""
    with _table(backend, "subject", "at_id") as name:
        yield name


@contextmanager
def account_jobs_table(backend: Backend) -> Iterator[str]:
    """A table of jobs on accounts with its index."""
    with _table(backend, "user_id", "kind", by_due={"kind": "S", "due_at": "N"}) as name:
        yield name


@contextmanager
def batches_table(backend: Backend) -> Iterator[str]:
    """A table of batches with its two indexes."""
    with _table(
        backend,
        "batch_id",
        "item",
        by_user={"user_id": "S", "position": "S"},
        by_due={"due_shard": "N", "due_at": "N"},
    ) as name:
        yield name


@contextmanager
def queue(backend: Backend) -> Iterator[str]:
    """A standard queue, by its URL."""
    client = backend.client("sqs")
    url: str = client.create_queue(QueueName=_unique("queue"))["QueueUrl"]
    yield url
    client.delete_queue(QueueUrl=url)


@contextmanager
def bucket(backend: Backend) -> Iterator[str]:
    """A bucket, emptied at the end."""
    client, name = backend.client("s3"), _unique("bucket")
    client.create_bucket(Bucket=name)
    yield name
    for entry in client.list_objects_v2(Bucket=name).get("Contents", []):
        client.delete_object(Bucket=name, Key=entry["Key"])
    client.delete_bucket(Bucket=name)


@contextmanager
def versioned_bucket(backend: Backend) -> Iterator[str]:
    """A bucket that keeps every version, emptied at the end."""
    client, name = backend.client("s3"), _unique("bucket")
    client.create_bucket(Bucket=name)
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    yield name
    listed = client.list_object_versions(Bucket=name)
    for entry in [*listed.get("Versions", []), *listed.get("DeleteMarkers", [])]:
        client.delete_object(Bucket=name, Key=entry["Key"], VersionId=entry["VersionId"])
    client.delete_bucket(Bucket=name)


@contextmanager
def _table(backend: Backend, *key: str, **indexes: dict[str, str]) -> Iterator[str]:
    client, name = backend.client("dynamodb"), _unique(key[0])
    kinds = dict.fromkeys(key, "S")
    kinds |= {part: kind for index in indexes.values() for part, kind in index.items()}
    secondary = [
        {
            "IndexName": index,
            "KeySchema": _key_schema(*keys),
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
        for index, keys in indexes.items()
    ]
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=_key_schema(*key),
        AttributeDefinitions=[
            {"AttributeName": part, "AttributeType": kind} for part, kind in kinds.items()
        ],
        **({"GlobalSecondaryIndexes": secondary} if secondary else {}),
    )
    yield name
    client.delete_table(TableName=name)


def _key_schema(*names: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": name, "KeyType": kind}
        for name, kind in zip(names, ("HASH", "RANGE"), strict=False)
    ]


def _unique(name: str) -> str:
    """Bucket names hold no underscores."""
    return f"{name.replace('_', '-')}-{uuid.uuid4().hex}"
