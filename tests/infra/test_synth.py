"""Synthesis is kept until something that goes into it changes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from infra.config import stage_config
from infra.sources import CHECKOUT, SourceError, Sources
from infra.synth import drop_stale_assets, packaged_node, synthesis_digest
from tests.infra.conftest import stand_in_layers
from tests.infra.templates import Synthesised

_IMPORTS_NO_CDK = """
import sys
from infra.synth import main
main(sys.argv[1:])
sys.exit("aws_cdk" in sys.modules)
"""


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    functions = tmp_path / "functions"
    shutil.copytree(CHECKOUT / "functions", functions)
    return Sources(functions=functions, layers=stand_in_layers(tmp_path / "layers", "local"))


def test_what_is_up_to_date_is_kept_without_importing_the_cdk(local: Synthesised) -> None:
    before = (local.out / "manifest.json").stat().st_mtime_ns
    layers = local.out.with_name("local-layers")
    command = [sys.executable, "-c", _IMPORTS_NO_CDK, "--stage", "local"]
    command += ["--layers", str(layers), "--out", str(local.out)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "up to date" in done.stdout
    assert (local.out / "manifest.json").stat().st_mtime_ns == before


def test_the_digest_is_the_same_wherever_the_sources_lie(sources: Sources, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(sources.functions, elsewhere / "functions")
    shutil.copytree(sources.layers, elsewhere / "layers")
    moved = Sources(functions=elsewhere / "functions", layers=elsewhere / "layers")
    config = stage_config("local")
    assert synthesis_digest(config, sources) == synthesis_digest(config, moved)


def test_a_changed_function_layer_or_configuration_changes_the_digest(sources: Sources) -> None:
    config = stage_config("local")
    digests = [synthesis_digest(config, sources)]
    with (sources.functions / "status" / "handler.py").open("a") as handler:
        handler.write("# changed\n")
    digests.append(synthesis_digest(config, sources))
    (sources.layers / "runtime.digest").write_text("another lock")
    digests.append(synthesis_digest(config, sources))
    digests.append(synthesis_digest(replace(config, permissions_boundary="House"), sources))
    assert len(set(digests)) == len(digests)


def test_bytecode_of_a_function_does_not_change_the_digest(sources: Sources) -> None:
    before = synthesis_digest(stage_config("local"), sources)
    cache = sources.functions / "api" / "__pycache__"
    cache.mkdir(exist_ok=True)
    (cache / "handler.cpython-399.pyc").write_bytes(b"stray")
    assert synthesis_digest(stage_config("local"), sources) == before


def test_bytecode_of_a_function_is_not_deployed(local: Synthesised) -> None:
    deployed = {path.name for path in local.out.glob("asset.*/**/*")}
    assert "handler.py" in deployed
    assert "__pycache__" not in deployed


def test_assets_of_earlier_syntheses_are_dropped_and_the_named_ones_stay(tmp_path: Path) -> None:
    for name in ("asset.named", "asset.stale", "assembly-stage"):
        (tmp_path / name).mkdir()
    manifest = {"files": {"key": {"source": {"path": "../asset.named"}}}}
    (tmp_path / "assembly-stage" / "stack.assets.json").write_text(json.dumps(manifest))
    drop_stale_assets(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"asset.named", "assembly-stage"}


def test_a_missing_handler_is_named(sources: Sources) -> None:
    (sources.functions / "api" / "handler.py").unlink()
    with pytest.raises(SourceError, match=r"api/handler\.py does not exist"):
        sources.function("api")


def test_a_missing_layer_is_named_with_the_command_that_makes_it(sources: Sources) -> None:
    (sources.layers / "geometry.digest").unlink()
    with pytest.raises(SourceError, match=r"layer geometry is not built: python -m infra\.build"):
        synthesis_digest(stage_config("local"), sources)


def test_an_unknown_stage_ends_with_a_message_and_code_1(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "infra.synth", "--stage", "prod", "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == "there is no stage 'prod': local, staging or production"


def test_node_comes_with_the_environment_and_not_from_the_machine() -> None:
    assert packaged_node().is_file()
    assert packaged_node().is_relative_to(sys.prefix)


def test_nothing_of_this_machine_is_in_a_template(stage: Synthesised) -> None:
    for path in stage.template_paths():
        assert str(CHECKOUT) not in path.read_text()
        assert str(Path.home()) not in path.read_text()
