"""Where messages are kept that nobody understood."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from meshmill.aws.errors import unavailable

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_PREFIX = "quarantine"


class S3Quarantine:
    """One JSON object a message: ``quarantine/{queue}/{message_id}.json``."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def keep(self, queue: str, message_id: str, body: str) -> None:
        """Store a message; again, it overwrites itself."""
        # Inside a JSON string any body is valid JSON, and valid UTF-8.
        record = json.dumps({"queue": queue, "message_id": message_id, "body": body})
        with unavailable("S3"):
            self._client.put_object(
                Bucket=self._bucket,
                Key=f"{_PREFIX}/{queue}/{message_id}.json",
                Body=record.encode(),
                ContentType="application/json",
            )
