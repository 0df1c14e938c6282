"""The use cases around the in-memory fakes, and the platform's part played by hand."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from typing import Any

from meshmill.domain.asset import Asset
from meshmill.domain.attribution import Attribution, Reader
from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.lanes import Lane
from meshmill.domain.request import AssetRequest, validate_request
from meshmill.usecases.bury_message import Burial, BuryMessage
from meshmill.usecases.consume import ConsumeWork, Returned
from meshmill.usecases.cross_user_reading import CrossUserReading
from meshmill.usecases.delete_asset import DeleteAsset
from meshmill.usecases.generate_asset import AttemptPolicy, GenerateAsset
from meshmill.usecases.list_assets import ListAssets, Listing
from meshmill.usecases.paging import Page
from meshmill.usecases.read_asset import ReadAsset
from meshmill.usecases.read_status import ReadStatus
from meshmill.usecases.reconcile import Care, Reconcile
from meshmill.usecases.submit_asset import OnDuplicate, SubmitAsset, Submitted
from tests.fakes.artefacts import InMemoryArtefacts, InMemoryQuarantine
from tests.fakes.assets import InMemoryAssets
from tests.fakes.audit import InMemoryAssetDeletion, InMemoryAuditTrail
from tests.fakes.clock import CountingEntropy, FakeClock
from tests.fakes.credentials import RotatingSecret
from tests.fakes.engine import CountingEngine
from tests.fakes.queues import InMemoryDelivery, InMemoryLanes, Message

ADA, GRACE = "u" + "a" * 32, "u" + "b" * 32
ASKED = Attribution(f"user:{ADA}", "request-1", f"00-{'ab' * 16}-{'cd' * 8}-01")
ADA_READS, GRACE_READS = Reader(ADA, ASKED), Reader(GRACE, ASKED)
ADMIN_READS = Reader("u" + "c" * 32, ASKED, reads_all_users=True)
PATIENCE = {Lane.EXPRESS: 120_000, Lane.STANDARD: 600_000, Lane.BULK: 3_600_000}
ATTEMPTS = AttemptPolicy(
    max_attempts=3, lease_ms=60_000, lease_margin_ms=5_000, retry_delay_seconds=10
)


class Flaky:
    """Stands before a port; the calls that a test picks raise before or after their effect."""

    def __init__(self, port: Any) -> None:
        self._port = port
        self._plans: dict[str, deque[Callable[..., Any] | None]] = {}

    def fail_before(self, method: str, *, skip: int = 0, times: int = 1) -> None:
        """Fail without effect, after letting ``skip`` calls through."""
        self._plan(method, skip, times, lambda call, *_, **__: _unavailable())

    def fail_after(self, method: str, *, skip: int = 0, times: int = 1) -> None:
        """Take effect and lose the answer."""

        def lose(call: Callable[..., Any], *given: Any, **named: Any) -> None:
            call(*given, **named)
            _unavailable()

        self._plan(method, skip, times, lose)

    def meanwhile(self, method: str, happening: Callable[[], Any], *, skip: int = 0) -> None:
        """Let something happen just before a call."""

        def interleave(call: Callable[..., Any], *given: Any, **named: Any) -> Any:
            happening()
            return call(*given, **named)

        self._plan(method, skip, 1, interleave)

    def _plan(self, method: str, skip: int, times: int, step: Callable[..., Any]) -> None:
        self._plans.setdefault(method, deque()).extend([None] * skip + [step] * times)

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._port, name)

        def call(*given: Any, **named: Any) -> Any:
            plan = self._plans.get(name)
            step = plan.popleft() if plan else None
            return step(member, *given, **named) if step else member(*given, **named)

        return call if callable(member) else member


def _unavailable() -> None:
    raise DependencyUnavailable("injected")


class World:
    """Stores, queues and engine in memory; ``flaky_*`` are what the use cases see of them."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.assets = InMemoryAssets()
        self.lanes = InMemoryLanes(self.clock)
        self.artefacts = InMemoryArtefacts()
        self.quarantine = InMemoryQuarantine()
        self.engine = CountingEngine()
        self.secret = RotatingSecret()
        self.flaky_assets: Any = Flaky(self.assets)
        self.flaky_queue: Any = Flaky(self.lanes)
        self.flaky_artefacts: Any = Flaky(self.artefacts)
        self.flaky_backlog: Any = Flaky(self.lanes)
        self.entropy = CountingEntropy()
        self.submit_asset = SubmitAsset(
            self.flaky_assets, self.flaky_queue, self.clock, self.entropy, PATIENCE
        )
        self.bury_message = BuryMessage(
            assets=self.flaky_assets,
            quarantine=self.quarantine,
            clock=self.clock,
            max_attempts=ATTEMPTS.max_attempts,
        )
        self.trail = InMemoryAuditTrail()
        self.flaky_trail: Any = Flaky(self.trail)
        self.flaky_deletion: Any = Flaky(InMemoryAssetDeletion(self.assets, self.trail))
        cross_user_reading = CrossUserReading(self.flaky_trail, self.clock, self.entropy)
        self.list_assets = ListAssets(self.flaky_assets, self.secret, lambda: cross_user_reading)
        self.read_asset = ReadAsset(self.flaky_assets, lambda: cross_user_reading)
        self.delete_asset = DeleteAsset(self.flaky_assets, self.flaky_deletion, self.clock)
        self.read_status = ReadStatus({"assets": self.flaky_assets.get}, self.secret, self.clock)

    def worker(self, engine: Any = None, policy: AttemptPolicy = ATTEMPTS) -> GenerateAsset:
        """A worker, with an engine of its own if need be."""
        return GenerateAsset(
            assets=self.flaky_assets,
            artefacts=self.flaky_artefacts,
            engine=engine or self.engine,
            clock=self.clock,
            entropy=self.entropy,
            attempts=policy,
            patience=PATIENCE,
        )

    def submit(
        self,
        seed: int = 0,
        *,
        user: str = ADA,
        on_duplicate: OnDuplicate = OnDuplicate.RETURN,
        **members: Any,
    ) -> Submitted:
        """Ask for a rock."""
        return self.submit_asset(user, rock(seed, **members), on_duplicate, ASKED)

    def page(self, user: str, listing: Listing) -> Page[Asset]:
        """A page of a user's own assets."""
        return self.list_assets(Reader(user, ASKED), user, listing)

    def record(self, asset: Asset) -> Asset:
        """The asset as it stands now; it must stand."""
        standing = self.assets.get(asset.asset_id)
        assert standing is not None
        return standing

    def receive(self, lane: Lane = Lane.STANDARD) -> list[Message]:
        return self.lanes.queues[lane].receive()

    def consume(self, message: Message, worker: GenerateAsset, lane: Lane = Lane.STANDARD) -> bool:
        """Hand a received message to a worker; whether it was acknowledged."""
        queue = self.lanes.queues[lane]
        consume = ConsumeWork(generate=worker, attempt_reserve_ms=5_000)
        try:
            consume(message.body, InMemoryDelivery(queue, message.message_id), lambda: 60_000)
        except (Returned, DependencyUnavailable):
            return False
        queue.delete(message.message_id)
        return True

    def work(self, lane: Lane = Lane.STANDARD) -> list[bool]:
        """Deliver what is visible in a lane; which messages were acknowledged."""
        return [self.consume(message, self.worker(), lane) for message in self.receive(lane)]

    def bury(self, lane: Lane = Lane.STANDARD) -> list[Burial]:
        """Deliver a lane's dead letters."""
        queue = self.lanes.dead_letters[lane]
        fates = []
        for message in queue.receive():
            fates.append(self.bury_message(queue.name, message.message_id, message.body))
            queue.delete(message.message_id)
        return fates

    def reconcile(
        self, max_sends: int = 4_800, remaining_ms: Callable[[], int] = lambda: 60_000
    ) -> Counter[Care]:
        """One round."""
        return Reconcile(
            assets=self.flaky_assets,
            queue=self.flaky_queue,
            backlog=self.flaky_backlog,
            clock=self.clock,
            patience=PATIENCE,
            max_attempts=ATTEMPTS.max_attempts,
            max_sends=max_sends,
            reserve_ms=10_000,
        )(remaining_ms)

    def waiting(self, lane: Lane = Lane.STANDARD) -> int:
        return len(self.lanes.queues[lane])

    def lose_messages(self, lane: Lane = Lane.STANDARD) -> None:
        """What no queue does, and a deployment or an operator may."""
        queue = self.lanes.queues[lane]
        for message in queue.receive():
            queue.delete(message.message_id)

    def delete_everything(self) -> None:
        """What erasure does."""
        for asset in self.assets.all():
            self.assets.delete(asset.asset_id)

    def exhaust(self, seed: int = 0) -> Asset:
        """An asset that has failed after every attempt."""
        asset = self.submit(seed).asset
        self.engine.fail_next(*[RuntimeError("no luck")] * ATTEMPTS.max_attempts)
        for _ in range(ATTEMPTS.max_attempts):
            self.work()
            self.clock.advance(60_000)
        assert self.record(asset).status.is_final
        return self.record(asset)


def rock(seed: int = 0, **members: Any) -> AssetRequest:
    """A request for a rock."""
    parameters = {"generator": "rock", "seed": seed}
    return validate_request({"format": "gltf", "parameters": parameters, **members})
