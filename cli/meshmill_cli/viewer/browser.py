"""The browser of whoever sits at this machine."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser

_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")


def open_browser(address: str) -> None:
    """Ask a browser to show ``address``, without waiting for it; without a screen, do nothing."""
    if has_screen():
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def has_screen() -> bool:
    """Whether a browser would open a window: Python takes a text browser where there is none."""
    return sys.platform in {"darwin", "win32"} or any(map(os.environ.get, _SCREENS))
