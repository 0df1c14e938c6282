"""Exports: complete, resumable to the byte, and the same one when asked for again."""

from __future__ import annotations

import dataclasses
import gc
import hashlib
import json
import tracemalloc
from collections import Counter
from collections.abc import Sequence
from functools import partial

import pytest

from meshmill.domain.account_job import AccountJob, JobKind, JobStatus, Part
from meshmill.domain.asset import Asset
from meshmill.domain.attribution import Attribution
from meshmill.domain.audit import Action, entry_of
from meshmill.usecases.account_requests import ReadAccountJob
from meshmill.usecases.run_account_jobs import Work
from tests.fakes.accounts import InMemoryExportFiles
from tests.unit.usecases.accounts import LEASE_MS, SETTINGS, Accounts, Died
from tests.unit.usecases.world import ADA, GRACE

_SMALL_PARTS = 2_000


def test_an_export_holds_everything_that_is_recorded_of_the_user_and_of_nobody_else() -> None:
    accounts = Accounts()
    accounts.have(assets=250, batches=150, keys=2)
    accounts.have(assets=3, keys=1, user=GRACE)
    accounts.export()

    job = accounts.run_to_end(JobKind.EXPORT)

    lines = accounts.lines(job)
    assert Counter(line["object"] for line in lines) == {
        "account": 1,
        "asset": 250,
        "batch": 150,
        "api_key": 2,
        "audit_record": 1,
    }
    assert GRACE not in accounts.exported(job).decode()
    assert {line["asset_id"] for line in lines if line["object"] == "asset"} == {
        asset.asset_id for asset in accounts.assets_of(ADA)
    }


def test_a_line_tells_what_was_asked_for_and_nothing_that_opens_anything() -> None:
    accounts = Accounts()
    accounts.have(assets=1)
    accounts.export()

    account, asset, key, audited = accounts.lines(accounts.run_to_end(JobKind.EXPORT))

    assert account["user_id"] == ADA
    assert (asset["format"], asset["parameters"]["generator"]) == ("gltf", "rock")
    assert asset["labels"] == {"größe": "10 m"}
    assert asset["created_at"] == "2027-01-15T08:00:00.000Z"
    assert "secret_sha256" not in key
    assert audited["action"] == "account.export_requested"
    assert "http" not in json.dumps([account, asset, key, audited])


def test_what_is_recorded_of_the_file_is_true() -> None:
    accounts = Accounts(_SMALL_PARTS)
    accounts.have(assets=30)
    accounts.export()

    job = accounts.run_to_end(JobKind.EXPORT)

    data = accounts.exported(job)
    assert job.status is JobStatus.COMPLETED
    assert job.export.size == len(data)
    assert len(job.export.parts) > 1
    assert_parts_make_up(job, data)
    assert job.export.records == data.count(b"\n")


def test_others_who_acted_are_told_by_their_part_alone() -> None:
    accounts = Accounts()
    acted = [
        (Attribution("operator:arn:aws:iam::1:user/op", "r1"), Action.API_KEY_CREATED),
        (Attribution(f"user:{GRACE}", "r2"), Action.ASSET_READ_BY_ADMIN),
        (Attribution("key:graceskey", "r3"), Action.ASSETS_LISTED_BY_ADMIN),
        (Attribution(f"user:{ADA}", "r4"), Action.ASSET_DELETED),
        (Attribution("key:adaskey", "r5"), Action.ASSET_DELETED),
    ]
    for at, (who, action) in enumerate(acted):
        entry = entry_of(who, action, subject=ADA, target="t", at=at, entry_id=f"{at}")
        accounts.audit.record([entry])
    accounts.export()

    lines = accounts.lines(accounts.run_to_end(JobKind.EXPORT))

    actors = [line["actor"] for line in lines if line["object"] == "audit_record"]
    assert actors[:5] == ["operator", "admin", "admin", f"user:{ADA}", "key:adaskey"]


