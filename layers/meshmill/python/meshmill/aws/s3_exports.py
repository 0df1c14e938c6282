"""Files of account exports in S3, written as multipart uploads that anybody can resume."""

from __future__ import annotations

from meshmill.aws.s3_multipart import S3Multipart

_PREFIX = "exports"
_MEDIA_TYPE = "application/x-ndjson"


class S3ExportFiles(S3Multipart):
    """Objects ``exports/{user_id}/{job_id}.jsonl``."""

    def key(self, user_id: str, job_id: str) -> str:
        """``exports/{user_id}/{job_id}.jsonl``."""
        return f"{_PREFIX}/{user_id}/{job_id}.jsonl"

    def begin(self, key: str) -> str:
        """Begin an upload; one that is begun twice and used once goes by a lifecycle rule."""
        return self.begin_as(key, _MEDIA_TYPE)
