"""Whatever happens on the way: nothing is lost, nothing is done twice, nothing is left over.

Everything that a client can do is done under hundreds of seeded schedules of faults, of which each
is short enough for the client's attempts. ``MESHMILL_NIGHTLY=1`` tries many more, from another
seed where ``MESHMILL_SEED`` names one. What fails prints its schedule, which can be replayed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from meshmill_client import AssetStatus, BatchStatus, Client, ClientCredentials, Credentials
from meshmill_client.errors import AssetFailed, NotFound
from tests.support.fault_proxy.faults import Asked, Fault
from tests.support.fault_proxy.schedules import Recorded, Replayed, Seeded
from tests.unit.client.faces import FACES, Face
from tests.unit.client.service import TOKEN_URL
from tests.unit.client.stand_in_assets import FAILING, content_of
from tests.unit.client.stand_in_store import LINK_SECONDS
from tests.unit.client.stand_in_way import Disturbed

_IS_NIGHTLY = os.environ.get("MESHMILL_NIGHTLY") == "1"
_SEEDS = 1_500 if _IS_NIGHTLY else 60
_FIRST = int(os.environ.get("MESHMILL_SEED", "1"))
_PAGE = 2
LINES = [
    {"format": "gltf", "parameters": {"seed": 1}, "custom_id": "stands already"},
    {"format": "gltf", "parameters": {"seed": 11}, "custom_id": "good"},
    {"format": "gltf", "parameters": {"seed": 12}, "custom_id": f"{FAILING} at first"},
    {"format": "stl", "parameters": {}, "custom_id": "bad"},
]


@pytest.fixture(params=FACES.values(), ids=list(FACES))
def face(request: pytest.FixtureRequest) -> Iterator[Face]:
    """Either client."""
    kind: Face = request.param()
    yield kind
    kind.close()


def signed_in(seed: int) -> Credentials | None:
    """By key and by token in turns."""
    return ClientCredentials(TOKEN_URL, "studio", "secret") if seed % 2 else None


def live_with_assets(client: Client, way: Disturbed, folder: Path) -> None:
    """Everything that can be done with assets; each result is what it would be undisturbed."""
    estimate = client.assets.estimate(format="gltf", parameters={"seed": 1})
    assert not estimate.exists
    stones = [
        client.assets.create(format="gltf", parameters={"seed": seed}) for seed in range(1, 6)
    ]
    again = client.assets.create(format="gltf", parameters={"seed": 1})
    assert (again.asset_id, again.deduplicated) == (stones[0].asset_id, True)
    listed = [asset.asset_id for asset in client.assets.list(page_size=_PAGE)]
    assert listed == [stone.asset_id for stone in reversed(stones)]

    done = client.assets.wait(stones[0])
    assert done.status is AssetStatus.COMPLETED
    # Long enough for the links to expire.
    way.clock.sleep(LINK_SECONDS + 1)
    files = client.assets.download(done, folder)
    assert {name: path.read_bytes() for name, path in files.items()} == {
        name: content_of(done.asset_id, name) for name in ("model", "preview")
    }
    assert sorted(folder.iterdir()) == sorted(files.values())

    client.assets.delete(stones[4])
    with pytest.raises(NotFound):
        client.assets.get(stones[4].asset_id)
    failing = client.assets.create(format="obj", parameters={}, custom_id=FAILING)
    with pytest.raises(AssetFailed, match="OUT_OF_MEMORY"):
        client.assets.wait(failing.asset_id)


def live_with_batches(client: Client, way: Disturbed, folder: Path) -> None:
    """Everything that can be done with batches; each result is what it would be undisturbed."""
    assert [each.name for each in client.generators.list()] == ["rock"]
    assert (client.generators.get("rock")).name == "rock"
    stands = client.assets.create(format="gltf", parameters={"seed": 1})
    manifest = folder / "lines.jsonl"
    manifest.write_text("".join(json.dumps(line) + "\n" for line in LINES))

    batch = client.batches.submit(manifest)
    done = client.batches.wait(batch)
    assert done.status is BatchStatus.COMPLETED_WITH_ERRORS
    assert [each.outcome for each in client.batches.results(done)] == [
        "duplicate",
        "accepted",
        "accepted",
        "rejected",
    ]
    [error] = list(client.batches.errors(done))
    assert (error.line, error.code, error.field) == (4, "INVALID_FORMAT", "format")
    client.batches.redrive(done)
    redriven = client.batches.wait(batch.batch_id)
    assert (redriven.counts.failed, redriven.counts.redriven) == (1, 1)
    files = client.batches.download(redriven, folder / "reports")
    results = [json.loads(line) for line in files["results"].read_bytes().splitlines()]
    assert results[0]["asset_id"] == stands.asset_id
    assert sorted((folder / "reports").iterdir()) == sorted(files.values())

    unused = client.batches.create(filename="f", size=1, content_type="text/csv")
    assert len(list(client.batches.list())) == 2
    client.batches.delete(unused)
    assert [each.batch_id for each in client.batches.list()] == [batch.batch_id]
    assert way.service.store.uploads[batch.batch_id][0] == manifest.read_bytes()


LIVES = {"assets": live_with_assets, "batches": live_with_batches}


def lived(
    life: str, face: Face, schedule: Recorded, folder: Path, credentials: Credentials | None
) -> None:
    """A life under a schedule, whose books are in order at its end."""
    folder.mkdir()
    way = Disturbed(schedule, face)
    try:
        with way.client(credentials) as client:
            LIVES[life](client, way, folder)
        check_books(way)
    except BaseException as error:
        error.add_note(str(schedule))
        raise


def check_books(way: Disturbed) -> None:
    """Nothing was done twice, nobody was told what is none of their business, or too soon."""
    assets, batches = way.service.assets, way.service.batches
    assert set(assets.made.values()) <= {1}
    assert set(assets.deleted.values()) <= {1}
    assert len(batches.deleted) == len(set(batches.deleted))
    for uploads in way.service.store.uploads.values():
        assert len(set(uploads)) == 1
    assert way.service.leaks == []
    assert way.undercut == []


@pytest.mark.timeout(3_600 if _IS_NIGHTLY else 300)
@pytest.mark.parametrize("life", LIVES)
def test_under_any_schedule_everything_ends_as_if_undisturbed(
    life: str, face: Face, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = 0
    for seed in range(_FIRST, _FIRST + _SEEDS):
        schedule = Recorded(Seeded(seed, share=0.45), f"seed {seed}")
        lived(life, face, schedule, tmp_path / str(seed), signed_in(seed))
        faults += schedule.count
    with capsys.disabled():
        print(f" [{_SEEDS} schedules, {faults} faults]", end="")


@pytest.mark.timeout(3_600 if _IS_NIGHTLY else 300)
@pytest.mark.parametrize("life", LIVES)
def test_each_fault_alone_at_each_address_changes_nothing(
    life: str, face: Face, tmp_path: Path
) -> None:
    undisturbed = Recorded(Replayed([]), "undisturbed")
    lived(life, face, undisturbed, tmp_path / "undisturbed", signed_in(1))
    for place, fault in _places([asked for asked, _ in undisturbed.decisions]):
        name = f"{fault.name} at {place}"
        schedule = Recorded(Replayed([*[Fault.NONE] * place, fault]), name)
        lived(life, face, schedule, tmp_path / name, signed_in(1))


def _places(requests: list[Asked]) -> list[tuple[int, Fault]]:
    """Each request is one, or only the first of each address where time is short."""
    first = {asked: place for place, asked in reversed(list(enumerate(requests)))}
    places = range(len(requests)) if _IS_NIGHTLY else first.values()
    return [
        (place, fault)
        for place in places
        for fault in Fault
        if fault is not Fault.NONE and requests[place].allows(fault)
    ]
