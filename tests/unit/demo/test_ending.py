"""How the demo ends when something fails: with the failure, unless somebody has ended it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from meshmill_local.demo import Demo, DemoError, Interrupted
from meshmill_local.demo.performance import Performance


@pytest.fixture
def stack(tmp_path: Path) -> Any:
    return SimpleNamespace(
        base_url="http://localhost:1",
        token_url="http://localhost:1/oauth2/token",
        client_id="id",
        client_secret="secret",
        state=SimpleNamespace(root=tmp_path),
        engine=SimpleNamespace(require_running=lambda: None),
    )


@pytest.fixture
def failing_download(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a pursuit does when one of its assets can't be downloaded."""

    def play(performance: Performance, *_: object) -> None:
        performance._clock.abandon()
        raise DemoError("a file is gone", where="out", next_step="make demo")

    monkeypatch.setattr(Performance, "play", play)


def demo(tmp_path: Path, *, interrupted: bool) -> Demo:
    (tmp_path / "create_rock.json").write_text(
        (Path(__file__).parents[3] / "events/api/create_boulder.json").read_text()
    )
    return Demo(
        events=tmp_path,
        manifest=Path(__file__).parents[3] / "events/manifests/village.jsonl",
        out=tmp_path / "out",
        report=lambda _: None,
        is_interrupted=lambda: interrupted,
    )


@pytest.mark.usefixtures("failing_download")
def test_a_failure_is_told_as_itself(tmp_path: Path, stack: Any) -> None:
    with pytest.raises(DemoError, match="a file is gone"):
        demo(tmp_path, interrupted=False).perform(stack)


@pytest.mark.usefixtures("failing_download")
def test_what_fails_because_somebody_ended_it_is_told_as_that(tmp_path: Path, stack: Any) -> None:
    with pytest.raises(Interrupted):
        demo(tmp_path, interrupted=True).perform(stack)
