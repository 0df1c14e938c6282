"""What batches send by SQS: work for ingesters, and announcements of uploads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from meshmill.aws.backoff import Backoff
from meshmill.aws.errors import unavailable
from meshmill.aws.sqs_bulk import BACKOFF, Message, Sending
from meshmill.domain.chunk_work import ChunkItem, RedriveItem
from meshmill.domain.errors import DependencyUnavailable

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


class SqsBatchQueue:
    """A standard queue, fair between users."""

    def __init__(self, client: SQSClient, queue_url: str, backoff: Backoff = BACKOFF) -> None:
        self._client = client
        self._queue_url = queue_url
        self._backoff = backoff

    def send(self, items: Sequence[ChunkItem | RedriveItem], delay_seconds: int = 0) -> None:
        """Enqueue all of them, to be received after a delay of up to 900 s.

        Raises:
            DependencyUnavailable: some of them may have been sent.
        """
        messages = [Message(item.model_dump_json(), item.user_id) for item in items]
        sending = Sending(self._client, self._queue_url, delay_seconds, self._backoff)
        if unsent := sending.send(messages):
            raise DependencyUnavailable(f"SQS did not take {len(unsent)} messages")


class SqsUploadAnnouncements:
    """The queue that S3 announces a bucket's new objects to, in S3's words.

    Reference: *Event message structure* in the S3 user guide. Keys are encoded there as in a form.
    """

    def __init__(self, client: SQSClient, queue_url: str, bucket: str) -> None:
        self._client = client
        self._queue_url = queue_url
        self._bucket = bucket

    def announce(self, key: str, version_id: str) -> None:
        """Let a splitter look at a version of an object."""
        record = {
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "eventName": "ObjectCreated:Put",
            "s3": {
                "s3SchemaVersion": "1.0",
                "bucket": {"name": self._bucket, "arn": f"arn:aws:s3:::{self._bucket}"},
                "object": {"key": quote_plus(key, safe="/"), "versionId": version_id},
            },
        }
        with unavailable("SQS"):
            self._client.send_message(
                QueueUrl=self._queue_url, MessageBody=json.dumps({"Records": [record]})
            )
