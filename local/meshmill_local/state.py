"""The state directory: one place for everything that a local stack keeps between runs.

::

    .meshmill/
    ├── local.json      what tools need to reach the running stack; there only while it runs
    ├── engine.log      the engine's and the functions' output of this run
    ├── lock            held by the running stack
    ├── saved.json      fingerprints of the deployed stacks, written with the engine's own state
    ├── identity/       the issuer's key, the client's credentials, the API key, refresh tokens
    └── engine/         the engine's tables, queues, objects, layers, temporary files and home
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from meshmill_local.errors import StateInUseError

_PRIVATE_FILE, _PRIVATE_DIRECTORY = 0o600, 0o700


@dataclass(frozen=True)
class StateDirectory:
    """Paths below one root, and the rules for what may be thrown away."""

    root: Path

    @property
    def local_json(self) -> Path:
        """What tools read to reach the running stack."""
        return self.root / "local.json"

    @property
    def engine_log(self) -> Path:
        """The engine's and the functions' output of this run."""
        return self.root / "engine.log"

    @property
    def saved_json(self) -> Path:
        """Fingerprints of the stacks that the saved engine state holds."""
        return self.root / "saved.json"

    @property
    def identity(self) -> Path:
        """Keys and credentials; they outlive the engine's state."""
        return self.root / "identity"

    @property
    def engine(self) -> Path:
        """Everything that belongs to the embedded engine."""
        return self.root / "engine"

    @property
    def layers(self) -> Path:
        """Copies of the layers that functions read in place."""
        return self.engine / "layers"

    @property
    def engine_temporary(self) -> Path:
        """Where workers unpack code; emptied at every start and stop."""
        return self.engine / "tmp"

    def prepare(self) -> None:
        """Make the directories; drop engine state that was never saved as a whole.

        Objects reach the disk at once, tables and stacks only when the engine stops. Objects
        without tables would make the next deployment meet buckets that it believes to be new.
        State that was moved is dropped too: functions hold paths into it.
        """
        saved = read_json(self.saved_json) or {}
        if saved.get("root") != str(self.root):
            self.saved_json.unlink(missing_ok=True)
            shutil.rmtree(self.engine, ignore_errors=True)
        self.empty_temporary()
        for directory in (self.root, self.identity, self.engine, self.layers):
            directory.mkdir(mode=_PRIVATE_DIRECTORY, parents=True, exist_ok=True)
        self.local_json.unlink(missing_ok=True)

    def empty_temporary(self) -> None:
        """Remove what workers unpacked: the engine leaves it behind when it ends."""
        shutil.rmtree(self.engine_temporary, ignore_errors=True)
        if self.engine.exists():
            self.engine_temporary.mkdir(exist_ok=True)
        elif self.root.exists():
            self.engine_temporary.mkdir(mode=_PRIVATE_DIRECTORY, parents=True)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the directory for one stack.

        Raises:
            StateInUseError: another process holds it.
        """
        self.root.mkdir(mode=_PRIVATE_DIRECTORY, parents=True, exist_ok=True)
        with (self.root / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise StateInUseError(
                    f"another local stack is running as process {lock.read().strip() or 'unknown'}",
                    where=str(self.root),
                    next_step="end it with Ctrl-C there, then try again",
                ) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield


def write_private(path: Path, content: bytes) -> None:
    """Replace a file in one step; only its owner may read it."""
    path.parent.mkdir(mode=_PRIVATE_DIRECTORY, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    draft.replace(path)


def write_private_json(path: Path, value: Any) -> None:
    """As :func:`write_private`, for a value that JSON can hold."""
    write_private(path, json.dumps(value, indent=2, sort_keys=True).encode() + b"\n")


def read_json(path: Path) -> Any | None:
    """The value in a file, or None where there is no readable one."""
    try:
        return json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None
