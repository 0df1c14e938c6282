"""Exports and erasures under faults of every call, and while others act.

What is exported is the same bytes whatever went wrong; what is erased is gone, counted once, and
its user is let in again.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from meshmill.aws.attributes import to_item
from meshmill.domain import identity
from meshmill.domain.account_job import AccountJob, JobKind
from tests.contract.samples import STATES, new_asset
from tests.faults import batch_records, insides
from tests.faults.actors import elsewhere
from tests.faults.depth import TIMEOUT_SECONDS, planned_faults, thinned
from tests.faults.injection import Call, Happening, Mode
from tests.faults.platform import NotAtRest, Platform, platform
from tests.faults.scenarios import rock
from tests.faults.shards import one_shard_each
from tests.support import tables, tokens
from tests.support.cloud import Reply

ADA = identity.user_id(tokens.ISSUER, "ada")
EXPORT, ACCOUNT = ("GET", "/api/v1/users/me/export"), ("DELETE", "/api/v1/users/me")
SETTLE_MS, LEASE_MS = 60_000, 120_000
#: A lease, then the round that takes the job over, and perhaps another time to settle.
_RECOVERY_MS = 2 * LEASE_MS + SETTLE_MS
_MOST_ROUNDS = 30
_BEARER = tokens.token(permissions=["account:manage"], exp=4_000_000_000)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with (
        pytest.MonkeyPatch.context() as patch,
        platform(tmp_path_factory.mktemp("cloud")) as running,
    ):
        one_shard_each(patch)
        yield running


@dataclass(frozen=True, slots=True)
class Scene:
    """What is asked for, what stands before, and what must hold in the end.

    ``about`` are the operations that get faults; all of them where it is empty.
    """

    kind: JobKind
    prepare: Callable[[Platform], None]
    check: Callable[[Platform, AccountJob], None]
    about: frozenset[str] = frozenset()

    @property
    def route(self) -> tuple[str, str]:
        return EXPORT if self.kind is JobKind.EXPORT else ACCOUNT


def have_records(stage: Platform) -> None:
    """Two assets, a batch, an API key, and an upload of two versions."""
    batch_records.put_batch(stage, ADA)
    for seed in range(2):
        asset = dataclasses.replace(
            new_asset(ADA, seed=seed, now=stage.clock.now_ms()), **STATES["failed"]
        )
        stage.cloud.dynamodb.put_item(TableName=tables.ASSETS, Item=to_item(asset))
    key: dict[str, Any] = {
        "key_id": {"S": "a" * 16},
        "secret_sha256": {"S": "ab" * 32},
        "user_id": {"S": ADA},
        "permissions": {"L": []},
        "name": {"S": "for a test"},
        "created_at": {"N": "1"},
    }
    stage.cloud.dynamodb.put_item(TableName=tables.API_KEYS, Item=key)
    for _ in range(2):
        stage.cloud.s3.put_object(Bucket="uploads", Key=f"uploads/{ADA}/b/m.csv", Body=b"x")


def have_records_and_an_export(stage: Platform) -> None:
    have_records(stage)
    stage.cloud.s3.put_object(Bucket="artefacts", Key=f"exports/{ADA}/job.jsonl", Body=b"{}")


def have_an_export_under_way(stage: Platform) -> None:
    """Its worker died when the upload stood."""
    have_records(stage)
    ask(stage, EXPORT)
    begun = 6
    stage.aws.arm({begun: Mode.DIES_AFTER})
    stage.attempt("account", stage.cloud.work_on_accounts)
    stage.aws.arm({})
    assert job_of(stage, JobKind.EXPORT).export.upload_id is not None


def check_exported(stage: Platform, job: AccountJob) -> None:
    (key,) = insides.stored(f"exports/{ADA}/")
    data = insides.data(key)
    assert data is not None
    assert (len(data), data.count(b"\n")) == (job.export.size, job.export.records)
    (part,) = job.export.parts
    assert part.sha256 == hashlib.sha256(data).hexdigest()
    lines = [json.loads(line) for line in data.splitlines()]
    kinds = Counter(line["object"] for line in lines)
    assert (kinds["account"], kinds["asset"], kinds["api_key"]) == (1, 2, 1)
    (batch,) = (line for line in lines if line["object"] == "batch")
    assert batch["batch_id"] == batch_records.BATCH_ID
    assert len({json.dumps(line) for line in lines}) == len(lines)
    check_trail_of(job, "account.export_requested", "account.export_completed")


def check_erased(stage: Platform, job: AccountJob) -> None:
    assert stage.assets() == []
    assert insides.stored(f"uploads/{ADA}/") == insides.stored(f"exports/{ADA}/") == []
    assert stage.cloud.dynamodb.scan(TableName=tables.API_KEYS)["Items"] == []
    assert insides.fenced_buckets() == set()
    batch_records.check_nothing_left(ADA)
    done = job.erasure
    assert (done.assets, done.batches, done.api_keys) == (2, 1, 1)
    assert done.files in {4, 5}
    check_trail_of(job, "account.erasure_requested", "account.erased")


def check_trail_of(job: AccountJob, *expected: str) -> None:
    actions = Counter(str(entry.action) for entry in insides.audit_entries())
    assert {action: actions[action] for action in expected} == dict.fromkeys(expected, 1)


SCENES = {
    "an export": Scene(JobKind.EXPORT, have_records, check_exported),
    "an erasure": Scene(JobKind.ERASURE, have_records_and_an_export, check_erased),
    "an erasure of who is exporting": Scene(
        JobKind.ERASURE,
        have_an_export_under_way,
        check_erased,
        about=frozenset({"AbortMultipartUpload"}),
    ),
}


def ask(stage: Platform, route: tuple[str, str]) -> Reply:
    """A client that asks until it is answered."""
    method, path = route
    for _ in range(10):
        request = partial(stage.cloud.request, method, path, bearer=_BEARER)
        reply = stage.attempt("api", request)
        if reply is not None and reply.status < 500:
            assert reply.status in {200, 202}, reply.text
            return reply
        stage.clock.advance(1_000)
    raise NotAtRest("the API never answers")


def job_of(stage: Platform, kind: JobKind) -> AccountJob:
    (job,) = (job for job in insides.account_jobs() if job.kind is kind)
    return job


def carry_on(stage: Platform, kind: JobKind) -> AccountJob:
    """Rounds of the account function, each when the job is due, until it is settled."""
    for _ in range(_MOST_ROUNDS):
        job = job_of(stage, kind)
        if job.due_at is None:
            return job
        stage.clock.advance_to(job.due_at)
        stage.attempt("account", stage.cloud.work_on_accounts)
        # A round that fails before it has any job leaves everything due.
        stage.clock.advance(1)
    raise NotAtRest(f"still open: {job_of(stage, kind)}")


def play(stage: Platform, scene: Scene, plan: Mapping[int, Mode | Happening]) -> int:
    """From the request to the settled job; milliseconds that it took."""
    stage.reset()
    scene.prepare(stage)
    began = stage.clock.now_ms()
    stage.aws.arm(plan)
    url = ask(stage, scene.route).json["status_url"]
    job = carry_on(stage, scene.kind)
    assert stage.poll(url).json["status"] == "completed"
    scene.check(stage, job)
    return stage.clock.now_ms() - began


def points_of(scene: Scene, calls: Sequence[Call]) -> list[int]:
    """Numbers of calls that stand for all that the scene is about."""
    return [
        number
        for number in _some_of(calls, updates=4)
        if calls[number].function in {"account", "api"}
        and (not scene.about or calls[number].operation in scene.about)
    ]


def _some_of(calls: Sequence[Call], *, updates: int) -> list[int]:
    """The first and the last of each operation: passes and pages repeat themselves.

    Of updates, which are of many kinds, the first few.
    """
    by_call: dict[Call, list[int]] = {}
    for number, call in enumerate(calls):
        by_call.setdefault(call, []).append(number)
    chosen: set[int] = set()
    for call, numbers in by_call.items():
        first = updates if call.operation == "UpdateItem" else 1
        chosen |= {*numbers[:first], numbers[-1]}
    return sorted(chosen)


@pytest.mark.timeout(TIMEOUT_SECONDS)
@pytest.mark.parametrize("name", SCENES)
def test_any_single_fault_is_survived(stage: Platform, name: str) -> None:
    scene = SCENES[name]
    undisturbed = play(stage, scene, {})
    points = points_of(scene, list(stage.aws.calls))
    assert points
    played = 0
    for number, mode in planned_faults(points, 1):
        took = play(stage, scene, {number: mode})
        assert stage.aws.struck == [number], "the fault never struck"
        # A fault that costs an invocation costs a lease, and what it found again must settle.
        allowed = undisturbed + (0 if mode.is_mended_by_the_sdk else _RECOVERY_MS)
        assert took <= allowed, f"{mode} at {number}: {took} ms to recover"
        played += 1
    print(f"{name}: {played} schedules")


def test_every_operation_that_accounts_take_is_met_by_faults(stage: Platform) -> None:
    met: set[str] = set()
    for scene in SCENES.values():
        play(stage, scene, {})
        calls = list(stage.aws.calls)
        struck = [calls[number] for number in points_of(scene, calls)]
        met |= {f"{call.function} {call.operation}" for call in struck}
    assert met == {
        "account AbortMultipartUpload",
        "account BatchGetItem",
        "account BatchWriteItem",
        "account CompleteMultipartUpload",
        "account CreateMultipartUpload",
        "account DeleteItem",
        "account DeleteObjects",
        "account GetItem",
        "account ListObjectVersions",
        "account Query",
        "account Scan",
        "account TransactWriteItems",
        "account UpdateItem",
        "account UploadPart",
        "api GetItem",
        "api GetSecretValue",
        "api PutItem",
        "api UpdateItem",
    }


Actor = Callable[[Platform], Any]


def create(stage: Platform) -> None:
    """A client that takes an answer for an answer."""
    create = partial(stage.cloud.create, rock(7), bearer=tokens.token(exp=4_000_000_000))
    reply = stage.attempt("api", create)
    assert reply is None or reply.status in {200, 202, 409}, reply.text


def work(stage: Platform) -> None:
    stage.attempt("generate", partial(stage.cloud.work, "standard"))


def begin_erasing(stage: Platform) -> None:
    ask(stage, ACCOUNT)
    stage.attempt("account", stage.cloud.work_on_accounts)


def erase_a_round(stage: Platform) -> None:
    stage.attempt("account", stage.cloud.work_on_accounts)


def erase_to_the_end(stage: Platform) -> None:
    ask(stage, ACCOUNT)
    carry_on(stage, JobKind.ERASURE)


def outlive_the_lease_and_erase(stage: Platform) -> None:
    stage.clock.advance(LEASE_MS)
    carry_on(stage, JobKind.ERASURE)


def ask_for_an_erasure(stage: Platform) -> None:
    create(stage)
    ask(stage, ACCOUNT)


PAIRS: dict[str, tuple[Actor, Actor, Actor]] = {
    "erased while a request is under way": (lambda _: None, create, begin_erasing),
    "a request while it is erased": (ask_for_an_erasure, erase_a_round, create),
    "erased while it is built": (create, work, erase_to_the_end),
    "built while it is erased": (ask_for_an_erasure, erase_a_round, work),
    "two who erase": (ask_for_an_erasure, erase_a_round, erase_a_round),
    "one who erases overtaken by another": (
        ask_for_an_erasure,
        erase_a_round,
        outlive_the_lease_and_erase,
    ),
    "asked for twice": (create, begin_erasing, begin_erasing),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_whoever_acts_meanwhile_nothing_of_the_erased_user_is_left(
    stage: Platform, pair: str
) -> None:
    prepare, first, second = PAIRS[pair]

    def interrupt() -> None:
        with elsewhere():
            second(stage)

    stage.reset()
    prepare(stage)
    stage.aws.arm({})
    first(stage)
    for number in thinned(_some_of(stage.aws.calls, updates=4), 3):
        stage.reset()
        prepare(stage)
        stage.aws.arm({number: interrupt})
        first(stage)
        assert stage.aws.struck == [number]
        carry_on(stage, JobKind.ERASURE)
        while stage.cloud.waiting():
            work(stage)
        assert stage.assets() == []
        assert insides.fenced_buckets() == set()
