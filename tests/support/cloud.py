"""All functions in this process, on moto: every handler, every adapter, no emulator's Lambda.

The platform is played honestly: what a consumer reports as failed stays in its queue, and a
message received too often goes to the dead letters.
"""

from __future__ import annotations

import base64
import gzip
import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import boto3
import pytest
from moto import mock_aws

from functions.account import handler as account_function
from functions.api import handler as api_function
from functions.audit import handler as audit_function
from functions.dead_letter import handler as dead_letter_function
from functions.generate import handler as generate_function
from functions.ingest_manifest import handler as ingest_function
from functions.reconcile import handler as reconcile_function
from functions.split_manifest import handler as split_function
from functions.status import handler as status_function
from meshmill.aws import clients
from tests.support import tables, tokens
from tests.support.changes import ChangeFeed
from tests.support.cloud_settings import (
    AUDIT_DAYS,
    BASE_URL,
    BATCH_QUEUE,
    LANES,
    UPLOAD_QUEUE,
    UPLOADS,
    environment,
)
from tests.support.emulation import thrifty_emulation
from tests.support.uploads import UploadFeed

__all__ = [
    "ACCOUNT",
    "AUDIT_DAYS",
    "BASE_URL",
    "LANES",
    "MAX_RECEIVES",
    "REGION",
    "Cloud",
    "Context",
    "Reply",
    "forget_wiring",
    "gateway_event",
    "running_cloud",
]

REGION, ACCOUNT = "eu-central-1", "123456789012"
MAX_RECEIVES = 5
_MOST_ROUNDS = 10_000


@dataclass
class Context:
    """What Lambda hands to a handler beside the event."""

    remaining_ms: int = 60_000
    function_name: str = "test"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:test"
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_ms


@dataclass(frozen=True)
class Reply:
    """An HTTP answer as a client sees it."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        return str(self.json["error"]["code"])


class Cloud:
    """Resources in moto, and the functions around them."""

    def __init__(self) -> None:
        self.dynamodb = boto3.client("dynamodb")
        self.sqs = boto3.client("sqs")
        self.s3 = boto3.client("s3")
        self.secrets = boto3.client("secretsmanager")
        self.changes = ChangeFeed(ACCOUNT, REGION)
        self.uploads = UploadFeed(ACCOUNT, UPLOADS)
        self.queue_urls: dict[str, str] = {}
        self.dead_letter_urls: dict[str, str] = {}
        self._create()

    def _create(self) -> None:
        tables.create_tables(self.dynamodb)
        self.s3.create_bucket(
            Bucket="artefacts", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        self.s3.create_bucket(
            Bucket="uploads", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        self.s3.put_bucket_versioning(
            Bucket="uploads", VersioningConfiguration={"Status": "Enabled"}
        )
        secret = json.dumps({"current": "current-key", "previous": ""})
        self.secrets.create_secret(Name="signing", SecretString=secret)
        for name in (*LANES, UPLOAD_QUEUE, BATCH_QUEUE):
            self._create_queue(name)

    def _create_queue(self, name: str) -> None:
        dead = self.sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        policy = {
            "deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}-dead",
            "maxReceiveCount": MAX_RECEIVES,
        }
        attributes = {"RedrivePolicy": json.dumps(policy), "VisibilityTimeout": "0"}
        self.dead_letter_urls[name] = dead
        made = self.sqs.create_queue(QueueName=name, Attributes=attributes)
        self.queue_urls[name] = made["QueueUrl"]

    def environment(self, jwks_url: str) -> dict[str, str]:
        return environment(jwks_url, self.queue_urls, self.dead_letter_urls)

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, str] | str = "",
        headers: Mapping[str, str] | None = None,
        bearer: str | None = None,
    ) -> Reply:
        """Call the api function as the gateway would."""
        sent = {"content-type": "application/json", **(headers or {})}
        if bearer is not None:
            sent["authorization"] = f"Bearer {bearer}"
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        raw_query = query if isinstance(query, str) else urlencode(query)
        event = gateway_event(method, path, raw_query, sent, text)
        return _reply(api_function.handler(event, Context()))

    def create(self, body: Mapping[str, Any], **further: Any) -> Reply:
        """Ask for an asset as ada."""
        return self.request(
            "POST", "/api/v1/assets", body, bearer=further.pop("bearer", tokens.token()), **further
        )

    def poll(
        self, status_url: str, headers: Mapping[str, str] | None = None, method: str = "GET"
    ) -> Reply:
        """Call the status function by a signed link."""
        parts = urlsplit(status_url)
        event = gateway_event(method, parts.path, parts.query, headers or {}, None)
        kind, identifier = parts.path.split("/")[-2:]
        event["pathParameters"] = {"kind": kind, "id": identifier}
        return _reply(status_function.handler(event, Context()))

    def work(self, lane: str = "standard", context: Context | None = None) -> int:
        """Deliver one batch of a lane to the worker; returns how many messages there were."""
        return self._deliver(
            self.queue_urls[lane], lane, generate_function.handler, context or Context()
        )

    def bury(self, lane: str = "standard") -> int:
        """Deliver one batch of a lane's dead letters."""
        return self._deliver(
            self.dead_letter_urls[lane], f"{lane}-dead", dead_letter_function.handler, Context()
        )

    def announce_uploads(self) -> int:
        """Tell the splitters' queue of what was uploaded since; returns of how much."""
        events = self.uploads.untold()
        for event in events:
            self.sqs.send_message(QueueUrl=self.queue_urls[UPLOAD_QUEUE], MessageBody=event)
        return len(events)

    def split(self, context: Context | None = None) -> int:
        """Announce what was uploaded, and deliver one announcement to the splitter."""
        self.announce_uploads()
        return self._deliver_one(UPLOAD_QUEUE, split_function.handler, context)

    def ingest(self, context: Context | None = None) -> int:
        """Deliver one chunk, or one redrive, to the ingester."""
        return self._deliver_one(BATCH_QUEUE, ingest_function.handler, context)

    def run_batches_to_rest(self) -> None:
        """Split, ingest and bury until no message about a batch can be received any more.

        Assets are left to their lanes, and what waits for a delay or for the reconciler waits on.
        """
        for _ in range(_MOST_ROUNDS):
            moved = self.split() + self.ingest()
            moved += sum(self.bury(name) for name in (UPLOAD_QUEUE, BATCH_QUEUE))
            if not moved:
                return
        raise AssertionError("a message about a batch goes round and round")

    def reconcile(self) -> dict[str, int]:
        """Run the reconciler once."""
        return reconcile_function.handler({}, Context())

    def record_changes(self) -> int:
        """Deliver one batch of the assets' changes; returns how many there were."""
        records = self.changes.waiting()
        if not records:
            return 0
        answer = audit_function.handler({"Records": records}, Context())
        failed = {entry["itemIdentifier"] for entry in answer["batchItemFailures"]}
        for record in records:
            if record["dynamodb"]["SequenceNumber"] in failed:
                break
            self.changes.go_on_after(record)
        return len(records)

    def audited(self, subject: str) -> list[dict[str, Any]]:
        """The audit entries of a user's data as they stand in the table, oldest first."""
        items: list[dict[str, Any]] = self.dynamodb.query(
            TableName=tables.AUDIT,
            KeyConditionExpression="subject = :subject",
            ExpressionAttributeValues={":subject": {"S": subject}},
        )["Items"]
        return items

    def work_on_accounts(self, context: Context | None = None) -> dict[str, int]:
        """Carry on what is due of exports and erasures."""
        return account_function.handler({}, context or Context())

    def waiting(self, lane: str = "standard") -> int:
        return _visible(self.sqs, self.queue_urls[lane])

    def dead(self, lane: str = "standard") -> int:
        return _visible(self.sqs, self.dead_letter_urls[lane])

    def keys(self, prefix: str = "") -> list[str]:
        listed = self.s3.list_objects_v2(Bucket="artefacts", Prefix=prefix)
        return [entry["Key"] for entry in listed.get("Contents", [])]

    def records(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.dynamodb.scan(TableName=tables.ASSETS)["Items"]
        return items

    def _deliver_one(self, queue: str, consume: Any, context: Context | None) -> int:
        url = self.queue_urls[queue]
        return self._deliver(url, queue, consume, context or Context(), most=1)

    def _deliver(self, url: str, name: str, consume: Any, context: Context, most: int = 10) -> int:
        received = self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=most, AttributeNames=["All"], VisibilityTimeout=30
        ).get("Messages", [])
        if not received:
            return 0
        records = [_record(message, name) for message in received]
        answer = consume({"Records": records}, context)
        failed = {entry["itemIdentifier"] for entry in answer["batchItemFailures"]}
        for message in received:
            if message["MessageId"] not in failed:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return len(received)


