"""The platform, played honestly: redelivery, dead letters, the reconciler, clients that retry."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import moto.sqs.models as moto_sqs
import pytest

from meshmill.aws.clock import SystemClock
from meshmill.domain.asset import Asset, Status
from meshmill.domain.errors import DependencyUnavailable
from tests.fakes.clock import START_MS, FakeClock
from tests.faults import engine, insides
from tests.faults.audit_model import check_trail
from tests.faults.batch_oracle import BatchOracle
from tests.faults.emptied import empty, forget, lasting_cloud
from tests.faults.injection import Boundary, ProcessDied, boundary
from tests.faults.serial import without_threads
from tests.support import tokens
from tests.support.cloud import LANES, Cloud, Reply
from tests.support.cloud_settings import BATCH_QUEUE, UPLOAD_QUEUE

T = TypeVar("T")

_MOST_ROUNDS = 200


class NotAtRest(AssertionError):
    """Something goes round and round."""


@dataclass
class Platform:
    """A cloud whose time is a fake clock's, and whose functions' calls can be made to fail."""

    cloud: Cloud
    clock: FakeClock
    aws: Boundary
    engine: engine.PickyEngine
    batches: BatchOracle = field(default_factory=BatchOracle)
    accepted: set[str] = field(default_factory=set)
    _bearer: str = field(default_factory=lambda: tokens.token(exp=4_000_000_000))

    def reset(self) -> None:
        """An empty cloud with new processes; time goes on."""
        self.aws.arm({})
        empty()
        self.accepted = set()
        self.batches = BatchOracle()
        self.engine._failures.clear()
        self.engine.doomed.clear()

    def create(self, body: dict[str, Any]) -> Reply:
        """A client that asks until it is answered."""
        for _ in range(10):
            reply = self.attempt("api", partial(self.cloud.create, body, bearer=self._bearer))
            if reply is not None and reply.status < 500:
                assert reply.status in {200, 202}, reply.text
                self.accepted.add(reply.json["asset_id"])
                return reply
            self.clock.advance(1_000)
        raise NotAtRest("the API never answers")

    def delete(self, asset_id: str) -> Reply:
        """A client that asks until it is answered."""
        return self._ask("DELETE", asset_id, self._bearer)

    def inspect(self, asset_id: str) -> Reply:
        """Likewise an admin that reads another user's asset."""
        admin = tokens.token("root", exp=4_000_000_000, permissions=["assets:read", "admin:read"])
        return self._ask("GET", asset_id, admin)

    def _ask(self, method: str, asset_id: str, bearer: str) -> Reply:
        path = f"/api/v1/assets/{asset_id}"
        for _ in range(10):
            ask = partial(self.cloud.request, method, path, bearer=bearer)
            reply = self.attempt("api", ask)
            if reply is not None and reply.status < 500:
                return reply
            self.clock.advance(1_000)
        raise NotAtRest("the API never answers")

    def poll(self, status_url: str) -> Reply:
        """A client that polls until it is answered."""
        for _ in range(10):
            reply = self.attempt("status", partial(self.cloud.poll, status_url))
            if reply is not None and reply.status < 500:
                return reply
        raise NotAtRest("the status function never answers")

    def attempt(self, function: str, invoke: Callable[[], T]) -> T | None:
        """One invocation; None when it failed or died, as its caller sees it."""
        self.aws.function = function
        try:
            return invoke()
        except ProcessDied:
            forget()
        except DependencyUnavailable:
            # The function's error, which the platform logs; a defect is any other one.
            return None
        finally:
            self.check()
        return None

    def deliver(self) -> None:
        """Hand out everything that is visible, until nothing more is."""
        for _ in range(_MOST_ROUNDS):
            self.cloud.announce_uploads()
            visible = {name for name, at in insides.messages() if at <= self.clock.now_ms()}
            told = self.attempt("audit", self.cloud.record_changes)
            if not visible and told == 0:
                return
            if UPLOAD_QUEUE in visible:
                self.attempt("split_manifest", self.cloud.split)
            if BATCH_QUEUE in visible:
                self.attempt("ingest_manifest", self.cloud.ingest)
            for lane in LANES:
                if lane in visible:
                    self.attempt("generate", partial(self.cloud.work, lane))
            for name in (*LANES, UPLOAD_QUEUE, BATCH_QUEUE):
                if f"{name}-dead" in visible:
                    self.attempt("dead_letter", partial(self.cloud.bury, name))
        raise NotAtRest("a message goes round and round")

    def run_to_rest(self) -> int:
        """Deliver, wait and reconcile until nothing is left to do; milliseconds that it took."""
        began = self.clock.now_ms()
        for _ in range(_MOST_ROUNDS):
            self.deliver()
            moment = self._next_moment()
            if moment is None:
                return self.clock.now_ms() - began
            self.clock.advance_to(moment)
            if any(due_at <= moment for due_at in self._due()):
                # Once a minute; an early round would find nothing that a later one does not.
                self.attempt("reconcile", self.cloud.reconcile)
        raise NotAtRest(f"still open: {self.open_assets()}, {insides.batches()}")

    def assets(self) -> list[Asset]:
        return insides.assets()

    def open_assets(self) -> list[Asset]:
        return [asset for asset in self.assets() if not asset.status.is_final]

    def check(self) -> None:
        """What must hold after every invocation."""
        for asset in self.assets():
            if asset.status is Status.COMPLETED:
                self._check_files(asset)
            if not asset.status.is_final:
                assert asset.due_at is not None, f"nobody watches {asset}"
        self.batches.look()

    def check_at_rest(self) -> None:
        """What must hold when nothing is left to do: the oracle of the reliability notes."""
        records = {asset.asset_id: asset for asset in self.assets()}
        assert len(records) == len({(one.user_id, one.spec_id) for one in records.values()})
        deleted = {
            entry.target for entry in insides.audit_entries() if entry.action == "asset.deleted"
        }
        for asset_id in self.accepted:
            assert asset_id in records or f"asset:{asset_id}" in deleted, "accepted, and gone"
        check_trail(self.cloud.changes.everything(), insides.audit_entries())
        for asset in records.values():
            assert asset.status is self._end_of(asset), asset
        self.batches.look_at_rest()
        assert list(insides.messages()) == []

    def _end_of(self, asset: Asset) -> Status:
        seed = json.loads(asset.request)["parameters"]["seed"]
        return Status.FAILED if seed in self.engine.doomed else Status.COMPLETED

    def _check_files(self, asset: Asset) -> None:
        assert asset.files, "completed without files"
        for file in asset.files:
            data = insides.data(file.key)
            assert data is not None, f"{file.key} is not there"
            assert len(data) == file.size
            assert hashlib.sha256(data).hexdigest() == file.sha256

    def _next_moment(self) -> int | None:
        """When the next message turns visible or the next asset is due; None: never."""
        visible = [at for _, at in insides.messages()]
        moments = visible + self._due()
        return max(min(moments), self.clock.now_ms() + 1) if moments else None

    def _due(self) -> list[int]:
        """When the reconciler is to look after the open assets and batches."""
        assets = [asset.due_at for asset in self.open_assets()]
        batches = [state.batch.due_at for state in insides.batches()]
        return [due_at for due_at in (*assets, *batches) if due_at is not None]


@contextmanager
def platform(directory: Path) -> Iterator[Platform]:
    """A platform on a cloud of its own."""
    clock = FakeClock(START_MS)
    with (
        lasting_cloud(directory) as cloud,
        pytest.MonkeyPatch.context() as patch,
        boundary(patch) as aws,
    ):
        patch.setattr(SystemClock, "now_ms", lambda _: clock.now_ms())
        patch.setattr(moto_sqs, "unix_time_millis", lambda *_: clock.now_ms())
        patch.setattr(moto_sqs, "unix_time", lambda *_: clock.now_ms() / 1000)
        without_threads(patch)
        yield Platform(cloud, clock, aws, engine.install(patch))
