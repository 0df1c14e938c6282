"""What stays behind of a file that can't be brought here or there, and how it goes on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import pytest

from meshmill_client import ApiKey, Asset
from tests.support.fault_proxy.faults import Fault
from tests.support.fault_proxy.schedules import Recorded, Replayed, Seeded
from tests.unit.client.stand_in import API_KEY
from tests.unit.client.stand_in_assets import content_of, id_of
from tests.unit.client.stand_in_limits import (
    ATTEMPTS,
    EFFECTIVE,
    TOLD_OF_FILES,
    TOLD_OF_FORMS,
    always,
    named,
)
from tests.unit.client.stand_in_way import Disturbed

ROCK: dict[str, Any] = {"format": "gltf", "parameters": {"seed": 4}}
ROCK_ID = id_of(ROCK)
_SEEDS, _MANY = 25, 4


@pytest.mark.parametrize("fault", EFFECTIVE, ids=named)
def test_a_batch_whose_answer_is_lost_is_the_same_batch(fault: Fault, tmp_path: Path) -> None:
    manifest = tmp_path / "lines.jsonl"
    manifest.write_text('{"format": "gltf", "parameters": {}}\n')
    way = Disturbed(Replayed([fault, Fault.NONE, fault, fault]))

    with way.client() as client:
        batch = client.batches.submit(manifest)

    assert list(way.service.batches.records) == [batch.batch_id]
    assert set(way.service.store.uploads[batch.batch_id]) == {manifest.read_bytes()}


@pytest.mark.parametrize("fault", TOLD_OF_FORMS, ids=named)
def test_a_submission_that_has_failed_goes_on_under_its_key(fault: Fault, tmp_path: Path) -> None:
    manifest = tmp_path / "lines.csv"
    manifest.write_text("format\ngltf\n")
    schedule = always(fault, "POST", "/uploads")
    way = Disturbed(schedule)
    with way.client() as client, pytest.raises(TOLD_OF_FORMS[fault]):
        client.batches.submit(manifest, idempotency_key="k")
    assert schedule.asked("POST", "/uploads") == ATTEMPTS

    way.schedule = Replayed([])
    with way.client() as client:
        batch = client.batches.submit(manifest, idempotency_key="k")

    assert list(way.service.batches.records) == [batch.batch_id]
    assert set(way.service.store.uploads[batch.batch_id]) == {manifest.read_bytes()}


@pytest.mark.parametrize("fault", TOLD_OF_FILES, ids=named)
def test_a_download_that_fails_leaves_no_file_and_goes_on_in_the_next_call(
    fault: Fault, tmp_path: Path
) -> None:
    (tmp_path / "model.glb").write_bytes(b"of yesterday")
    way = Disturbed(always(fault, "GET", "/files/"))
    rock = way.service.assets.completed(ROCK)
    with way.client() as client, pytest.raises(TOLD_OF_FILES[fault]):
        client.assets.download(rock, tmp_path)
    assert (tmp_path / "model.glb").read_bytes() == b"of yesterday"
    assert not (tmp_path / "preview.png").exists()

    way.schedule = Replayed([])
    with way.client() as client:
        files = client.assets.download(rock, tmp_path)

    assert files["model"].read_bytes() == content_of(ROCK_ID, "model")
    assert sorted(tmp_path.iterdir()) == sorted(files.values())


def test_a_range_that_is_overlooked_costs_no_attempt(tmp_path: Path) -> None:
    schedule = Recorded(Replayed([Fault.CUT, Fault.RANGE_IGNORED]), "cut, then all of it")
    way = Disturbed(schedule)
    rock = way.service.assets.completed(ROCK)

    with way.client() as client:
        files = client.assets.download(rock, tmp_path)

    assert files["model"].read_bytes() == content_of(ROCK_ID, "model")
    assert schedule.asked("GET", "/model.glb") == 2


def test_many_who_download_into_one_folder_get_the_same_files_and_leave_no_others(
    tmp_path: Path,
) -> None:
    for seed in range(_SEEDS):
        schedule = Recorded(Seeded(seed, at_most=ATTEMPTS - 1), f"seed {seed}")
        way, folder = Disturbed(schedule), tmp_path / str(seed)
        rock = way.service.assets.completed(ROCK)
        with way.client() as client, ThreadPoolExecutor(_MANY) as pool:
            begun = [pool.submit(client.assets.download, rock, folder) for _ in range(_MANY)]
            every = [each.result() for each in begun]

        assert every == [every[0]] * _MANY, schedule
        assert every[0]["model"].read_bytes() == content_of(ROCK_ID, "model")
        assert sorted(folder.iterdir()) == sorted(every[0].values()), schedule


def test_tasks_that_download_into_one_folder_leave_no_other_files_either(tmp_path: Path) -> None:
    async def crowd(way: Disturbed, rock: Asset, folder: Path) -> None:
        async with (
            way.client_of_tasks(ApiKey(API_KEY)) as client,
            anyio.create_task_group() as group,
        ):
            for _ in range(_MANY):
                group.start_soon(client.assets.download, rock, folder)

    for seed in range(_SEEDS):
        schedule = Recorded(Seeded(seed, at_most=ATTEMPTS - 1), f"seed {seed}")
        way, folder = Disturbed(schedule), tmp_path / str(seed)
        anyio.run(crowd, way, way.service.assets.completed(ROCK), folder)

        assert (folder / "model.glb").read_bytes() == content_of(ROCK_ID, "model")
        names = sorted(path.name for path in folder.iterdir())
        assert names == ["model.glb", "preview.png"], schedule
