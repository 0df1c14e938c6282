"""The engine's own process: ministack, ending when its parent does.

Run by path in isolated mode (``python -I engine_process.py``), so that neither this package nor
the developer's environment is visible to the functions. It never imports the rest of the package.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import threading
import time

_GRACE_SECONDS = 15.0


def _end_with_parent() -> None:
    """The parent holds the other end of standard input; end of file means that it is gone.

    Read without a buffer: this thread must not hold a lock when the interpreter ends.
    """
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os.killpg(0, signal.SIGKILL)


def _end_workers() -> None:
    """Workers share this process's group; they would first finish what they are doing."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(0, signal.SIGTERM)


def main() -> None:
    """Serve until SIGTERM or until the parent is gone."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    app = importlib.import_module("ministack.app")  # after the watch began: it takes a second

    try:
        app.main()
    finally:
        _end_workers()


if __name__ == "__main__":
    main()
