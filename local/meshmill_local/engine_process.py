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
from typing import Any

_WHOLE, _STRETCH, _NOT_SATISFIABLE = 200, 206, 416
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


def _serve_ranges_of_versions() -> None:
    """Of an object's version the engine answers all where a range is asked for; S3 does not.

    An ingester reads a manifest in stretches, so that a large one would be sent hundreds of times.
    """
    s3: Any = importlib.import_module("ministack.services.s3")
    answer_whole = s3._get_object  # noqa: SLF001  # it has no seam for this

    def answer(
        bucket: str, key: str, headers: dict[str, str], query: dict[str, Any] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        status, told, body = answer_whole(bucket, key, headers, query)
        if status != _WHOLE or "range" not in headers:
            return status, told, body
        stretch = s3._parse_range(headers["range"], len(body))  # noqa: SLF001
        if stretch is None:
            refusal = s3._xml_body(s3._range_error_xml(bucket, key))  # noqa: SLF001
            return _NOT_SATISFIABLE, {"Content-Type": "application/xml"}, refusal
        first, last = stretch
        cut = body[first : last + 1]
        # Checksums are of the whole.
        told = {name: value for name, value in told.items() if "checksum" not in name.lower()}
        told["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
        told["Content-Length"] = str(len(cut))
        return _STRETCH, told, cut

    s3._get_object = answer  # noqa: SLF001


def main() -> None:
    """Serve until SIGTERM or until the parent is gone."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    app = importlib.import_module("ministack.app")  # after the watch began: it takes a second
    _serve_ranges_of_versions()

    try:
        app.main()
    finally:
        _end_workers()


if __name__ == "__main__":
    main()
