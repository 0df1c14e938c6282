"""``client.batches``: many requests in one file."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import AsyncGenerator, Iterable
from pathlib import Path
from typing import TypeVar

from meshmill_client.addresses import segment
from meshmill_client.batch_models import (
    Batch,
    BatchPage,
    BatchStatus,
    LineError,
    LineResult,
)
from meshmill_client.blocking import blocking, blocking_iterator
from meshmill_client.downloads import Links, all_downloaded
from meshmill_client.errors import ApiError, BatchFailed, NotReady, UnexpectedAnswer
from meshmill_client.listing import listed
from meshmill_client.models import AssetFile, Wire
from meshmill_client.polling import Deadline, Followed, OnBatchProgress, until_final
from meshmill_client.refusals import is_signature_refused
from meshmill_client.retries import WorthRepeating, never, transient
from meshmill_client.session import Call, Session
from meshmill_client.tokens import require_fit_for_header
from meshmill_client.transfers import OnTransfer, unobserved
from meshmill_client.uploads import content_type_of, size_of, uploaded

_PATH = "/api/v1/batches"
_DEFAULT_TIMEOUT = 3600.0

Line = TypeVar("Line", bound=Wire)


class AsyncBatches:
    """Submit, read, wait for, read the results of, ask again for and delete batches."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def submit(
        self,
        manifest: Path | str,
        *,
        content_type: str | None = None,
        idempotency_key: str | None = None,
        on_transfer: OnTransfer = unobserved,
    ) -> Batch:
        """Announce a manifest and upload it: :meth:`create` and :meth:`upload` in one.

        Args:
            manifest: a file with a request a line, JSON or CSV.
            content_type: as of :meth:`create`; told by the file's name unless given.
            idempotency_key: as of :meth:`create`.
            on_transfer: receives how far the upload is; what it raises ends it.

        Raises:
            IdempotencyConflict: the key stands for another file.
            ValueError: the key is empty, or no header can have it.
            ValidationFailed: the file is empty or too large.
            ApiError, ConnectionFailed, TokenRefused: as every call.
            OSError: the file can't be read.
        """
        path = Path(manifest)
        size, key = size_of(path), _key_of(idempotency_key)

        async def announced() -> Batch:
            return await self.create(
                filename=path.name,
                size=size,
                content_type=content_type or content_type_of(path),
                idempotency_key=key,
            )

        batch = await announced()
        if batch.upload is None:
            # The key stands for a manifest that has come already.
            return batch
        try:
            await self.upload(batch, path, on_transfer)
        except ApiError as error:
            if not is_signature_refused(error):
                raise
            # A form dies with the role that has signed it: the same key gives a fresh one.
            batch = await announced()
            if batch.upload is not None:
                await self.upload(batch, path, on_transfer)
        return batch

    async def create(
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
                sent; one of its own unless given.

        Raises:
            IdempotencyConflict: the key stands for another request.
            ValueError: the key is empty, or no header can have it.
            ValidationFailed: the request breaks rules.
            ApiError, ConnectionFailed, TokenRefused: as every call.
        """
        call = Call(
            method="POST",
            path=_PATH,
            json={"filename": filename, "size": size, "content_type": content_type},
            headers={"Idempotency-Key": _key_of(idempotency_key)},
        )
        return Batch.read(await self._session.send(call))

    async def upload(
        self, batch: Batch, manifest: Path | str, on_transfer: OnTransfer = unobserved
    ) -> None:
        """Put the manifest where the batch awaits it, by its form: no token.

        Args:
            batch: as :meth:`create` returned it.
            manifest: the file that was announced.
            on_transfer: receives how far the upload is; what it raises ends it.

        Raises:
            NotReady: the batch awaits none any more.
            ApiError, ConnectionFailed: the store refuses it, or does not answer.
            OSError: the file can't be read.
        """
        if batch.upload is None:
            raise NotReady(f"batch {batch.batch_id} is {batch.status}: it awaits no manifest")
        await uploaded(batch.upload, Path(manifest), self._session.transport, on_transfer)

    async def get(self, batch_id: str) -> Batch:
        """The batch as of now, with fresh links.

        Raises:
            NotFound: there is none of this id.
            ApiError, ConnectionFailed, TokenRefused: as every call.
        """
        return await self._seen(batch_id, transient)

    def list(self, *, page_size: int = 100) -> AsyncGenerator[Batch, None]:
        """All batches, newest first; pages are read as the iterator gets to them.

        Args:
            page_size: batches a request, 1 … 100.

        Raises:
            ApiError, ConnectionFailed, TokenRefused: as every call, while iterating.
        """
        return listed(self._session, _PATH, {"limit": str(page_size)}, BatchPage)

    async def wait(
        self,
        batch: Batch | str,
        timeout: float = _DEFAULT_TIMEOUT,
        on_progress: OnBatchProgress = unobserved,
    ) -> Batch:
        """The batch once nothing more happens to it, by its signed link: no token, no rate limit.

        Some of its lines may have been rejected, and some of its assets failed: its counts tell.
        While the service does not answer, it is asked again until the time is over.

        Args:
            batch: as any call returned it, or its id.
            timeout: seconds to wait at most.
            on_progress: receives the batch each time that it has been looked at; what it raises
                ends the waiting.

        Raises:
            BatchFailed: the manifest as a whole came to nothing.
            WaitTimeout: it is not final in time.
            ApiError, ConnectionFailed: it can't be looked at.
        """
        deadline = Deadline(timeout, self._session.transport.runtime)
        begun = await self._seen(batch, deadline.allows) if isinstance(batch, str) else batch

        async def anew() -> Batch:
            return await self._seen(begun.batch_id, never)

        # One that was over when the caller saw it may have been redriven since.
        is_settled = isinstance(batch, str) and begun.is_final
        followed = Followed(seen=begun, is_settled=is_settled, read=Batch.read, anew=anew)
        done = await until_final(followed, self._session.transport, deadline, on_progress)
        if done.status is BatchStatus.FAILED:
            raise BatchFailed(done)
        return done

    def results(self, batch: Batch | str) -> AsyncGenerator[LineResult, None]:
        """What became of each line, in order.

        The file is downloaded and checked as a whole first, so that memory stays small.

        Args:
            batch: as any call returned it, or its id.

        Raises:
            NotReady: not every line is counted yet.
            DownloadFailed: what comes is not the file.
            ApiError, ConnectionFailed, TokenRefused: as every call.
        """
        return self._lines(batch, "results", LineResult)

    def errors(self, batch: Batch | str) -> AsyncGenerator[LineError, None]:
        """The rejected lines, in order, each with what is wrong with it.

        Args:
            batch: as any call returned it, or its id.

        Raises:
            NotReady: not every line is counted yet.
            DownloadFailed: what comes is not the file.
            ApiError, ConnectionFailed, TokenRefused: as every call.
        """
        return self._lines(batch, "errors", LineError)

    async def download(
        self, batch: Batch | str, directory: Path | str, on_transfer: OnTransfer = unobserved
    ) -> dict[str, Path]:
        """The files that say what became of each line, by name, checked by their SHA-256.

        As :meth:`Assets.download` does: ``results`` and ``errors``, both also as CSV.

        Raises:
            NotReady: not every line is counted yet.
            DownloadFailed: what comes is not the file.
            ApiError, ConnectionFailed, TokenRefused: as every call.
            OSError: the directory can't be written to.
        """
        reported = await self._reported(batch)
        links = self._links(reported, reported.files)
        return await all_downloaded(links, directory, self._session.transport, on_transfer)

    async def redrive(self, batch: Batch | str) -> Batch:
        """Queue again exactly those assets of the batch that failed and are worth another try.

        It goes on after the answer: :meth:`wait` for the batch. During a redrive, another is that
        one.

        Args:
            batch: as any call returned it, or its id.

        Raises:
            InvalidState: its lines are not all counted yet.
            NotFound: there is none of this id.
            ApiError, ConnectionFailed, TokenRefused: as every call.
        """
        call = Call(method="POST", path=f"{_path(_id_of(batch))}/redrive")
        return Batch.read(await self._session.send(call))

    async def delete(self, batch: Batch | str) -> None:
        """Delete a batch of which nothing has begun.

        Args:
            batch: as any call returned it, or its id.

        Raises:
            NotFound: there is none of this id.
            InvalidState: something of it has begun.
            ApiError, ConnectionFailed, TokenRefused: as every call.
        """
        await self._session.delete(_path(_id_of(batch)))

    async def _seen(self, batch_id: str, worth_repeating: WorthRepeating) -> Batch:
        call = Call(method="GET", path=_path(batch_id))
        return Batch.read(await self._session.send(call, worth_repeating))

    async def _reported(self, batch: Batch | str) -> Batch:
        """The batch with its files; one that was seen before it had any is read anew."""
        seen = batch if isinstance(batch, Batch) and batch.files else None
        reported = seen or await self.get(_id_of(batch))
        if not reported.files:
            raise NotReady(f"batch {reported.batch_id} is {reported.status}: it has no files yet")
        return reported

    def _links(self, batch: Batch, files: Iterable[AssetFile]) -> Links:
        async def fresh() -> Iterable[AssetFile]:
            return (await self.get(batch.batch_id)).files

        return Links(files, fresh)

    async def _lines(
        self, batch: Batch | str, name: str, kind: type[Line]
    ) -> AsyncGenerator[Line, None]:
        reported = await self._reported(batch)
        named = [file for file in reported.files if file.name == name]
        if not named:
            raise UnexpectedAnswer(f"batch {reported.batch_id} has no file {name}")
        links = self._links(reported, named)
        with tempfile.TemporaryDirectory(prefix="meshmill-") as folder:
            transport = self._session.transport
            files = await all_downloaded(links, folder, transport, unobserved)
            with files[name].open("rb") as lines:
                for number, line in enumerate(lines, 1):
                    yield kind.parsed(line, f"{files[name].name}, line {number} is something")


class Batches:
    """Submit, read, wait for, read the results of, ask again for and delete batches."""

    def __init__(self, session: Session) -> None:
        self._calls = AsyncBatches(session)

    submit = blocking(AsyncBatches.submit)
    create = blocking(AsyncBatches.create)
    upload = blocking(AsyncBatches.upload)
    get = blocking(AsyncBatches.get)
    list = blocking_iterator(AsyncBatches.list)
    wait = blocking(AsyncBatches.wait)
    results = blocking_iterator(AsyncBatches.results)
    errors = blocking_iterator(AsyncBatches.errors)
    download = blocking(AsyncBatches.download)
    redrive = blocking(AsyncBatches.redrive)
    delete = blocking(AsyncBatches.delete)


def _path(batch_id: str) -> str:
    return f"{_PATH}/{segment(batch_id)}"


def _key_of(given: str | None) -> str:
    """The caller's own key, or one that nobody has used."""
    if given is None:
        return str(uuid.uuid4())
    require_fit_for_header(given)
    return given


def _id_of(batch: Batch | str) -> str:
    return batch if isinstance(batch, str) else batch.batch_id
