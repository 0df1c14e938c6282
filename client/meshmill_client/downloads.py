"""Files of an asset or a batch, streamed to disk and checked before they get their name."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from http import HTTPStatus
from pathlib import Path

import httpx

from meshmill_client.drafts import Draft, draft_of, stands_already
from meshmill_client.errors import (
    ChecksumMismatch,
    LinkRefused,
    MeshmillError,
    Truncated,
    UnexpectedAnswer,
)
from meshmill_client.models import AssetFile
from meshmill_client.refusals import error_of, is_signature_refused
from meshmill_client.retries import transient_of_store
from meshmill_client.runtime import Body
from meshmill_client.transfers import OnTransfer, Transfer
from meshmill_client.transport import Transport, reported_as_ours

_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")

FreshFiles = Callable[[], Awaitable[Iterable[AssetFile]]]
"""Returns all files with links minted now."""


class Links:
    """The links of files, minted anew when the store doesn't take them any more."""

    def __init__(self, files: Iterable[AssetFile], fresh: FreshFiles) -> None:
        self._files = _by_name(files)
        self._fresh = fresh

    def names(self) -> list[str]:
        """Of all files."""
        return list(self._files)

    def of(self, name: str) -> AssetFile:
        """The file with the newest link."""
        return self._files[name]

    async def renew(self) -> None:
        """Mint links anew."""
        self._files = {**self._files, **_by_name(await self._fresh())}


async def all_downloaded(
    links: Links, directory: Path | str, transport: Transport, on_transfer: OnTransfer
) -> dict[str, Path]:
    """Where the files stand now, by name; ``directory`` is made where it doesn't exist.

    Raises:
        LinkRefused: also a fresh link is refused.
        Truncated, ChecksumMismatch: what comes is not the file, however often it is tried.
        ApiError, ConnectionFailed: nothing comes.
        UnexpectedAnswer: a file's name would lead out of the directory.
        OSError: the directory can't be written to.
    """
    target = Path(directory)
    target.mkdir(parents=True, exist_ok=True)
    return {
        name: await _Download(name, links, transport, on_transfer).into(target)
        for name in links.names()
    }


class _Download:
    """One file on its way."""

    def __init__(
        self, name: str, links: Links, transport: Transport, on_transfer: OnTransfer
    ) -> None:
        self._name = name
        self._links = links
        self._transport = transport
        self._on_transfer = on_transfer
        self._refused_at = -1

    @property
    def _file(self) -> AssetFile:
        return self._links.of(self._name)

    async def into(self, directory: Path) -> Path:
        """Where the file stands now. It appears there whole and checked, or not at all."""
        file = self._file
        target = directory / _plain_name(file)
        if stands_already(target, file.bytes, file.sha256):
            self._tell(file.bytes)
            return target
        with draft_of(target, file.sha256) as draft:
            self._tell(min(draft.size, file.bytes))
            await self._persistently(draft, target)
        return target

    async def _persistently(self, draft: Draft, target: Path) -> None:
        """Attempts are counted anew as long as something comes along."""

        async def attempt() -> None:
            await self._continued(draft, target)

        while True:
            before = draft.size
            try:
                return await self._transport.retrier.run(attempt, _worth_repeating)
            except MeshmillError as error:
                if draft.size <= before or not _breaks_off(error):
                    raise

    async def _continued(self, draft: Draft, target: Path) -> None:
        """Fetch what is missing, and check the whole.

        A link may expire while a long file comes, and so may the one that replaces it: one that
        has brought nothing is the last.
        """
        while draft.size != self._file.bytes or draft.size == 0:
            try:
                await self._stream(draft, target)
                break
            except LinkRefused:
                if draft.size <= self._refused_at:
                    raise
                self._refused_at = draft.size
                await self._links.renew()
        self._check(draft, target)

    async def _stream(self, draft: Draft, target: Path) -> None:
        runtime, file = self._transport.runtime, self._file
        headers = {"Accept-Encoding": "identity"}
        if draft.size:
            headers["Range"] = f"bytes={draft.size}-"
        request = runtime.request("GET", file.url, headers=headers)
        with reported_as_ours():
            async with runtime.stream(request) as body:
                self._require_fit(body.head, draft, target)
                await _require_success(body, target)
                if body.head.status_code != HTTPStatus.PARTIAL_CONTENT:
                    draft.empty()
                async with aclosing(body.pieces()) as pieces:
                    async for piece in pieces:
                        draft.append(piece)
                        self._tell(min(draft.size, file.bytes))
                        if draft.size > file.bytes:
                            break

    def _require_fit(self, answer: httpx.Response, draft: Draft, target: Path) -> None:
        """A part that is not what is missing is no beginning either."""
        if answer.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            draft.empty()
            raise Truncated("the store has less of it than has come already", target)
        is_part = answer.status_code == HTTPStatus.PARTIAL_CONTENT
        if is_part and not _continues(answer, draft.size, self._file.bytes):
            draft.empty()
            raise Truncated("another part of it came than was asked for", target)

    def _check(self, draft: Draft, target: Path) -> None:
        size, file = draft.size, self._file
        if size < file.bytes:
            raise Truncated(f"{size} bytes came, {file.bytes} were announced", target)
        digest = draft.sha256
        if size > file.bytes:
            draft.empty()
            raise Truncated(f"more than the {file.bytes} bytes came that were announced", target)
        if digest != file.sha256:
            draft.empty()
            raise ChecksumMismatch(f"SHA-256 is {digest}, not {file.sha256}", target)

    def _tell(self, done: int) -> None:
        self._on_transfer(Transfer(self._file.filename, done, self._file.bytes))


def _by_name(files: Iterable[AssetFile]) -> Mapping[str, AssetFile]:
    return {file.name: file for file in files}


def _plain_name(file: AssetFile) -> str:
    name = file.filename
    # One that begins with a dot could become what some program reads unasked.
    is_plain = name.isprintable() and not any(character in "/\\:" for character in name)
    if not name or name.startswith(".") or not is_plain:
        raise UnexpectedAnswer(f"a file is called {name!r}, which is no plain name")
    return name


def _breaks_off(error: MeshmillError) -> bool:
    return transient_of_store(error) or isinstance(error, Truncated)


def _worth_repeating(error: MeshmillError) -> bool:
    return _breaks_off(error) or isinstance(error, ChecksumMismatch)


def _continues(answer: httpx.Response, start: int, total: int) -> bool:
    """Whether a part begins where the draft ends (RFC 9110, 14.4 and 15.3.7)."""
    if "Content-Encoding" in answer.headers:
        return False
    part = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    return part is not None and (int(part[1]), int(part[2])) == (start, total)


async def _require_success(body: Body, target: Path) -> None:
    if body.head.is_success:
        return
    error = error_of(await body.read())
    if is_signature_refused(error):
        raise LinkRefused("the download link is refused; it may have expired", target) from error
    raise error
