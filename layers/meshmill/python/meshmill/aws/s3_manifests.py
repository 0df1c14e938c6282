"""Uploaded manifests in S3, read a block at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from meshmill.aws.errors import code_of, unavailable
from meshmill.domain.errors import DependencyUnavailable
from meshmill.ports.batches import ManifestLost, ManifestObject

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_SERVICE = "S3"
_BLOCK_BYTES = 512 * 1024
_RESUMPTIONS = 3
_VERSIONS_IN_A_PAGE = 1_000
_LOST = frozenset({"NoSuchKey", "NoSuchVersion"})
#: S3 answers ``HEAD`` without a body, so that the status is all there is: a malformed version, a
#: missing one, and that of a delete marker. *HeadObject* in the Amazon S3 API reference.
_ABSENT = frozenset({"400", "404", "405", "MethodNotAllowed", *_LOST})
#: The deletion of a missing version succeeds; that of a malformed one is refused.
_NOTHING_TO_DELETE = frozenset({"InvalidArgument", *_LOST})
_NO_SUCH_BYTES = "InvalidRange"


class S3Manifests:
    """The bucket of uploads, which keeps every version.

    A body that breaks off is asked for again from where it broke off, up to three times.
    """

    def __init__(
        self, client: S3Client, bucket: str, versions_in_a_page: int = _VERSIONS_IN_A_PAGE
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._versions_in_a_page = versions_in_a_page

    def first_version(self, key: str) -> str | None:
        """The oldest version of an object, or None where it was never uploaded.

        S3 lists the versions of an object from the newest to the oldest, and before those of any
        other object whose key begins with this one.
        """
        oldest: str | None = None
        position: dict[str, Any] = {}
        while True:
            page = self._versions(key, position)
            for version in page.get("Versions", []):
                if version["Key"] == key:
                    oldest = version["VersionId"]
            if not page["IsTruncated"] or page["NextKeyMarker"] != key:
                return oldest
            position = {"KeyMarker": key, "VersionIdMarker": page["NextVersionIdMarker"]}

    def exists(self, key: str, version_id: str) -> bool:
        """Whether this very version stands; others of the same key may."""
        try:
            with unavailable(_SERVICE):
                self._client.head_object(Bucket=self._bucket, Key=key, VersionId=version_id)
        except ClientError as error:
            if code_of(error) in _ABSENT:
                return False
            raise
        return True

    def remove(self, key: str, version_id: str) -> None:
        """Delete a version for good; it may be gone already."""
        try:
            with unavailable(_SERVICE):
                self._client.delete_object(Bucket=self._bucket, Key=key, VersionId=version_id)
        except ClientError as error:
            if code_of(error) not in _NOTHING_TO_DELETE:
                raise

    def open(self, key: str, version_id: str) -> ManifestObject:
        """The whole of a version.

        Raises:
            ManifestLost: it is gone.
        """
        answer = self._get(key, version_id)
        size = answer["ContentLength"]
        return ManifestObject(size, self._blocks(key, version_id, 0, size, answer))

    def read(self, key: str, version_id: str, begin: int, end: int) -> Iterator[bytes]:
        """Bytes ``begin`` … ``end`` − 1 of a version, in blocks; none where there are none.

        Raises:
            ManifestLost: it is gone.
        """
        if begin >= end:
            return iter(())
        try:
            answer = self._get(key, version_id, **_range(begin, end))
        except ClientError as error:
            if code_of(error) == _NO_SUCH_BYTES:
                return iter(())
            raise
        return self._blocks(key, version_id, begin, min(end, _size(answer)), answer)

    def _versions(self, key: str, position: dict[str, Any]) -> Any:
        with unavailable(_SERVICE):
            return self._client.list_object_versions(
                Bucket=self._bucket, Prefix=key, MaxKeys=self._versions_in_a_page, **position
            )

    def _get(self, key: str, version_id: str, **what: Any) -> Any:
        try:
            with unavailable(_SERVICE):
                return self._client.get_object(
                    Bucket=self._bucket, Key=key, VersionId=version_id, **what
                )
        except ClientError as error:
            if code_of(error) in _LOST:
                raise ManifestLost(f"{key}?versionId={version_id}") from error
            raise

    def _blocks(
        self, key: str, version_id: str, begin: int, end: int, answer: Any
    ) -> Iterator[bytes]:
        for resumptions in count():
            try:
                with unavailable(_SERVICE):
                    for block in _in_blocks(answer):
                        begin += len(block)
                        yield block
            except DependencyUnavailable:
                if resumptions == _RESUMPTIONS:
                    raise
            else:
                return
            answer = self._get(key, version_id, **_range(begin, end))


def _in_blocks(answer: Any) -> Iterator[bytes]:
    with closing(answer["Body"]) as body:
        yield from body.iter_chunks(_BLOCK_BYTES)


def _size(answer: Any) -> int:
    """Of the whole object, from ``Content-Range: bytes 0-99/1234``."""
    return int(answer["ContentRange"].rpartition("/")[2])


def _range(begin: int, end: int) -> dict[str, str]:
    return {"Range": f"bytes={begin}-{end - 1}"}
