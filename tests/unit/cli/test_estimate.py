"""``meshmill generate --estimate``: told, and nothing made."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from meshmill_cli.app import main


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["meshmill", "generate", "--estimate", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_it_tells_the_four_figures_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    assert run(monkeypatch, "--generator", "rock", "--out", str(folder)) == 0
    told = capsys.readouterr().out
    assert all(word in told for word in ("triangles", "bytes", "s of CPU", "MB of memory"))
    assert not folder.exists()


def test_as_json_it_is_the_apis_estimate(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--quality", "high", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["triangles", "bytes", "seconds", "megabytes"]
    assert told["triangles"] > 100_000


def test_what_cannot_be_made_is_not_estimated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--generator", "rok") == 2
    assert "did you mean 'rock'?" in capsys.readouterr().err
