"""What Chromium makes of a page: requests, complaints, values of the page's own, and a picture."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from meshmill_local.gltf_check import node

_SCRIPT = Path(__file__).with_name("chromium_page.mjs")
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_SECONDS = 240


@dataclass(frozen=True)
class SeenPage:
    """``requests`` in their order, ``problems`` of the console, ``values`` of the steps.

    ``picture`` is (height, width, 3).
    """

    requests: tuple[str, ...]
    problems: tuple[str, ...]
    values: tuple[Any, ...]
    picture: NDArray[np.uint8]


def chromium() -> str | None:
    """The program, where there is one."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def see(
    address: str,
    steps: Sequence[str],
    scheme: str = "light",
    size: tuple[int, int] = (1000, 600),
) -> SeenPage:
    """Open ``address`` and evaluate JavaScript there; a step that is a promise is waited for.

    A step's value is None when it takes longer than a minute.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        asked = {"chromium": chromium(), "folder": folder, "address": address, "scheme": scheme,
                 "size": size, "steps": steps}  # fmt: skip
        done = subprocess.run(
            [str(node()), str(_SCRIPT)],
            input=json.dumps(asked).encode(),
            stdout=subprocess.PIPE,
            check=True,
            timeout=_SECONDS,
        )
    told = json.loads(done.stdout)
    picture = Image.open(io.BytesIO(base64.b64decode(told["picture"]))).convert("RGB")
    return SeenPage(
        tuple(told["requests"]), tuple(told["problems"]), tuple(told["values"]), np.asarray(picture)
    )
