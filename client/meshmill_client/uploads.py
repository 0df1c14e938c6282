"""A file, posted by a form that the service has signed."""

from __future__ import annotations

import io
import os
from pathlib import Path

from meshmill_client.batch_models import UploadForm
from meshmill_client.refusals import error_of
from meshmill_client.retries import transient_of_store
from meshmill_client.transfers import OnTransfer, Transfer
from meshmill_client.transport import Transport, reported_as_ours

_TYPE_FIELD = "Content-Type"
_DEFAULT_TYPE = "application/octet-stream"
_TYPES = {".csv": "text/csv", ".jsonl": "application/jsonl", ".ndjson": "application/x-ndjson"}


def content_type_of(manifest: Path) -> str:
    """The type that a manifest's name tells; the service looks at the content itself."""
    return _TYPES.get(manifest.suffix.lower(), _DEFAULT_TYPE)


def size_of(manifest: Path) -> int:
    """Bytes of a file that can be read.

    Raises:
        OSError: it can't.
    """
    with manifest.open("rb") as file:
        return file.seek(0, os.SEEK_END)


async def uploaded(
    form: UploadForm, path: Path, transport: Transport, on_transfer: OnTransfer
) -> None:
    """Post the file; it is streamed, and once more from its beginning where no answer comes.

    Repeating is harmless: of an issued batch the first version of the object counts.

    Raises:
        ApiError: the store refuses it.
        ConnectionFailed: the store does not answer.
        OSError: the file can't be read.
    """

    async def attempt() -> None:
        with _Observed(path, on_transfer) as content, reported_as_ours():
            # The store takes the type from the fields; that of the part is for show.
            part = (path.name, content, form.fields.get(_TYPE_FIELD, _DEFAULT_TYPE))
            request = transport.runtime.request(
                "POST", form.url, data=form.fields, files={"file": part}
            )
            response = await transport.runtime.send(request)
        if not response.is_success:
            raise error_of(response)

    await transport.retrier.run(attempt, transient_of_store)


class _Observed(io.FileIO):
    """A file that tells how much of it has been read."""

    def __init__(self, path: Path, on_transfer: OnTransfer) -> None:
        super().__init__(path)
        self._path = path
        self._on_transfer = on_transfer
        self._total = path.stat().st_size

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(-1 if size is None else size)
        if piece:
            self._on_transfer(Transfer(self._path.name, self.tell(), self._total))
        return piece
