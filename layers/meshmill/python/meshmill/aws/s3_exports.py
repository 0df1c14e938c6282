"""Files of account exports in S3, written as multipart uploads that anybody can resume.

Source: *Uploading and copying objects using multipart upload* in the Amazon S3 user guide: parts
are of five MiB or more but for the last one, and a part uploaded again replaces the one before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from meshmill.account_ports import UploadLost
from meshmill.aws.errors import code_of, unavailable
from meshmill.domain.account_job import Part

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_SERVICE = "S3"
_PREFIX = "exports"
_MEDIA_TYPE = "application/x-ndjson"
_CHUNK_BYTES = 1024 * 1024
# HEAD has no body to name its error in, so its code is the status.
_ABSENT = frozenset({"NoSuchKey", "404", "NotFound"})
_LOST = frozenset({"NoSuchUpload", "InvalidPart", "InvalidPartOrder"})


class S3ExportFiles:
    """Objects ``exports/{user_id}/{job_id}.jsonl``."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def key(self, user_id: str, job_id: str) -> str:
        """``exports/{user_id}/{job_id}.jsonl``."""
        return f"{_PREFIX}/{user_id}/{job_id}.jsonl"

    def begin(self, key: str) -> str:
        """Begin an upload; one that is begun twice and used once goes by a lifecycle rule."""
        with unavailable(_SERVICE):
            answer = self._client.create_multipart_upload(
                Bucket=self._bucket, Key=key, ContentType=_MEDIA_TYPE
            )
        return answer["UploadId"]

    def put_part(self, key: str, upload_id: str, number: int, data: bytes) -> Part:
        """Upload a part.

        Raises:
            UploadLost: there is no such upload.
        """
        with unavailable(_SERVICE), _lost_uploads():
            answer = self._client.upload_part(
                Bucket=self._bucket, Key=key, UploadId=upload_id, PartNumber=number, Body=data
            )
        return Part(number, answer["ETag"], len(data))

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
                    MultipartUpload={
                        "Parts": [{"PartNumber": part.number, "ETag": part.etag} for part in parts]
                    },
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

    def sha256(self, key: str) -> str:
        """SHA-256 of a file in hexadecimal, a MiB of it in memory at a time.

        Raises:
            UploadLost: there is no such file.
        """
        digest = hashlib.sha256()
        try:
            with unavailable(_SERVICE):
                body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
                for chunk in body.iter_chunks(_CHUNK_BYTES):
                    digest.update(chunk)
        except self._client.exceptions.NoSuchKey:
            raise UploadLost(key) from None
        return digest.hexdigest()

    def _size(self, key: str) -> int | None:
        try:
            with unavailable(_SERVICE):
                return self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"]
        except ClientError as error:
            if code_of(error) in _ABSENT:
                return None
            raise


@contextmanager
def _lost_uploads() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if code_of(error) not in _LOST:
            raise
        raise UploadLost(code_of(error)) from error
