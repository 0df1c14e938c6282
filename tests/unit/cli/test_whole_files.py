"""Files of a command are there whole, or not at all, and nothing lies beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshmill_cli.terminal.whole_files import write_whole


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder that is empty."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def test_files_replace_what_stood_there(out: Path) -> None:
    (out / "model.glb").write_bytes(b"of yesterday")

    write_whole({out / "model.glb": b"glTF", out / "provenance.json": b"{}"})

    found = {path.name: path.read_bytes() for path in out.iterdir()}
    assert found == {"model.glb": b"glTF", "provenance.json": b"{}"}


def test_one_that_can_not_be_written_leaves_all_as_they_were(out: Path) -> None:
    (out / "model.glb").write_bytes(b"of yesterday")
    nowhere = out / "missing" / "provenance.json"

    with pytest.raises(FileNotFoundError):
        write_whole({out / "model.glb": b"glTF", nowhere: b"{}"})

    assert [path.name for path in out.iterdir()] == ["model.glb"]
    assert (out / "model.glb").read_bytes() == b"of yesterday"


def test_an_interruption_leaves_nothing_beside_them(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)

    with pytest.raises(KeyboardInterrupt):
        write_whole({out / "model.glb": b"glTF"})

    assert list(out.iterdir()) == []
