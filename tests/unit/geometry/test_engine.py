"""What generate() promises, whatever the generator."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from meshmill.geometry.artefact import Artefact
from meshmill.geometry.engine import generate
from meshmill.geometry.registry import GENERATORS
from meshmill.geometry.version import ENGINE_VERSION
from tests.readers.glb_reader import Glb
from tests.unit.geometry.specs import asset_spec

GENERATOR_NAMES = sorted(GENERATORS)


def data_of(artefact: Artefact, name: str) -> bytes:
    return next(file.data for file in artefact.files if file.name == name)


@pytest.mark.parametrize("name", GENERATOR_NAMES)
def test_files_are_the_model_its_levels_a_preview_and_provenance_last(name: str) -> None:
    artefact = generate(asset_spec(name, lods=3))
    assert [(file.name, file.filename) for file in artefact.files] == [
        ("model", "model.glb"),
        ("model_lod1", "model_lod1.glb"),
        ("model_lod2", "model_lod2.glb"),
        ("model_lod3", "model_lod3.glb"),
        ("preview", "preview.png"),
        ("provenance", "provenance.json"),
    ]
    assert {file.media_type for file in artefact.files} == {
        "model/gltf-binary", "image/png", "application/json"
    }  # fmt: skip


@pytest.mark.parametrize("name", GENERATOR_NAMES)
def test_provenance_names_the_request_and_the_checksum_of_every_file(name: str) -> None:
    spec = asset_spec(name, seed=5)
    artefact = generate(spec)
    document = json.loads(artefact.files[-1].data)
    assert document["request"] == spec.canonical()
    assert document["spec_id"] == spec.spec_id
    assert document["engine_version"] == ENGINE_VERSION
    assert document["stats"]["triangles"] == artefact.stats.triangles
    for listed, file in zip(document["files"], artefact.files[:-1], strict=True):
        assert (listed["name"], listed["bytes"]) == (file.name, len(file.data))
        assert listed["sha256"] == hashlib.sha256(file.data).hexdigest()
        assert len(listed["content_sha256"]) == 64


@pytest.mark.parametrize("name", GENERATOR_NAMES)
def test_the_same_spec_gives_the_same_bytes_in_another_process(name: str) -> None:
    spec = asset_spec(name, seed=11)
    script = (
        "import sys, hashlib\n"
        "from meshmill.geometry.engine import generate\n"
        "from meshmill.geometry.spec import AssetSpec\n"
        "artefact = generate(AssetSpec.model_validate_json(sys.argv[1]))\n"
        "print(*[hashlib.sha256(file.data).hexdigest() for file in artefact.files])\n"
    )
    asked = json.dumps(spec.canonical())
    other = subprocess.run(
        [sys.executable, "-c", script, asked],
        env={"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": "77"},
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    here = [hashlib.sha256(file.data).hexdigest() for file in generate(spec).files]
    assert other.stdout.split() == here


@pytest.mark.parametrize("name", GENERATOR_NAMES)
def test_another_seed_is_another_individual(name: str) -> None:
    first, second = (
        Glb(data_of(generate(asset_spec(name, seed=seed)), "model")) for seed in (0, 1)
    )
    shapes = [model.primitives()[0]["POSITION"] for model in (first, second)]
    names = [image["name"] for image in first.document["images"] if image["name"].endswith("_BC")]
    colours = [model.image(names[0]).astype(int) for model in (first, second)]
    other_shape = shapes[0].shape != shapes[1].shape or np.abs(shapes[0] - shapes[1]).max() > 0.01
    # A machined part differs by its surface alone.
    assert other_shape or np.abs(colours[0] - colours[1]).mean() > 2


@pytest.mark.parametrize("name", GENERATOR_NAMES)
def test_the_model_says_what_it_was_made_from(name: str) -> None:
    spec = asset_spec(name, seed=9)
    document = Glb(data_of(generate(spec), "model")).document
    assert document["asset"]["extras"]["meshmill"] == {
        "spec_id": spec.spec_id,
        "generator": name,
        "seed": 9,
        "engine_version": ENGINE_VERSION,
    }
    assert document["meshes"][0]["name"] == f"SM_{name.capitalize()}_9"
    assert all("matrix" not in node and "translation" not in node for node in document["nodes"])
    assert all(item["name"].startswith("M_") for item in document["materials"])
    assert all(item["name"].startswith("T_") for item in document["images"])


@pytest.mark.parametrize(
    ("texture_format", "colour", "exact"),
    [
        ("png", "image/png", "image/png"),
        ("jpeg", "image/jpeg", "image/png"),
        ("webp", "image/webp", "image/webp"),
    ],
)
def test_colours_follow_the_texture_format_and_normals_stay_exact(
    texture_format: str, colour: str, exact: str
) -> None:
    plain = Glb(data_of(generate(asset_spec("rock")), "model"))
    glb = Glb(data_of(generate(asset_spec("rock", texture_format=texture_format)), "model"))
    types = {image["name"]: image["mimeType"] for image in glb.document["images"]}
    assert types == {
        "T_Rock_Stone_BC": colour, "T_Rock_Stone_N": exact, "T_Rock_Stone_ORM": exact
    }  # fmt: skip
    for name in ("T_Rock_Stone_N", "T_Rock_Stone_ORM"):
        assert np.array_equal(glb.image(name), plain.image(name))
    difference = glb.image("T_Rock_Stone_BC").astype(int) - plain.image("T_Rock_Stone_BC")
    assert np.abs(difference).mean() < 6


@pytest.mark.parametrize("name", GENERATOR_NAMES)
def test_the_preview_shows_the_model_on_a_transparent_ground(name: str) -> None:
    image = Image.open(io.BytesIO(data_of(generate(asset_spec(name)), "preview")))
    assert (image.size, image.mode) == ((512, 512), "RGBA")
    pixels = np.asarray(image)
    assert not pixels[[0, 0, -1, -1], [0, -1, 0, -1], 3].any()
    shown = pixels[pixels[:, :, 3] == 255][:, :3]
    assert len(shown) > 512 * 512 * 0.15
    assert shown.std() > 15
    assert 40 < shown.mean() < 220


def test_importing_the_spec_does_not_load_numpy() -> None:
    script = "import sys, meshmill.geometry.spec; print('numpy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": ":".join(sys.path)}, capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert done.stdout.strip() == "False"
