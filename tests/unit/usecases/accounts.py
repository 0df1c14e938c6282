"""Accounts around the in-memory fakes: what a user has, and workers that die and are replaced."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from meshmill.domain import identity
from meshmill.domain.account_job import AccountJob, JobKind
from meshmill.domain.api_keys import ApiKey
from meshmill.domain.asset import Asset
from meshmill.domain.audit import Action, entry_of
from meshmill.domain.batch import Batch, Phase, Source
from meshmill.settings import AccountSettings
from meshmill.usecases.account_requests import RequestErasure, RequestExport
from meshmill.usecases.account_worker import AccountStores, account_worker
from meshmill.usecases.export_account import PART_BYTES
from meshmill.usecases.run_account_jobs import Work
from tests.fakes.accounts import (
    ExportsOf,
    InMemoryAccountJobs,
    InMemoryAssetErasure,
    InMemoryExportFiles,
    InMemoryFences,
    InMemoryUserFiles,
)
from tests.fakes.audit import InMemoryAuditTrail
from tests.fakes.batches import InMemoryBatches
from tests.fakes.credentials import InMemoryApiKeyStore
from tests.unit.usecases.world import ADA, ASKED, World

LEASE_MS, SETTLE_MS = 120_000, 60_000
SETTINGS = AccountSettings(
    assets_table="",
    batches_table="",
    rate_limits_table="",
    api_keys_table="",
    account_jobs_table="",
    audit_table="",
    audit_days=400,
    artefacts_bucket="",
    uploads_bucket="",
    lease_ms=LEASE_MS,
    reserve_ms=30_000,
    settle_ms=SETTLE_MS,
    export_seconds=259_200,
    receipt_seconds=7_776_000,
)


class Died(BaseException):
    """The worker's process is gone."""