def test_looking_at_an_export_asks_for_none() -> None:
    accounts = Accounts()
    look = ReadAccountJob(accounts.jobs, accounts.clock, JobKind.EXPORT)
    assert look(ADA) is None
    job = accounts.export()

    assert look(ADA) == job


def test_a_user_who_has_nothing_gets_a_file_that_says_so() -> None:
    accounts = Accounts()
    accounts.export()

    job = accounts.run_to_end(JobKind.EXPORT)

    assert [line["object"] for line in accounts.lines(job)] == ["account", "audit_record"]


@pytest.mark.parametrize("after_effect", [False, True])
def test_killed_at_any_call_it_goes_on_and_writes_the_same_bytes(after_effect: bool) -> None:
    expected, calls = _undisturbed()
    for number in range(calls):
        accounts = _asked()
        accounts.killing.arm(number, after_effect=after_effect)
        with pytest.raises(Died):
            accounts.run()
        accounts.killing.arm(None)

        job = accounts.run_to_end(JobKind.EXPORT)

        assert accounts.exported(job) == expected
        assert job.export.records == expected.count(b"\n")


def test_with_little_time_it_writes_as_far_as_it_gets_and_goes_on_later() -> None:
    expected, _ = _undisturbed()
    accounts = _asked()
    rounds = 0
    while accounts.job(JobKind.EXPORT).due_at is not None:
        times = iter([60_000, 60_000])
        accounts.run(remaining_ms=partial(next, times, 0))
        rounds += 1

    assert rounds > 3
    assert accounts.exported(accounts.job(JobKind.EXPORT)) == expected


def test_each_action_is_written_down_once_even_if_the_worker_dies_after_it() -> None:
    _, calls = _undisturbed()
    for number in range(calls):
        accounts = _asked()
        accounts.killing.arm(number, after_effect=True)
        with pytest.raises(Died):
            accounts.run()
        accounts.killing.arm(None)
        accounts.run_to_end(JobKind.EXPORT)

        actions = Counter(str(entry.action) for entry in accounts.audit.of(ADA, None, 100))

        assert actions == {"account.export_requested": 1, "account.export_completed": 1}


def test_a_dead_worker_s_lease_is_respected() -> None:
    accounts = _asked()
    accounts.killing.arm(10)
    with pytest.raises(Died):
        accounts.run()
    accounts.killing.arm(None)

    assert accounts.run() == {}
    accounts.clock.advance(LEASE_MS)
    assert accounts.run() == {Work.COMPLETED: 1}


def test_a_worker_that_outlives_its_lease_does_no_harm_at_any_call() -> None:
    expected, calls = _undisturbed()
    for number in range(calls):
        accounts = _asked()

        def overtake(accounts: Accounts = accounts) -> None:
            accounts.clock.advance(LEASE_MS)
            accounts.run_to_end(JobKind.EXPORT)

        accounts.killing.arm(number, happening=overtake)
        accounts.run()

        job = accounts.run_to_end(JobKind.EXPORT)
        assert accounts.exported(job) == expected
        assert_parts_make_up(job, expected)


