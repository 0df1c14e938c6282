"""``meshmill`` within the test's own process: what it is given, and how it ends."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass

import pytest

from meshmill_cli.app import main


@dataclass(frozen=True)
class Ended:
    """Exit code, standard output and standard error."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Meshmill:
    """Runs commands; standard input is a pipe."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str, stdin: str = "") -> Ended:
        self.capsys.readouterr()
        self.monkeypatch.setattr(sys, "argv", ["meshmill", *arguments])
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        with pytest.raises(SystemExit) as ended:
            main()
        told = self.capsys.readouterr()
        return Ended(int(ended.value.code or 0), told.out, told.err)
