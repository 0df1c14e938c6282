"""The page that shows an exhibit, and what may run in it."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from meshmill_cli.viewer.exhibit import Exhibit, Level

_HERE = Path(__file__).resolve().parent
SCRIPT_ADDRESS = "/model-viewer.min.js"


def served_page(exhibit: Exhibit) -> bytes:
    """The page, which asks its server for the script and for each level of detail."""
    return _page(
        exhibit,
        addresses=[f"/{filename_of(level)}" for level in exhibit.levels],
        viewer=f'<script type="module" src="{SCRIPT_ADDRESS}"></script>',
        models="",
        allowed=("script-src 'self'", "connect-src 'self' blob: data:"),
    )


def self_contained_page(exhibit: Exhibit, viewer_script: str) -> bytes:
    """The page with everything in it: a file that asks for nothing."""
    script = _harmless(viewer_script)
    return _page(
        exhibit,
        addresses=[f"#{_element(level)}" for level in exhibit.levels],
        viewer=f'<script type="module">{script}</script>',
        models="\n".join(map(_embedded, exhibit.levels)),
        allowed=(f"script-src {_hash(script)}", "connect-src blob: data:"),
    )


def filename_of(level: Level) -> str:
    """What a level is called at the server, whatever its file is called."""
    return f"model_lod{level.number}.glb" if level.number else "model.glb"


def _page(
    exhibit: Exhibit, addresses: list[str], viewer: str, models: str, allowed: tuple[str, str]
) -> bytes:
    script = _harmless(_part("page.js"))
    scripts, connections = allowed
    policy = [
        "default-src 'none'",
        f"{scripts} {_hash(script)} 'wasm-unsafe-eval'",  # model-viewer starts with one
        connections,
        "img-src blob: data:",
        "style-src 'unsafe-inline'",  # the element styles itself
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return (
        Template(_part("page.html"))
        .substitute(
            name=escape(exhibit.name),
            policy="; ".join(policy),
            style=_part("page.css"),
            script=script,
            viewer=viewer,
            models=models,
            exhibit=_json(_told(exhibit, addresses)),
        )
        .encode(errors="replace")  # names of files need not be text
    )


def _told(exhibit: Exhibit, addresses: list[str]) -> dict[str, Any]:
    """What the page's script fills the panel with."""
    return {
        "name": exhibit.name,
        "asked": exhibit.asked,
        "levels": [
            {
                "number": level.number,
                "filename": level.filename,
                "address": address,
                "bytes": len(level.data),
                **asdict(level.counts),
            }
            for level, address in zip(exhibit.levels, addresses, strict=True)
        ],
    }


def _part(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _json(value: Any) -> str:
    """JSON that ends no element around it."""
    return json.dumps(value).replace("<", "\\u003c")


def _harmless(script: str) -> str:
    """A script whose strings end no element around it."""
    return script.replace("</script", "\\x3C/script").replace("<script", "\\x3Cscript")


def _hash(script: str) -> str:
    """What a content security policy knows an inline script by."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _element(level: Level) -> str:
    return f"model-{level.number}"


def _embedded(level: Level) -> str:
    text = base64.b64encode(level.data).decode()
    return f'<script type="text/plain" id="{_element(level)}">{text}</script>'
