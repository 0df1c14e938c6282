"""What became of a batch's lines, in S3: parts, and the files that they are put together to."""

from __future__ import annotations

import hashlib
import io
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from meshmill.aws.backoff import Backoff
from meshmill.aws.errors import unavailable
from meshmill.aws.s3_multipart import S3Multipart, checksum
from meshmill.domain import batch_files
from meshmill.domain.account_job import Part
from meshmill.domain.asset import StoredFile
from meshmill.domain.errors import DependencyUnavailable
from meshmill.ports.accounts import UploadLost

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_SERVICE = "S3"
_PART_MEDIA_TYPE = "application/x-ndjson"
#: What a file is uploaded by, at least: S3 wants five MiB, and takes 10,000 of them.
_PIECE_BYTES = 5 * 1024 * 1024
# Each reader takes memory of its own, whatever it reads.
_READERS, _AHEAD = 4, 6
_BODY_BACKOFF = Backoff(attempts=3, base_seconds=0.1)


class S3ReportFiles:
    """Objects ``parts/{user_id}/{batch_id}/…`` and ``batches/{user_id}/{batch_id}/…``.

    ``backoff`` paces the tries of a part whose body broke off.
    """

    def __init__(self, client: S3Client, bucket: str, backoff: Backoff = _BODY_BACKOFF) -> None:
        self._client = client
        self._bucket = bucket
        self._backoff = backoff
        self._uploads = S3Multipart(client, bucket)

    def put_part(self, user_id: str, batch_id: str, name: str, data: bytes) -> None:
        """Store a part under its name; once more, it replaces the one before."""
        key = batch_files.part_key(user_id, batch_id, name)
        self._put(key, _PART_MEDIA_TYPE, data, hashlib.sha256(data).hexdigest())

    def parts(self, user_id: str, batch_id: str, names: Sequence[str]) -> Iterator[bytes]:
        """Parts one after the other, up to six of them read ahead, four at a time."""
        pool = ThreadPoolExecutor(_READERS)
        ahead: deque[Future[bytes]] = deque()
        try:
            for name in names:
                key = batch_files.part_key(user_id, batch_id, name)
                ahead.append(pool.submit(self._read, key))
                if len(ahead) > _AHEAD:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)

    def write(
        self, user_id: str, batch_id: str, filename: str, media_type: str, data: Iterator[bytes]
    ) -> StoredFile:
        """Store a file of any length; once more, it replaces the one before.

        A small one is put; of others, one piece of a good five MiB is held at a time.
        """
        key = batch_files.file_key(user_id, batch_id, filename)
        pieces = _Pieces(data)
        if pieces.are_one:
            whole = b"".join(pieces)
            sha256, size = hashlib.sha256(whole).hexdigest(), len(whole)
            self._put(key, media_type, whole, sha256)
        else:
            sha256, size = self._upload(key, media_type, pieces)
        return batch_files.stored_file(key, media_type, size=size, sha256=sha256)

    def _upload(self, key: str, media_type: str, pieces: _Pieces) -> tuple[str, int]:
        """The whole's hash, and its size."""
        upload_id, digest = self._uploads.begin_as(key, media_type), hashlib.sha256()
        try:
            parts: list[Part] = []
            for piece in pieces:
                digest.update(piece)
                parts.append(self._uploads.put_part(key, upload_id, len(parts) + 1, piece))
                # Gone before the next one is read.
                del piece
            self._uploads.complete(key, upload_id, parts)
        except UploadLost as error:
            raise DependencyUnavailable(f"{_SERVICE} lost an upload of {key}") from error
        except BaseException:
            # What can't be aborted now goes by a lifecycle rule.
            with suppress(DependencyUnavailable):
                self._uploads.abort(key, upload_id)
            raise
        return digest.hexdigest(), sum(part.size for part in parts)

    def _put(self, key: str, media_type: str, data: bytes, sha256: str) -> None:
        with unavailable(_SERVICE):
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=data,
                ContentType=media_type,
                ChecksumSHA256=checksum(sha256),
            )

    def _read(self, key: str) -> bytes:
        """The whole of a part; the SDK itself doesn't try a body again that broke off."""
        for _ in self._backoff.tries():
            try:
                with unavailable(_SERVICE):
                    answer = self._client.get_object(Bucket=self._bucket, Key=key)
                    return answer["Body"].read()
            except DependencyUnavailable as error:
                broken = error
        raise broken


class _Pieces:
    """Data in pieces of a good five MiB but for the last, of which one is in memory at a time."""

    def __init__(self, data: Iterator[bytes]) -> None:
        self._data = data
        self._next = self._read()

    @property
    def are_one(self) -> bool:
        """Whether all of the data is the first piece."""
        return len(self._next) < _PIECE_BYTES

    def __iter__(self) -> Iterator[bytes]:
        while self._next:
            yield self._taken()
            self._next = self._read()

    def _taken(self) -> bytes:
        piece, self._next = self._next, b""
        return piece

    def _read(self) -> bytes:
        held = io.BytesIO()
        while held.tell() < _PIECE_BYTES and (some := next(self._data, None)) is not None:
            held.write(some)
        return held.getvalue()