def test_an_upload_that_is_gone_is_begun_anew() -> None:
    expected, calls = _undisturbed()
    accounts = _asked()
    accounts.killing.arm(calls // 2)
    with pytest.raises(Died):
        accounts.run()
    accounts.killing.arm(None)
    accounts.files.uploads.clear()

    job = accounts.run_to_end(JobKind.EXPORT)

    assert accounts.exported(job) == expected


def test_an_asset_deleted_while_it_is_exported_is_left_out() -> None:
    accounts = _asked()
    times = iter([60_000, 60_000])
    accounts.run(remaining_ms=lambda: next(times, 0))
    oldest = min(accounts.assets_of(ADA), key=lambda asset: asset.created_at)
    accounts.world.assets.delete(oldest.asset_id)

    job = accounts.run_to_end(JobKind.EXPORT)

    exported = {line.get("asset_id") for line in accounts.lines(job)}
    assert oldest.asset_id not in exported
    assert {asset.asset_id for asset in accounts.assets_of(ADA)} <= exported


def test_asked_for_again_it_is_the_same_export_until_its_file_expires() -> None:
    accounts = Accounts()
    first = accounts.export()
    assert accounts.export() == first
    done = accounts.run_to_end(JobKind.EXPORT)
    assert accounts.export() == done

    accounts.clock.advance(SETTINGS.export_seconds * 1000)

    again = accounts.export()
    assert again.job_id != first.job_id
    assert again.status is JobStatus.PENDING


def test_a_broken_export_keeps_nobody_else_waiting() -> None:
    accounts = Accounts()
    accounts.export(ADA)
    accounts.clock.advance(1)
    accounts.export(GRACE)
    (begin,) = [accounts.files.begin]

    def fail_once(key: str) -> str:
        accounts.files.begin = begin  # type: ignore[method-assign]
        raise RuntimeError("injected")

    accounts.files.begin = fail_once  # type: ignore[method-assign]

    assert accounts.run() == {Work.BROKEN: 1, Work.COMPLETED: 1}
    accounts.clock.advance(LEASE_MS)
    assert accounts.run() == {Work.COMPLETED: 1}


def assert_parts_make_up(job: AccountJob, data: bytes) -> None:
    rest = data
    for part in job.export.parts:
        stretch, rest = rest[: part.size], rest[part.size :]
        assert part.sha256 == hashlib.sha256(stretch).hexdigest()
    assert rest == b""


def _asked() -> Accounts:
    accounts = Accounts(_SMALL_PARTS)
    accounts.have(assets=120, keys=2)
    accounts.export()
    return accounts


def _undisturbed() -> tuple[bytes, int]:
    """What an export writes that nothing disturbs, and how many calls it makes."""
    accounts = _asked()
    accounts.killing.arm(None)
    accounts.run()
    return accounts.exported(accounts.job(JobKind.EXPORT)), len(accounts.killing.calls)


class _ManyAssets:
    """An ``AssetStore`` of as many records as one likes, made when they are read."""

    def __init__(self, template: Asset, number: int) -> None:
        self._template = template
        self._number = number

    def listed(self, user_id: str, before: str | None, limit: int) -> list[str]:
        newest = self._number if before is None else int(before.partition("#")[0])
        return [f"{n:015d}#{n}" for n in range(newest - 1, max(newest - 1 - limit, -1), -1)]

    def get_many(self, asset_ids: list[str]) -> dict[str, Asset]:
        return {each: dataclasses.replace(self._template, asset_id=each) for each in asset_ids}


class _Forgetting(InMemoryExportFiles):
    """Parts of which only the size and the end of each are kept."""

    largest = 0

    def put_part(self, key: str, upload_id: str, number: int, data: bytes) -> Part:
        self.largest = max(self.largest, len(data))
        return Part(number, "", len(data), "")

    def complete(self, key: str, upload_id: str, parts: Sequence[Part]) -> None:
        self.files[key] = b""


@pytest.mark.no_cover  # whose memory would be measured too
def test_ten_thousand_records_are_exported_in_the_memory_of_one_part() -> None:
    accounts = Accounts()
    accounts.have(assets=1, keys=0)
    (template,) = accounts.assets_of(ADA)
    labels = {f"label-{number}": "x" * 100 for number in range(10)}
    accounts.files = files = _Forgetting()
    accounts.world.assets = _ManyAssets(  # type: ignore[assignment]
        dataclasses.replace(template, labels=labels), 10_000
    )
    accounts.export()
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()

    accounts.run()

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    job = accounts.job(JobKind.EXPORT)
    assert (job.status, job.export.records) == (JobStatus.COMPLETED, 10_002)
    assert len(job.export.parts) > 2
    print(f"{job.export.size:,} bytes in {len(job.export.parts)} parts, peak {peak - before:,}")
    # The lines of a part, and the part itself.
    assert peak - before < 4 * files.largest
