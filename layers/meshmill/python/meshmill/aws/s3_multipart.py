"""Multipart uploads in S3, each part with its checksum.

Source: *Uploading and copying objects using multipart upload* in the Amazon S3 user guide: parts
are of five MiB or more but for the last one, and a part uploaded again replaces the one before.
*Checking object integrity* there: an upload begun with a checksum algorithm takes the checksum of
each part with the part, refuses bytes of another one, and wants all of them told at the end.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from meshmill.aws.errors import code_of, unavailable
from meshmill.domain.account_job import Part
from meshmill.ports.accounts import UploadLost

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef

_SERVICE = "S3"
# HEAD has no body to name its error in, so its code is the status.
_ABSENT = frozenset({"NoSuchKey", "404", "NotFound"})
_LOST = frozenset({"NoSuchUpload", "InvalidPart", "InvalidPartOrder"})


class S3Multipart:
    """Uploads of one bucket's objects, which anybody can resume who knows their id."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def begin_as(self, key: str, media_type: str) -> str:
        """Begin an upload; one that is begun twice and used once goes by a lifecycle rule."""
        with unavailable(_SERVICE):
            answer = self._client.create_multipart_upload(
                Bucket=self._bucket,
                Key=key,
                ContentType=media_type,
                ChecksumAlgorithm="SHA256",
            )
        return answer["UploadId"]

    def put_part(self, key: str, upload_id: str, number: int, data: bytes) -> Part:
        """Upload a part, numbered from 1.

        Raises:
            UploadLost: there is no such upload.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        with unavailable(_SERVICE), _lost_uploads():
            answer = self._client.upload_part(
                Bucket=self._bucket,
                Key=key,
                UploadId=upload_id,
                PartNumber=number,
                Body=data,
                ChecksumSHA256=checksum(sha256),
            )
        return Part(number, answer["ETag"], len(data), sha256)

    def complete(self, key: str, upload_id: str, parts: Sequence[Part]) -> None:
        """Make the parts one file; where that has happened before, the file stands.

        Raises:
            UploadLost: there is no such upload, or it holds another part.
        """
        size = sum(part.size for part in parts)
        try:
            with unavailable(_SERVICE), _lost_uploads():
                self._client.complete_multipart_upload(
                    Bucket=self._bucket,
                    Key=key,
                    UploadId=upload_id,
                    MultipartUpload={"Parts": [_completed(part) for part in parts]},
                )
        except UploadLost:
            # An earlier try may have completed it, its response lost.
            if self._size(key) != size:
                raise

    def abort(self, key: str, upload_id: str) -> None:
        """Give an upload up; what is gone already is no error."""
        try:
            with unavailable(_SERVICE), _lost_uploads():
                self._client.abort_multipart_upload(
                    Bucket=self._bucket, Key=key, UploadId=upload_id
                )
        except UploadLost:
            return

    def _size(self, key: str) -> int | None:
        try:
            with unavailable(_SERVICE):
                return self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"]
        except ClientError as error:
            if code_of(error) in _ABSENT:
                return None
            raise


def checksum(sha256: str) -> str:
    """A hash in hexadecimal as S3 wants it: the same bytes in base64."""
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def _completed(part: Part) -> CompletedPartTypeDef:
    return {
        "PartNumber": part.number,
        "ETag": part.etag,
        "ChecksumSHA256": checksum(part.sha256),
    }


@contextmanager
def _lost_uploads() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if code_of(error) not in _LOST:
            raise
        raise UploadLost(code_of(error)) from error
