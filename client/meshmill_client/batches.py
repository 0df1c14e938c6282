"""``client.batches``: many requests in one file."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from meshmill_client.batch_models import Batch, BatchStatus
from meshmill_client.downloads import downloaded
from meshmill_client.errors import BatchFailed, LinkRefused, NotReady
from meshmill_client.polling import OnBatchProgress, until_final
from meshmill_client.session import Call, Session
from meshmill_client.uploads import uploaded

_PATH = "/api/v1/batches"
_DEFAULT_TIMEOUT = 3600.0


class Batches:
    """Create, upload, read, wait for and download batches."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def create(
        self,
        *,
        filename: str,
        size: int,
        content_type: str,
        idempotency_key: str | None = None,
    ) -> Batch:
        """Announce a manifest; the batch has the form that takes it.

        Args:
            filename: what the manifest is called.
            size: its bytes.
            content_type: ``application/jsonl``, ``text/csv`` or another that the service takes.
            idempotency_key: names this request, so that it makes one batch however often it is
                sent; without one, a lost answer may leave a batch behind that expires unused.

        Raises:
            IdempotencyConflict: the key stands for another request.
            ValidationFailed: the request breaks rules.
            ApiError, ConnectionFailed, TokenRefused: as every call.
        """
        call = Call(
            method="POST",
            path=_PATH,
            json={"filename": filename, "size": size, "content_type": content_type},
            headers={"Idempotency-Key": idempotency_key} if idempotency_key else None,
        )
        return Batch.read(self._session.send(call))

    def upload(self, batch: Batch, manifest: Path | str) -> None:
        """Put the manifest where the batch awaits it, by its form: no token.

        Raises:
            NotReady: the batch awaits none any more.
            ApiError, ConnectionFailed: the store refuses it, or does not answer.
            OSError: the file can't be read.
        """
        if batch.upload is None:
            raise NotReady(f"batch {batch.batch_id} is {batch.status}: it awaits no manifest")
        uploaded(batch.upload, Path(manifest), self._session.transport)

    def get(self, batch_id: str) -> Batch:
        """The batch as of now, with fresh links.

        Raises:
            NotFound: there is none of this id.
            ApiError, ConnectionFailed, TokenRefused: as every call.
        """
        path = f"{_PATH}/{quote(batch_id, safe='')}"
        return Batch.read(self._session.send(Call(method="GET", path=path)))

    def wait(
        self,
        batch: Batch,
        timeout: float = _DEFAULT_TIMEOUT,
        on_progress: OnBatchProgress = lambda _: None,
    ) -> Batch:
        """The batch once nothing more happens to it, by its signed link: no token, no rate limit.

        Some of its lines may have been rejected, and some of its assets failed: its counts tell.

        Args:
            batch: as any call returned it.
            timeout: seconds to wait at most.
            on_progress: receives the batch each time that it has been looked at; what it raises
                ends the waiting.

        Raises:
            BatchFailed: the manifest as a whole came to nothing.
            WaitTimeout: it is not final in time.
            ApiError, ConnectionFailed: it can't be looked at.
        """
        session = self._session
        done = until_final(
            batch, Batch.read, session.transport, session.clock, timeout, on_progress
        )
        if done.status is BatchStatus.FAILED:
            raise BatchFailed(done)
        return done

    def download(self, batch: Batch, directory: Path | str) -> dict[str, Path]:
        """The files that say what became of each line, by name, checked by their SHA-256.

        As :meth:`Assets.download` does.

        Raises:
            NotReady: not every line is counted yet.
            DownloadFailed: what comes is not the file.
            ApiError, ConnectionFailed, TokenRefused: as every call.
            OSError: the directory can't be written to.
        """
        if not batch.files:
            raise NotReady(f"batch {batch.batch_id} is {batch.status}: it has no files yet")
        target = Path(directory)
        target.mkdir(parents=True, exist_ok=True)
        try:
            return self._all_files(batch, target)
        except LinkRefused:
            return self._all_files(self.get(batch.batch_id), target)

    def _all_files(self, batch: Batch, directory: Path) -> dict[str, Path]:
        transport = self._session.transport
        return {file.name: downloaded(file, directory, transport) for file in batch.files}