@contextmanager
def running_cloud(monkeypatch: pytest.MonkeyPatch, directory: Path) -> Iterator[Cloud]:
    """A fresh cloud, wired into the functions for as long as the block lasts."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "POWERTOOLS_METRICS_NAMESPACE": "Meshmill",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    document = directory / "jwks.json"
    document.write_bytes(tokens.jwks())
    with mock_aws(), thrifty_emulation():
        _forget_everything()
        cloud = Cloud()
        for name, value in cloud.environment(document.as_uri()).items():
            monkeypatch.setenv(name, value)
        yield cloud
        _forget_everything()


def gateway_event(
    method: str, path: str, raw_query: str, headers: Mapping[str, str], body: str | None
) -> dict[str, Any]:
    """An event of an HTTP API, payload format 2.0."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": raw_query,
        "headers": {name.lower(): value for name, value in headers.items()},
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "api",
            "domainName": "api.example",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "tests",
            },
            "requestId": "request-1",
            "routeKey": "$default",
            "stage": "$default",
            "time": "22/Nov/2026:10:00:00 +0000",
            "timeEpoch": 1_795_341_600_000,
        },
        "body": body,
        "isBase64Encoded": False,
    }


def _record(message: Mapping[str, Any], queue: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}",
        "awsRegion": REGION,
    }


def _reply(answer: Mapping[str, Any]) -> Reply:
    headers = {name.lower(): str(value) for name, value in answer.get("headers", {}).items()}
    headers |= {
        name.lower(): value if isinstance(value, str) else value[0]
        for name, value in answer.get("multiValueHeaders", {}).items()
    }
    return Reply(answer["statusCode"], headers, _text(answer, headers))


def _text(answer: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """The body as a client reads it: as the gateway has decoded, and a client uncompressed it."""
    body: str = answer.get("body") or ""
    if not answer.get("isBase64Encoded"):
        return body
    content = base64.b64decode(body)
    if headers.get("content-encoding") == "gzip":
        content = gzip.decompress(content)
    return content.decode()


def _visible(sqs: Any, url: str) -> int:
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def forget_wiring() -> None:
    """New processes: the functions are wired anew, on the clients that there are."""
    for wired in (
        api_function._api,
        status_function._route,
        generate_function._settings,
        generate_function._consumer,
        split_function._settings,
        split_function._consumer,
        ingest_function._settings,
        ingest_function._consumer,
        dead_letter_function._buriers,
        reconcile_function._settings,
        reconcile_function._reconcile_batches,
        reconcile_function._reconcile,
        audit_function._record,
        account_function._run,
    ):
        wired.cache_clear()


def _forget_everything() -> None:
    clients._made.clear()
    forget_wiring()
