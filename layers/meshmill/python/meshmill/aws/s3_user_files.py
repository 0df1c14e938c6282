"""What is stored in S3 below a user's own prefixes, and its erasure, versions and all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from meshmill.aws.errors import unavailable
from meshmill.domain.errors import DependencyUnavailable

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_SERVICE = "S3"


class S3UserFiles:
    """Objects ``{prefix}/{user_id}/…`` of one bucket, versioned or not, for each prefix.

    A version is told as ``{version_id}/{key}``; a bucket that keeps none calls each ``null``.
    Markers that S3 leaves in the place of a deleted object are versions too.
    """

    def __init__(self, client: S3Client, bucket: str, *prefixes: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefixes = prefixes

    def found(self, user_id: str, limit: int) -> list[str]:
        """Up to ``limit`` of the versions that there are, of one prefix after the other."""
        pages = (self._below(f"{prefix}/{user_id}/", limit) for prefix in self._prefixes)
        return next(filter(None, pages), [])

    def _below(self, prefix: str, limit: int) -> list[str]:
        with unavailable(_SERVICE):
            page = self._client.list_object_versions(
                Bucket=self._bucket, Prefix=prefix, MaxKeys=limit
            )
        listed: list[Any] = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        return [f"{entry['VersionId']}/{entry['Key']}" for entry in listed]

    def erase(self, versions: Sequence[str]) -> None:
        """Delete up to 1,000 versions for good; those that are gone already are no error.

        Raises:
            DependencyUnavailable: S3 could not delete one of them now.
        """
        split = [version.partition("/") for version in versions]
        objects: Any = [{"Key": key, "VersionId": version_id} for version_id, _, key in split]
        with unavailable(_SERVICE):
            answer = self._client.delete_objects(
                Bucket=self._bucket, Delete={"Objects": objects, "Quiet": True}
            )
        if answer.get("Errors"):
            codes = sorted({error.get("Code", "Unknown") for error in answer["Errors"]})
            raise DependencyUnavailable(f"{_SERVICE} did not delete: {', '.join(codes)}")