class Killing:
    """Stands before every port; at the planned call the process dies, before or after it.

    With a happening the process lives, and that happens before its call instead.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.strikes_at: int | None = None
        self.after_effect = False
        self.happening: Callable[[], Any] | None = None

    def arm(
        self,
        number: int | None,
        *,
        after_effect: bool = False,
        happening: Callable[[], Any] | None = None,
    ) -> None:
        self.calls, self.strikes_at = [], number
        self.after_effect, self.happening = after_effect, happening

    def strike(self, name: str) -> None:
        if self.happening is None:
            raise Died(name)
        happening = self.happening
        self.arm(None)
        happening()

    def before(self, port: Any) -> Any:
        return _Killed(self, port)


class _Killed:
    def __init__(self, killing: Killing, port: Any) -> None:
        self._killing = killing
        self._port = port

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._port, name)

        def call(*given: Any, **named: Any) -> Any:
            killing = self._killing
            number = len(killing.calls)
            killing.calls.append(name)
            if number == killing.strikes_at and not killing.after_effect:
                killing.strike(name)
            result = member(*given, **named)
            if number == killing.strikes_at and killing.after_effect:
                killing.strike(name)
            return result

        return call


class Accounts:
    """A world with jobs on its accounts."""

    def __init__(self, part_bytes: int = PART_BYTES) -> None:
        self.world = World()
        self.clock = self.world.clock
        self.jobs = InMemoryAccountJobs()
        self.keys = InMemoryApiKeyStore()
        self.audit = InMemoryAuditTrail()
        self.batches: Any = InMemoryBatches()
        self.fences = InMemoryFences()
        self.part_bytes = part_bytes
        self.files = InMemoryExportFiles(least_part=part_bytes)
        self.uploads = InMemoryUserFiles("uploads")
        self.killing = Killing()
        self.request_export = RequestExport(self.jobs, self.clock, self.world.entropy)
        self.request_erasure = RequestErasure(
            self.jobs, self.fences, self.clock, self.world.entropy
        )

    def have(
        self,
        *,
        assets: int = 3,
        batches: int = 0,
        keys: int = 1,
        uploads: int = 1,
        user: str = ADA,
    ) -> None:
        """Give a user records of every kind."""
        for seed in range(assets):
            self.world.submit(seed, user=user, labels={"größe": "10 m"})
            self.clock.advance(1)
        for number in range(batches):
            self.add_batch(number, user)
        for number in range(keys):
            self.add_key(f"{user[1:12]}{number:05d}", user)
        for number in range(uploads):
            self.uploads.put(user, f"batch-{number}/manifest.jsonl")

    def add_batch(self, number: int, user: str = ADA) -> Batch:
        """A manifest that is being split, or whose lines are all reported."""
        batch = Batch(
            batch_id=identity.dropped_batch_id("uploads", f"{user}/{number}", "1"),
            user_id=user,
            source=Source.DROPPED,
            phase=Phase.REPORTED if number % 2 else Phase.VALIDATING,
            filename=f"manifest-{number}.csv",
            upload_key=f"uploads/{user}/{number}/manifest-{number}.csv",
            created_at=self.clock.now_ms() + number,
            updated_at=self.clock.now_ms(),
            attribution=ASKED,
        )
        entry = entry_of(
            ASKED,
            Action.BATCH_CREATED,
            subject=user,
            target=f"batch:{batch.batch_id}",
            at=batch.created_at,
            entry_id=batch.batch_id,
        )
        self.batches.create(batch, entry)
        return batch

    def add_key(self, key_id: str, user: str = ADA) -> None:
        key = ApiKey(
            key_id=key_id,
            secret_sha256="ab" * 32,
            user_id=user,
            permissions=frozenset({"assets:read"}),
            name="for a test",
            created_at=self.clock.now_ms(),
        )
        entry = entry_of(
            ASKED,
            Action.API_KEY_CREATED,
            subject=user,
            target=f"api_key:{key_id}",
            at=self.clock.now_ms(),
            entry_id=key_id,
        )
        self.keys.create(key, entry)

    def run(
        self, remaining_ms: Callable[[], int] = lambda: 60_000, settings: Any = SETTINGS
    ) -> Counter[Work]:
        """One round of the worker."""
        before = self.killing.before
        stores = AccountStores(
            jobs=before(self.jobs),
            assets=before(self.world.assets),
            erasure=before(InMemoryAssetErasure(self.world.assets)),
            batches=before(self.batches),
            keys=before(self.keys),
            audit=before(self.audit),
            fences=before(self.fences),
            export_files=before(self.files),
            uploads=before(self.uploads),
            results=before(ExportsOf(self.files)),
        )
        worker = account_worker(stores, settings, self.clock, self.world.entropy)
        export: Any = worker.workers[JobKind.EXPORT]
        small = dataclasses.replace(export, part_bytes=self.part_bytes)
        workers = {**worker.workers, JobKind.EXPORT: small}
        return dataclasses.replace(worker, workers=workers)(remaining_ms)

    def run_to_end(self, kind: JobKind, user: str = ADA) -> AccountJob:
        """Rounds, and the time between them, until nothing is left to do."""
        for _ in range(50):
            job = self.job(kind, user)
            if job.due_at is None:
                return job
            self.clock.advance_to(job.due_at)
            self.run()
        raise AssertionError("the job goes round and round")

    def export(self, user: str = ADA) -> AccountJob:
        return self.request_export(user, ASKED)

    def erase(self, user: str = ADA) -> AccountJob:
        return self.request_erasure(user, ASKED)

    def job(self, kind: JobKind, user: str = ADA) -> AccountJob:
        job = self.jobs.get(user, kind)
        assert job is not None
        return job

    def exported(self, job: AccountJob) -> bytes:
        return self.files.files[self.files.key(job.user_id, job.job_id)]

    def lines(self, job: AccountJob) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.exported(job).splitlines()]

    def assets_of(self, user: str) -> list[Asset]:
        return [asset for asset in self.world.assets.all() if asset.user_id == user]

    def is_fenced(self, user: str = ADA) -> bool:
        return identity.user_bucket(user) in self.fences.buckets
