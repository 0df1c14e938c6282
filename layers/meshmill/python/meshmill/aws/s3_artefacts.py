"""Immutable files in S3: stored once by a conditional put, or found standing."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from meshmill.aws.backoff import Backoff
from meshmill.aws.errors import code_of, unavailable
from meshmill.domain.errors import DependencyUnavailable
from meshmill.geometry.artefact import ArtefactFile
from meshmill.ports import Standing

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import HeadObjectOutputTypeDef

_SERVICE = "S3"
_PREFIX = "artefacts"
_RACE_BACKOFF = Backoff(attempts=5, base_seconds=0.1)
_CHUNK_BYTES = 1024 * 1024
_STANDS, _RACE = "PreconditionFailed", "ConditionalRequestConflict"
# HEAD has no body to name its error in, so its code is the status.
_ABSENT = frozenset({"NoSuchKey", "404", "NotFound"})


class S3Artefacts:
    """The artefacts bucket. ``backoff`` paces the tries of a put that met another one."""

    def __init__(self, client: S3Client, bucket: str, backoff: Backoff = _RACE_BACKOFF) -> None:
        self._client = client
        self._bucket = bucket
        self._backoff = backoff

    def key(self, spec_id: str, engine_version: str, filename: str) -> str:
        """``artefacts/{spec_id}/{engine_version}/{filename}``."""
        return f"{_PREFIX}/{spec_id}/{engine_version}/{filename}"

    def read(self, key: str) -> bytes | None:
        """The whole of a small object, its checksum verified by the SDK, or None."""
        try:
            with unavailable(_SERVICE):
                return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except self._client.exceptions.NoSuchKey:
            return None

    def put_new(self, key: str, file: ArtefactFile) -> Standing | None:
        """Store where nothing stands: None when stored, else what stands there already.

        What stands may be our own object, put by an attempt whose response was lost; its size and
        checksum are then those of ``file``.

        Raises:
            DependencyUnavailable: other puts of the same key were under way each time.
        """
        checksum = base64.b64encode(hashlib.sha256(file.data).digest()).decode()
        for _ in self._backoff.tries():
            try:
                self._put(key, file, checksum)
            except ClientError as error:
                if code_of(error) not in (_STANDS, _RACE):
                    raise
                if code_of(error) == _STANDS and (standing := self._standing(key)):
                    return standing
            else:
                return None
        raise DependencyUnavailable(f"{_SERVICE} put of {key} met another one each time")

    def _put(self, key: str, file: ArtefactFile, checksum: str) -> None:
        with unavailable(_SERVICE):
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=file.data,
                ContentType=file.media_type,
                ChecksumSHA256=checksum,
                IfNoneMatch="*",
            )

    def _standing(self, key: str) -> Standing | None:
        """Size and hash of an object; None when it is gone again."""
        try:
            with unavailable(_SERVICE):
                head = self._client.head_object(
                    Bucket=self._bucket, Key=key, ChecksumMode="ENABLED"
                )
        except ClientError as error:
            if code_of(error) in _ABSENT:
                return None
            raise
        sha256 = _recorded_sha256(head)
        return Standing(head["ContentLength"], sha256) if sha256 else self._hashed(key)

    def _hashed(self, key: str) -> Standing | None:
        """Read and hash an object that somebody stored without a checksum."""
        digest, size = hashlib.sha256(), 0
        try:
            with unavailable(_SERVICE):
                body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
                for chunk in body.iter_chunks(_CHUNK_BYTES):
                    digest.update(chunk)
                    size += len(chunk)
        except self._client.exceptions.NoSuchKey:
            return None
        return Standing(size, digest.hexdigest())


def _recorded_sha256(head: HeadObjectOutputTypeDef) -> str | None:
    """In hexadecimal. A multipart upload's checksum is one of its parts' checksums: no use."""
    recorded = head.get("ChecksumSHA256")
    if recorded is None or head.get("ChecksumType") != "FULL_OBJECT":
        return None
    return base64.b64decode(recorded).hex()
