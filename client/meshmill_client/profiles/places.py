"""Where profiles and tokens are kept, readable by their owner alone."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from meshmill_client.profiles.errors import ProfileMissing, ProfilesInUse

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None  # type: ignore[assignment]

_OURS = "meshmill"
_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700
_LONGEST_WAIT, _PAUSE = 10.0, 0.02


def profiles_path() -> Path:
    """The file of the stored profiles: in ``$MESHMILL_CONFIG_DIR``, else where the system says.

    That is ``$XDG_CONFIG_HOME/meshmill`` or ``~/.config/meshmill``
    (https://specifications.freedesktop.org/basedir-spec), on Windows ``%APPDATA%/meshmill``.

    Raises:
        ProfileMissing: there is no home directory to look in.
    """
    asked = os.environ.get("MESHMILL_CONFIG_DIR")
    folder = Path(asked) if asked else _standard("XDG_CONFIG_HOME", "APPDATA", ".config")
    return folder / "profiles.json"


def tokens_folder() -> Path:
    """Where tokens are kept until they expire: what is there may be removed at any time.

    Raises:
        ProfileMissing: there is no home directory.
    """
    return _standard("XDG_CACHE_HOME", "LOCALAPPDATA", ".cache") / "tokens"


def write_private(path: Path, content: bytes) -> None:
    """Replace a file in one step; nobody but its owner can read it at any time.

    A link stays one: what it leads to is replaced.

    Raises:
        OSError: it can't be written.
    """
    target = private_folder_of(path) / path.resolve().name
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE)
        with os.fdopen(descriptor, "wb") as output:
            output.write(content)
            output.flush()
            os.fsync(descriptor)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other process is in here for this folder, and keep others out meanwhile.

    The lock ends with the process that holds it, and leaves nothing behind. Nobody waits where the
    folder isn't there, or where a system knows no such locks.

    Raises:
        ProfilesInUse: somebody is in here for longer than any change takes.
    """
    if fcntl is None or not folder.is_dir():
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _lock(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    begun = time.monotonic()
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() - begun >= _LONGEST_WAIT:
                raise ProfilesInUse(folder, _LONGEST_WAIT) from None
        except OSError:  # of file systems without locks
            return
        else:
            return
        time.sleep(_PAUSE)


def private_folder_of(path: Path) -> Path:
    """The folder that holds a file, or what a link leads to; made if needed.

    Raises:
        OSError: it can't be made.
    """
    folder = path.resolve().parent
    folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    return folder


def _standard(variable: str, windows: str, below_home: str) -> Path:
    base = os.environ.get(windows if sys.platform == "win32" else variable, "")
    # The specification has relative paths ignored.
    if Path(base).is_absolute():
        return Path(base) / _OURS
    try:
        return Path.home() / below_home / _OURS
    except RuntimeError:
        raise ProfileMissing(
            f"there is no home directory: set MESHMILL_CONFIG_DIR, or {variable}"
        ) from None
