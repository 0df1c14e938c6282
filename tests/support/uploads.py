"""What S3 tells of the bucket of uploads, which moto doesn't reliably tell a queue by itself."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote_plus

from moto.s3.models import s3_backends


class UploadFeed:
    """Tells of each version of an object once; on AWS it may be more often, and in any order.

    A test that wants an event again sends it again: :func:`upload_event`.
    """

    def __init__(self, account: str, bucket: str) -> None:
        self._account = account
        self._bucket = bucket
        self._told: set[tuple[str, str]] = set()

    def untold(self) -> list[str]:
        """Events of what came since this was last asked for, those of one key in order."""
        versions = [
            (key, version.version_id, len(version.value))
            for key, versions in self._objects()
            for version in versions
            if hasattr(version, "value")  # else it marks a deletion, which makes no object
        ]
        found = [each for each in versions if each[:2] not in self._told]
        self._told |= {each[:2] for each in found}
        return [
            upload_event(self._bucket, key, version_id, size)
            for key, version_id, size in found
            if key.startswith("uploads/")
        ]

    def _objects(self) -> Any:
        return s3_backends[self._account]["aws"].buckets[self._bucket].keys._iterlists()


def upload_event(bucket: str, key: str, version_id: str, size: int) -> str:
    """The body of a message from S3, as *Event message structure* in its user guide has it."""
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "eu-central-1",
        "eventTime": "2026-11-22T10:00:00.000Z",
        "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": "AWS:AIDAEXAMPLE"},
        "requestParameters": {"sourceIPAddress": "192.0.2.1"},
        "responseElements": {"x-amz-request-id": "C3D13FE58DE4C810", "x-amz-id-2": "FMyUVURIY8"},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "uploads",
            "bucket": {
                "name": bucket,
                "ownerIdentity": {"principalId": "A3NL1KOZZKExample"},
                "arn": f"arn:aws:s3:::{bucket}",
            },
            "object": {
                "key": quote_plus(key, safe="/"),
                "size": size,
                "eTag": "d41d8cd98f00b204e9800998ecf8427e",
                "versionId": version_id,
                "sequencer": "0055AED6DCD90281E5",
            },
        },
    }
    return json.dumps({"Records": [record]})
