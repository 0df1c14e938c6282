"""Files on their way to disk: what has come is kept, and gets its name once it is whole."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows has none: there a draft serves one call alone.
    fcntl = None  # type: ignore[assignment]

_CHUNK_BYTES = 1024 * 1024


class Draft:
    """A file that grows at its end; ``size`` is in bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.size = 0
        while piece := file.read(_CHUNK_BYTES):
            self._digest.update(piece)
            self.size += len(piece)

    @property
    def sha256(self) -> str:
        """Of what stands there, in hexadecimal."""
        return self._digest.hexdigest()

    def append(self, piece: bytes) -> None:
        """Write at the end."""
        self._file.write(piece)
        self._digest.update(piece)
        self.size += len(piece)

    def empty(self) -> None:
        """Begin anew."""
        self._file.seek(0)
        self._file.truncate()
        self._digest = hashlib.sha256()
        self.size = 0


@contextmanager
def draft_of(target: Path, sha256: str) -> Iterator[Draft]:
    """The beginning of a file, which becomes ``target`` when the block ends without an error.

    After an error what has come stays beside the target, under a name made of the content's hash,
    and the next call goes on from there. Of two callers at once, the second begins a draft of its
    own, which nobody goes on with.

    Raises:
        OSError: the directory can't be written to.
    """
    path = target.with_name(f".{target.name}.{sha256[:16]}.part")
    with _claimed(path) as file:
        if file is not None:
            draft = Draft(file)
            try:
                yield draft
            except BaseException:
                if not draft.size:
                    path.unlink(missing_ok=True)
                raise
            file.flush()
            path.replace(target)
            return
    path = target.with_name(f".{target.name}.{secrets.token_hex(8)}.part")
    try:
        with path.open("xb+") as own:
            yield Draft(own)
        path.replace(target)
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def _claimed(path: Path) -> Iterator[IO[bytes] | None]:
    """The file, open at its beginning, with nobody else at it; or None."""
    if fcntl is None:
        yield None
        return
    # Not "a+b", whose writes go to the end of the file whatever has been truncated or sought.
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            is_ours = False
        except OSError:
            # A file system that has no locks: nobody goes on with what was only just made.
            path.unlink(missing_ok=True)
            is_ours = False
        else:
            # Whoever held the lock before may have given the file its final name since.
            is_ours = _is_at(path, file)
        yield file if is_ours else None


def _is_at(path: Path, file: IO[bytes]) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False


def stands_already(target: Path, size: int, sha256: str) -> bool:
    """Whether the file is there with these bytes."""
    try:
        if target.stat().st_size != size:
            return False
        with target.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False
