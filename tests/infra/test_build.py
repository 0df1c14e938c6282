"""Layers: what is in them, what isn't, and when they are made again."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra import build, bytecode, distributions
from infra.build import GEOMETRY_LIMIT_BYTES, BuildError, Platform, Recipe
from infra.choices import LayerTarget
from infra.digest import content_digest
from infra.sources import CHECKOUT

RUNTIME_LOCK = CHECKOUT / "layers" / "runtime" / "requirements.lock"
_UNCHECKED_HASH = 0b01


@pytest.fixture(scope="session")
def local_layers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("layers")
    assert build.build(Platform.of(LayerTarget.LOCAL), root) == ["meshmill", "runtime", "geometry"]
    return root


def _imports(layer: Path, *modules: str) -> subprocess.CompletedProcess[str]:
    """Import modules with nothing on the path but the layer and the standard library."""
    program = f"import sys; sys.path.insert(0, sys.argv[1]); import {', '.join(modules)}"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program, str(layer / "python")],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_layers_bring_all_that_they_import(local_layers: Path) -> None:
    runtime = ("pydantic", "jwt", "cryptography.hazmat.primitives", "aws_lambda_powertools")
    geometry = ("numpy.random", "PIL.Image", "isal.isal_zlib")
    for layer, modules in (("runtime", runtime), ("geometry", geometry)):
        done = _imports(local_layers / layer, *modules)
        assert done.returncode == 0, done.stderr


def test_our_own_layer_is_the_package_as_it_stands(local_layers: Path) -> None:
    source = CHECKOUT / "layers" / "meshmill" / "python"
    layer = local_layers / "meshmill" / "python"
    assert content_digest([layer]) == content_digest([source])


def test_bytecode_is_believed_without_looking_at_its_source(local_layers: Path) -> None:
    for layer in ("meshmill", "runtime", "geometry"):
        compiled = list((local_layers / layer).rglob("*.pyc"))
        assert compiled
        for path in compiled:
            magic, flags = path.read_bytes()[:4], path.read_bytes()[4:8]
            assert magic == importlib.util.MAGIC_NUMBER
            assert int.from_bytes(flags, "little") == _UNCHECKED_HASH


def test_every_module_is_compiled(local_layers: Path) -> None:
    for source in (local_layers / "meshmill").rglob("*.py"):
        assert list(source.parent.glob(f"__pycache__/{source.stem}.*.pyc")), source


def test_nothing_is_deployed_that_no_function_reads(local_layers: Path) -> None:
    found = {path.name for path in local_layers.rglob("*")}
    assert not found & {"tests", "bin", "RECORD", "INSTALLER", "direct_url.json", "f2py"}
    assert not [name for name in found if name.endswith((".pyi", ".h", ".a"))]


def test_the_documentations_page_finds_its_files_in_the_layers(local_layers: Path) -> None:
    layers = [str(local_layers / name / "python") for name in ("runtime", "meshmill")]
    program = (
        f"import sys; sys.path[:0] = {layers}\n"
        "from meshmill.http.documentation import page, static_files\n"
        "assert page() and all(file.content for file in static_files().values())"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_licences_of_what_is_deployed_stay_with_it(local_layers: Path) -> None:
    for layer, package in (("geometry", "numpy"), ("runtime", "pydantic")):
        (info,) = (local_layers / layer / "python").glob(f"{package}-*.dist-info")
        assert [path for path in info.rglob("*") if path.name.upper().startswith("LICENSE")]


def test_layers_that_stand_there_are_not_made_again(local_layers: Path) -> None:
    assert build.build(Platform.of(LayerTarget.LOCAL), local_layers) == []


def test_a_half_made_layer_is_made_again(tmp_path: Path) -> None:
    platform = Platform.of(LayerTarget.LOCAL)
    fills = 0

    def fill(folder: Path) -> None:
        nonlocal fills
        fills += 1
        (folder / f"attempt{fills}.txt").write_text("")
        if fills == 1:
            raise KeyboardInterrupt

    recipe = Recipe(name="fragile", inputs=tmp_path / "absent", fill=fill)
    with pytest.raises(KeyboardInterrupt):
        build.make(recipe, platform, tmp_path)
    assert build.make(recipe, platform, tmp_path)
    made = [path.name for path in (tmp_path / "fragile" / "python").iterdir()]
    assert made == ["attempt2.txt"]
    assert not build.make(recipe, platform, tmp_path)


def test_a_layer_over_its_limit_is_refused_and_not_taken_for_made(tmp_path: Path) -> None:
    def fill(folder: Path) -> None:
        (folder / "large.bin").write_bytes(bytes(1_001))

    platform = Platform.of(LayerTarget.LOCAL)
    recipe = Recipe(name="large", inputs=tmp_path / "absent", fill=fill, limit_bytes=1_000)
    for _ in range(2):
        with pytest.raises(BuildError, match="large: 1001 bytes, over 1000"):
            build.make(recipe, platform, tmp_path)


def test_the_geometry_layer_has_a_limit_in_the_cloud() -> None:
    limits = {
        each.name: each.limit_bytes for each in build.recipes(Platform.of(LayerTarget.LAMBDA))
    }
    assert limits == {"meshmill": None, "runtime": None, "geometry": GEOMETRY_LIMIT_BYTES}
    assert GEOMETRY_LIMIT_BYTES <= 75_000_000


def test_a_changed_lock_makes_its_layer_anew(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    platform = Platform.of(LayerTarget.LOCAL)
    recipe = Recipe(name="locked", inputs=lock, fill=lambda _: None)
    made = []
    for text in ("a==1\n", "a==1\n", "a==2\n"):
        lock.write_text(text)
        made.append(build.make(recipe, platform, tmp_path / "layers"))
    assert made == [True, False, True]


def test_an_environment_that_differs_from_the_lock_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("pydantic==0.0.1 \\\n    --hash=sha256:00\n")
    with pytest.raises(distributions.PinError, match=r"pydantic==0\.0\.1 is pinned"):
        distributions.copy_from_environment(lock, tmp_path)
    lock.write_text("no-such-distribution==1\n")
    with pytest.raises(distributions.PinError, match="no-such-distribution==1 is not installed"):
        distributions.copy_from_environment(lock, tmp_path)


def test_pins_are_read_with_their_markers_and_without_their_hashes() -> None:
    pins = {pin.name: pin for pin in distributions.pins(RUNTIME_LOCK)}
    assert {"pydantic", "pyjwt", "aws-lambda-powertools", "cryptography"} <= set(pins)
    assert str(pins["cffi"].marker) == 'platform_python_implementation != "PyPy"'


def test_this_interpreter_compiles_for_itself() -> None:
    assert bytecode.interpreter_of(bytecode.running_version()) == Path(sys.executable)


def test_a_shim_that_refuses_to_run_is_no_interpreter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = tmp_path / "python9.99"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert bytecode.interpreter_of("9.99") is None
    shim.write_text("#!/bin/sh\nexit 0\n")
    assert bytecode.interpreter_of("9.99") == shim
