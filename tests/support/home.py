"""A user's home that is the test's own: nothing of this machine's shows, and nothing stays."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Home:
    """Where profiles and tokens would stand, and a directory to work in."""

    root: Path

    @property
    def profiles(self) -> Path:
        return self.root / "config" / "meshmill" / "profiles.json"

    @property
    def tokens(self) -> Path:
        return self.root / "cache" / "meshmill" / "tokens"

    @property
    def work(self) -> Path:
        return self.root / "work"

    def stored(self) -> dict[str, Any]:
        """What the file of profiles holds."""
        document: dict[str, Any] = json.loads(self.profiles.read_bytes())
        return document

    def store(self, text: str) -> None:
        """Write the file of profiles, whatever it is."""
        self.profiles.parent.mkdir(parents=True, exist_ok=True)
        self.profiles.write_text(text)

    def run_locally(self, folder: Path | None = None, **changes: Any) -> Path:
        """Write what a pipeline writes that runs in this directory."""
        told = {
            "base_url": "http://localhost:8000", "api_key": "mm_local", "uploads_bucket": "u",
        } | changes  # fmt: skip
        path = (folder or self.work) / ".meshmill" / "local.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(told))
        return path


def settled(root: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Make the process live there, and work in a directory below."""
    for variable in [name for name in os.environ if name.startswith("MESHMILL_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("HOME", str(root))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(root / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(root / "cache"))
    home = Home(root)
    home.work.mkdir(parents=True)
    monkeypatch.chdir(home.work)
    return home
