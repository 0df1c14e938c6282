"""The SDK keeps its promises against the running pipeline, whichever of its two clients is used."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from meshmill_client import Asset, AssetStatus, BatchStatus, Client, Transfer
from meshmill_client.errors import (
    DuplicateRequest,
    IdempotencyConflict,
    InvalidState,
    NotFound,
    NotReady,
    ValidationFailed,
    WaitTimeout,
)
from tests.e2e.client_users import User, rock
from tests.support.embedded import generate_configured

BEGINNINGS = {"gltf": b"glTF", "obj": b"PK\x03\x04", "fbx": b"Kaydara FBX Binary"}
GENERATORS = {"terrain", "rock", "tree", "building", "crate", "vase", "gear", "planet"}
MANIFEST = [
    rock(900, custom_id="first"),
    rock(901, custom_id="second"),
    rock(900, custom_id="first again"),
    {"format": "stl", "parameters": {}, "custom_id": "no such format"},
]
OUTCOMES = ["accepted", "accepted", "duplicate", "rejected"]


@pytest.fixture
def client(user: User) -> Iterator[Client]:
    """The user's client, by an API key."""
    with user.client() as connected:
        yield connected


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "lines.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in MANIFEST))
    return path


def test_an_asset_from_its_estimate_to_its_deletion(client: Client, tmp_path: Path) -> None:
    request = rock(1, labels={"shot": "12"}, custom_id="pebble", priority=9)
    estimate = client.assets.estimate(**request)
    assert (estimate.exists, estimate.status, estimate.custom_id) == (False, None, "pebble")

    asset = client.assets.create(**request)
    assert (asset.asset_id, asset.deduplicated) == (estimate.asset_id, False)
    assert (asset.labels, asset.custom_id, asset.priority) == ({"shot": "12"}, "pebble", 9)
    assert client.assets.create(**request).deduplicated is True
    with pytest.raises(DuplicateRequest) as refused:
        client.assets.create(**request, on_duplicate="reject")
    assert refused.value.details["asset_id"] == asset.asset_id

    seen: list[Asset] = []
    done = client.assets.wait(asset, on_progress=seen.append)
    assert seen[-1] == done
    assert done.stats is not None
    assert client.assets.estimate(**request).status is AssetStatus.COMPLETED

    transfers: list[Transfer] = []
    files = client.assets.download(done.asset_id, tmp_path / "out", transfers.append)
    assert {name: _sha256(path) for name, path in files.items()} == {
        file.name: file.sha256 for file in done.files
    }
    assert sorted((tmp_path / "out").iterdir()) == sorted(files.values())
    assert {each.name for each in transfers if each.done == each.total} == {
        path.name for path in files.values()
    }

    client.assets.delete(done)
    for absent in (client.assets.get, client.assets.delete, client.assets.wait):
        with pytest.raises(NotFound):
            absent(asset.asset_id)


def test_every_format_is_downloaded(client: Client, tmp_path: Path) -> None:
    asked = {name: client.assets.create(**rock(2, format=name)) for name in BEGINNINGS}

    for name, asset in asked.items():
        done = client.assets.wait(asset)
        files = client.assets.download(done, tmp_path / name)
        assert files["model"].read_bytes().startswith(BEGINNINGS[name])
        assert set(files) == {"model", "preview", "provenance"}


def test_a_listing_is_read_page_by_page_and_by_what_is_asked_for(client: Client) -> None:
    asked = [client.assets.create(**rock(seed)) for seed in range(30, 34)]
    crate = client.assets.create(format="obj", parameters={"generator": "crate"})

    def ids(**filters: str) -> list[str]:
        return [each.asset_id for each in client.assets.list(page_size=2, **filters)]  # type: ignore[arg-type]  # a status is one of these texts

    rocks = [asset.asset_id for asset in reversed(asked)]
    assert ids() == [crate.asset_id, *rocks]
    assert ids(generator="rock") == ids(format="gltf") == rocks
    assert ids(format="obj") == [crate.asset_id]
    client.assets.wait(asked[0])
    assert asked[0].asset_id in ids(status="completed")


