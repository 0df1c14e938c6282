"""What is installed by ``pip install ./client`` and by ``pip install .``."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Mapping
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

import meshmill
import meshmill_client
from tests.release.building import PACKAGES, Distributions, distributions_of, sources

_NO_SDK = 'raise ModuleNotFoundError("No module named {0!r}", name="{0}")'


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    return distributions_of(tmp_path_factory.mktemp("sources"))


def held(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def notes(name: str, *further: str) -> set[str]:
    """The installer's own files of a wheel."""
    usual = ("METADATA", "RECORD", "WHEEL", "licenses/LICENSE", *further)
    return {f"{name}-{meshmill_client.__version__}.dist-info/{file}" for file in usual}


def files_of(folder: Path) -> set[str]:
    """All files of a package, as they are named in a wheel."""
    return {
        path.relative_to(folder.parent).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def metadata(wheel: Path) -> Message:
    (name,) = (name for name in held(wheel) if name.endswith("/METADATA"))
    with zipfile.ZipFile(wheel) as archive:
        return message_from_bytes(archive.read(name))


def test_the_clients_wheel_holds_its_package_and_no_more(distributions: Distributions) -> None:
    package = files_of(distributions.root / "client/meshmill_client")

    assert "meshmill_client/py.typed" in package
    assert held(distributions.client) == package | notes("meshmill_client")


def test_the_other_wheel_holds_command_line_client_engine_and_viewer(
    distributions: Distributions,
) -> None:
    packages = set[str]().union(*(files_of(distributions.root / each) for each in PACKAGES))
    viewer = {f"meshmill_cli/viewer/model-viewer.{end}" for end in ("min.js", "LICENSE")}
    expected = packages | viewer | notes("meshmill", "entry_points.txt")

    assert held(distributions.everything) == expected


def test_both_carry_the_projects_licence(distributions: Distributions) -> None:
    texts = set()
    for wheel in (distributions.client, distributions.everything):
        (name,) = (name for name in held(wheel) if name.endswith("licenses/LICENSE"))
        with zipfile.ZipFile(wheel) as archive:
            texts.add(archive.read(name))

    assert texts == {(distributions.root / "LICENSE").read_bytes()}


def test_all_that_is_released_together_has_one_version(distributions: Distributions) -> None:
    versions = {metadata(distributions.client)["Version"], meshmill.__version__}

    assert {*versions, metadata(distributions.everything)["Version"]} == {
        meshmill_client.__version__
    }


def test_the_client_needs_httpx_and_pydantic_alone(distributions: Distributions) -> None:
    """And anyio, which httpx brings."""
    needed = metadata(distributions.client).get_all("Requires-Dist") or []

    names = {re.split(r"[<>=]", requirement)[0] for requirement in needed}
    assert names == {"anyio", "httpx", "pydantic"}


def test_only_operators_need_the_sdk_of_aws(distributions: Distributions) -> None:
    needed = metadata(distributions.everything).get_all("Requires-Dist") or []

    assert [each for each in needed if "boto" in each] == ["boto3>=1.35; extra == 'operator'"]


def test_a_build_without_the_viewer_says_so(tmp_path: Path) -> None:
    root = sources(tmp_path)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]

    done = subprocess.run(build, cwd=root, check=True, capture_output=True, text=True)

    assert "model-viewer.min.js is not here" in done.stderr
    (wheel,) = root.glob("dist/*.whl")
    assert not any("model-viewer" in name for name in held(wheel))


@pytest.fixture(scope="module")
def installed(distributions: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of a fresh environment, with libraries from the one that runs here."""
    root = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root)], check=True)
    python = root / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q"]
    install += ["--no-index", "--no-deps", "--disable-pip-version-check"]
    subprocess.run([*install, str(distributions.everything)], check=True)
    # Found by its name alone: what its .pth files point at, such as this checkout, is not.
    place = sysconfig.get_path("purelib", vars={"base": str(root)})
    Path(place, "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return root / "bin"


def run(
    command: list[str], folder: Path, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """A command in a folder that has nothing of the checkout."""
    usual = {"PATH": os.defpath, "HOME": str(folder), "COLUMNS": "100"}
    return subprocess.run(
        command,
        cwd=folder,
        env=usual | dict(variables or {}),
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_installed_command_tells_its_version(installed: Path, tmp_path: Path) -> None:
    done = run([str(installed / "meshmill"), "--version"], tmp_path)

    assert done.stdout == f"meshmill {meshmill_client.__version__}\n", done.stderr


def test_the_installed_client_is_what_is_imported(installed: Path, tmp_path: Path) -> None:
    program = "import meshmill_client; print(meshmill_client.__file__)"

    done = run([str(installed / "python"), "-c", program], tmp_path)

    assert Path(done.stdout.strip()).is_relative_to(installed.parent), done.stderr


def test_the_installed_engine_makes_an_asset(installed: Path, tmp_path: Path) -> None:
    asked = ["--generator", "crate", "--quality", "low", "--texture-size", "256", "--out", "out"]

    done = run([str(installed / "meshmill"), "generate", *asked], tmp_path)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "model.glb").read_bytes().startswith(b"glTF")


def test_operators_are_told_in_a_line_what_they_lack(installed: Path, tmp_path: Path) -> None:
    for name in ("boto3", "botocore"):
        (tmp_path / f"{name}.py").write_text(_NO_SDK.format(name))
    command = [str(installed / "meshmill"), "keys", "list", "--stage", "staging"]

    done = run(command, tmp_path, {"PYTHONPATH": str(tmp_path)})

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "meshmill: operators' commands need AWS's SDK, which is not installed: pip install boto3"
    ]
