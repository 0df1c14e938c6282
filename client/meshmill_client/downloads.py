"""Files of a completed asset, streamed to disk and checked before they get their name."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import IO

import httpx

from meshmill_client.errors import (
    ChecksumMismatch,
    LinkRefused,
    MeshmillError,
    Truncated,
    UnexpectedAnswer,
)
from meshmill_client.models import AssetFile
from meshmill_client.refusals import error_of
from meshmill_client.retries import transient
from meshmill_client.transport import Transport, reported_as_ours

_CHUNK_BYTES = 256 * 1024


def downloaded(file: AssetFile, directory: Path, transport: Transport) -> Path:
    """Where the file stands now. It appears there whole and checked, or not at all.

    Raises:
        LinkRefused: the link has expired.
        Truncated, ChecksumMismatch: what comes is not the file, however often it is tried.
        ApiError, ConnectionFailed: nothing comes.
        UnexpectedAnswer: the file's name would lead out of the directory.
    """
    target = directory / _plain_name(file)

    def attempt() -> Path:
        with _draft_of(target) as draft:
            _stream(file, target, draft, transport.http)
        return target

    return transport.retrier.run(attempt, _worth_repeating)


def _plain_name(file: AssetFile) -> str:
    name = file.filename
    if name in {"", ".", ".."} or any(character in "/\\\0" for character in name):
        raise UnexpectedAnswer(f"a file is called {name!r}, which is no plain name")
    return name


def _worth_repeating(error: MeshmillError) -> bool:
    return transient(error) or isinstance(error, Truncated | ChecksumMismatch)


@contextmanager
def _draft_of(target: Path) -> Iterator[IO[bytes]]:
    """A file beside the target that becomes it in one step, or is gone after an error."""
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with draft.open("xb") as output:
            yield output
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _stream(file: AssetFile, target: Path, output: IO[bytes], http: httpx.Client) -> None:
    digest = hashlib.sha256()
    received = 0
    with reported_as_ours(), http.stream("GET", file.url) as response:
        _require_success(response, target)
        for chunk in response.iter_bytes(_CHUNK_BYTES):
            received += len(chunk)
            if received > file.bytes:
                break
            digest.update(chunk)
            output.write(chunk)
    if received != file.bytes:
        raise Truncated(f"{received} bytes came, {file.bytes} were announced", target)
    if digest.hexdigest() != file.sha256:
        raise ChecksumMismatch(f"SHA-256 is {digest.hexdigest()}, not {file.sha256}", target)


def _require_success(response: httpx.Response, target: Path) -> None:
    if response.status_code == HTTPStatus.FORBIDDEN:
        raise LinkRefused("the download link is refused; it may have expired", target)
    if not response.is_success:
        response.read()
        raise error_of(response)