def test_waiting_ends_in_time_and_the_asset_is_made_all_the_same(
    client: Client, tmp_path: Path
) -> None:
    asset = client.assets.create(**rock(4))
    with pytest.raises(NotReady):
        client.assets.download(asset, tmp_path)
    with pytest.raises(WaitTimeout) as ended:
        client.assets.wait(asset, timeout=0)
    assert ended.value.seen.asset_id == asset.asset_id  # type: ignore[union-attr]  # an asset

    assert client.assets.wait(asset.asset_id).is_final


def test_all_that_is_wrong_with_a_request_is_told(client: Client) -> None:
    with pytest.raises(ValidationFailed) as refused:
        client.assets.create(format="gltf", parameters={"quality": "best", "texture_size": 7})

    assert len(refused.value.details["violations"]) == 2
    assert refused.value.request_id


def test_generators_are_told_of_to_anybody(user: User) -> None:
    with Client(user.stack.base_url) as nobody:
        assert {each.name for each in nobody.generators.list()} == GENERATORS
        assert "gltf" in nobody.generators.get("tree").formats
        with pytest.raises(NotFound):
            nobody.generators.get("dragon")


def test_a_manifest_from_its_submission_to_its_reports(
    client: Client, manifest: Path, tmp_path: Path
) -> None:
    transfers: list[Transfer] = []
    batch = client.batches.submit(manifest, idempotency_key="k", on_transfer=transfers.append)
    assert transfers[-1] == Transfer("lines.jsonl", manifest.stat().st_size, batch.size or 0)
    done = client.batches.wait(batch)

    assert done.status is BatchStatus.COMPLETED_WITH_ERRORS
    assert (done.counts.lines, done.counts.completed) == (4, 2)
    results = list(client.batches.results(batch))
    assert [each.outcome for each in results] == OUTCOMES
    assert results[0].asset_id == results[2].asset_id
    [error] = client.batches.errors(done.batch_id)
    assert (error.line, error.custom_id, error.field) == (4, "no such format", "format")
    files = client.batches.download(batch.batch_id, tmp_path / "reports")
    assert set(files) == {"results", "errors", "results_csv", "errors_csv"}
    assert client.assets.get(results[0].asset_id or "").custom_id == "first"

    assert client.batches.submit(manifest, idempotency_key="k").batch_id == batch.batch_id
    with pytest.raises(InvalidState):
        client.batches.delete(batch)
    manifest.write_text("shorter")
    with pytest.raises(IdempotencyConflict):
        client.batches.submit(manifest, idempotency_key="k")


def test_a_csv_is_a_manifest_as_well(client: Client, tmp_path: Path) -> None:
    table = tmp_path / "stones.csv"
    table.write_text(
        "format,generator,quality,texture_size,seed,custom_id\ngltf,rock,low,256,950,stone\n"
    )

    done = client.batches.wait(client.batches.submit(table).batch_id)

    assert (done.format, done.status) == ("csv", BatchStatus.COMPLETED)
    [line] = client.batches.results(done)
    # The header is a line of the file.
    assert (line.line, line.custom_id, line.outcome) == (2, "stone", "accepted")


def test_a_batch_of_which_nothing_has_begun_is_deleted(client: Client) -> None:
    kept, unused = (
        client.batches.create(filename=name, size=9, content_type="text/csv") for name in "ab"
    )
    assert [each.batch_id for each in client.batches.list(page_size=1)] == [
        unused.batch_id,
        kept.batch_id,
    ]
    with pytest.raises(InvalidState):
        client.batches.redrive(unused)
    with pytest.raises(NotReady):
        next(client.batches.results(unused))

    client.batches.delete(unused)

    with pytest.raises(NotFound):
        client.batches.get(unused.batch_id)
    assert [each.batch_id for each in client.batches.list()] == [kept.batch_id]


def test_what_has_failed_of_a_batch_is_made_after_a_redrive(
    client: Client, user: User, manifest: Path
) -> None:
    with generate_configured(
        user.stack, MESHMILL_ARTEFACTS_BUCKET="there-is-none", MESHMILL_MAX_ATTEMPTS="1"
    ):
        failed = client.batches.wait(client.batches.submit(manifest))
    assert (failed.counts.accepted, failed.counts.failed) == (2, 2)

    done = client.batches.wait(client.batches.redrive(failed))

    assert (done.counts.completed, done.counts.failed, done.counts.redriven) == (2, 2, 2)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
