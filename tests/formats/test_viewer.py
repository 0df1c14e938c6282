"""``meshmill view`` in Chromium: the model is drawn, and nothing is asked of another place."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner

from meshmill_cli.app import app
from meshmill_cli.viewer.script import PLACES
from tests.readers.chromium_page import SeenPage, chromium, see
from tests.unit.cli.glb_files import glb, triangle
from tests.unit.cli.processes import environment

pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="there is no Chromium here"),
    pytest.mark.skipif(
        not any(place.is_file() for place in PLACES), reason="make viewer has not been run"
    ),
]

SETTLED = """new Promise((done) => {
  const timer = setInterval(() => {
    const { state } = document.documentElement.dataset;
    if (state !== 'shown' && state !== 'failed') return;
    clearInterval(timer);
    requestAnimationFrame(() => requestAnimationFrame(() => done(state)));
  }, 20);
})"""
LOADED = "document.getElementById('viewer').loaded"
FACTS = "document.getElementById('facts').innerText"
PRESS_1 = "dispatchEvent(new KeyboardEvent('keydown', { key: '1' }))"
ASK_ELSEWHERE = """new Promise((done) => {
  addEventListener('securitypolicyviolation', (event) => done(event.blockedURI));
  fetch('https://elsewhere.example/').catch(() => {});
})"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model and a further level of detail."""
    folder = tmp_path_factory.mktemp("made")
    command("generate", "--generator", "gear", "--quality", "low", "--texture-size", "256",
            "--lods", "1", "--out", str(folder))  # fmt: skip
    return folder


def command(*arguments: str) -> None:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the page while it is served."""
    with subprocess.Popen(
        [sys.executable, "-m", "meshmill_cli", "view", str(folder), "--no-open"],
        stdout=subprocess.PIPE,
        env=environment(),
        text=True,
    ) as serving:
        assert serving.stdout is not None
        try:
            yield serving.stdout.readline().strip()
        finally:
            serving.terminate()


def check(page: SeenPage) -> None:
    """The model was loaded, drawn and exchanged for its level 1; the last step was refused."""
    state, loaded, facts, _, state_of_level, facts_of_level, refused = page.values
    assert (state, loaded, state_of_level) == ("shown", True, "shown")
    assert "model.glb" in facts
    assert "13 × 4 × 13 cm" in facts
    assert "model_lod1.glb" in facts_of_level
    assert refused == "https://elsewhere.example/"
    assert all("elsewhere.example" in problem for problem in page.problems), page.problems
    stage = page.picture[150:450, 200:500]
    assert stage.std() > 25, "the stage is empty"


STEPS = [SETTLED, LOADED, FACTS, PRESS_1, SETTLED, FACTS, ASK_ELSEWHERE]


def test_the_served_page_shows_the_model_and_asks_its_server_alone(made: Path) -> None:
    with served(made) as address:
        page = see(address, STEPS)
    check(page)
    asked = {url for url in page.requests if not url.startswith("blob:")}
    assert asked - {"https://elsewhere.example/"} == {
        f"{address}{path}" for path in ("", "model-viewer.min.js", "model.glb", "model_lod1.glb")
    }


def test_the_self_contained_page_shows_the_model_and_asks_nobody(
    made: Path, tmp_path: Path
) -> None:
    target = tmp_path / "gear.html"
    command("view", str(made), "--html", str(target))
    page = see(target.as_uri(), STEPS, scheme="dark")
    check(page)
    places = {urlsplit(url).scheme for url in page.requests if "elsewhere.example" not in url}
    assert places <= {"file", "blob"}
    assert [url for url in page.requests if url.startswith("file:")] == [target.as_uri()]


def test_why_a_model_is_not_shown_is_told_on_the_page(tmp_path: Path) -> None:
    odd = tmp_path / "odd.glb"
    odd.write_bytes(glb(triangle(accessors=[{"count": 3, "type": "VEC3", "componentType": 1}])))
    target = tmp_path / "odd.html"
    command("view", str(odd), "--html", str(target))
    page = see(target.as_uri(), [SETTLED, "document.getElementById('status').textContent"])
    assert page.values[0] == "failed"
    assert page.values[1].startswith("The model can't be shown: ")
