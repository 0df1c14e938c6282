"""``meshmill view`` as somebody types it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.request
import webbrowser
from pathlib import Path
from queue import Queue

import pytest

from meshmill_cli.viewer import browser, script, view
from tests.unit.cli.glb_files import glb, triangle
from tests.unit.cli.processes import environment
from tests.unit.cli.typed import Meshmill

MODEL = glb(triangle())
SERVING = """
import sys
from pathlib import Path

from meshmill_cli.app import main
from meshmill_cli.viewer import script

script.PLACES = (Path(sys.argv.pop(1)),)
main()
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "made" / "model.glb"
    path.parent.mkdir()
    path.write_bytes(MODEL)
    return path


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A script in place of model-viewer's, which need not be installed."""
    place = tmp_path / "model-viewer.min.js"
    place.write_text("export {};\n//# sourceMappingURL=model-viewer.min.js.map")
    monkeypatch.setattr(script, "PLACES", (place,))
    return place


@pytest.mark.usefixtures("installed")
def test_it_writes_a_page_of_its_own(model: Path, meshmill: Meshmill) -> None:
    page = model.with_name("oak.html")
    ended = meshmill("view", str(model), "--html", str(page))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == f"{page}  {page.stat().st_size:,} bytes\n"
    assert b"sourceMappingURL" not in page.read_bytes()
    assert {path.name for path in model.parent.iterdir()} == {"model.glb", "oak.html"}


@pytest.mark.usefixtures("installed")
def test_the_page_never_takes_the_place_of_the_model(model: Path, meshmill: Meshmill) -> None:
    ended = meshmill("view", str(model), "--html", str(model))
    assert ended.code == 2
    assert "must end in .html" in ended.err
    assert model.read_bytes() == MODEL


@pytest.mark.usefixtures("installed")
def test_a_page_that_browsers_could_not_read_is_not_written(
    model: Path, meshmill: Meshmill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "MOST_EMBEDDED_BYTES", len(MODEL) - 1)
    ended = meshmill("view", str(model), "--html", str(model.with_name("oak.html")))
    assert ended.code == 2
    assert "leave --html out" in ended.err
    assert not model.with_name("oak.html").exists()


@pytest.mark.usefixtures("installed")
def test_a_place_that_cannot_be_written_to_is_named(model: Path, meshmill: Meshmill) -> None:
    ended = meshmill("view", str(model), "--html", str(model.parent / "no" / "oak.html"))
    assert ended.code == 3
    assert "oak.html" in ended.err
    assert "No such file or directory" in ended.err


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("missing", 3, "missing: No such file"),
        ("missing.glb", 3, "missing.glb: No such file"),
        ("broken.glb", 3, "broken.glb: truncated"),
        ("model.fbx", 2, "model.fbx: only binary glTF (.glb) can be shown; open it in Blender"),
    ],
)
def test_what_cannot_be_shown_ends_in_one_line(
    name: str, code: int, told: str, tmp_path: Path, meshmill: Meshmill
) -> None:
    (tmp_path / "broken.glb").write_bytes(MODEL[:60])
    (tmp_path / "model.fbx").write_bytes(b"Kaydara FBX Binary")
    ended = meshmill("view", str(tmp_path / name), "--no-open")
    (line,) = ended.err.splitlines()
    assert (ended.code, ended.out) == (code, "")
    assert told in line


def test_without_the_viewers_script_the_command_that_installs_it_is_told(
    model: Path, meshmill: Meshmill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "PLACES", (model.with_name("missing.js"),))
    ended = meshmill("view", str(model), "--no-open")
    assert ended.code == 3
    assert "make viewer" in ended.err


@pytest.mark.usefixtures("installed")
def test_a_port_that_is_taken_is_told(model: Path, meshmill: Meshmill) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = meshmill("view", str(model), "--no-open", "--port", str(port))
    assert ended.code == 2
    assert f"--port {port}: Address already in use" in ended.err


def test_it_serves_until_ctrl_c_which_is_its_ordinary_end(model: Path, installed: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SERVING, str(installed), "view", str(model), "--no-open"],
        stdout=subprocess.PIPE,
        env=environment(),
        text=True,
    ) as command:
        assert command.stdout is not None
        address = command.stdout.readline().strip()
        with urllib.request.urlopen(f"{address}model.glb", timeout=30) as answer:
            assert answer.read() == MODEL
        command.send_signal(signal.SIGINT)
        assert command.wait(30) == 0


def test_a_browser_is_asked_where_there_is_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: Queue[str] = Queue()
    monkeypatch.setattr(webbrowser, "open", asked.put)
    monkeypatch.setenv("DISPLAY", ":0")
    browser.open_browser("http://127.0.0.1:1/")
    assert asked.get(timeout=30) == "http://127.0.0.1:1/"


@pytest.mark.skipif(sys.platform in {"darwin", "win32"}, reason="there is always a screen")
def test_without_a_screen_no_text_browser_takes_the_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    assert not browser.has_screen()
