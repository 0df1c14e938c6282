"""What became of batches' lines, in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from meshmill.domain import batch_files
from meshmill.domain.asset import StoredFile


class InMemoryReports:
    """``ReportFiles`` by key; ``parts_put`` may be put together to ``files``."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.parts_put: dict[str, bytes] = {}

    def put_part(self, user_id: str, batch_id: str, name: str, data: bytes) -> None:
        self.parts_put[batch_files.part_key(user_id, batch_id, name)] = data

    def parts(self, user_id: str, batch_id: str, names: Sequence[str]) -> Iterator[bytes]:
        for name in names:
            yield self.parts_put[batch_files.part_key(user_id, batch_id, name)]

    def write(
        self, user_id: str, batch_id: str, filename: str, media_type: str, data: Iterator[bytes]
    ) -> StoredFile:
        key, whole = batch_files.file_key(user_id, batch_id, filename), b"".join(data)
        self.files[key] = whole
        sha256 = hashlib.sha256(whole).hexdigest()
        return batch_files.stored_file(key, media_type, size=len(whole), sha256=sha256)
