"""What stands before a manifest is played: what was asked for, lost, or left by the dead."""

from __future__ import annotations

import pytest

from meshmill.domain.work import UnbuildableSpec
from meshmill.usecases.batches.finish_batch import FinishBatch
from tests.faults import messages
from tests.faults.batch_actors import (
    ALSO_UNLUCKY,
    BATCHES,
    LEASE_MS,
    MARGIN_MS,
    STANDS_FAILED,
    UNBUILDABLE,
    UNLUCKY,
    WATCH_MS,
    ask,
    die_at,
    drop,
    ingest,
    ingest_all,
    issue,
    line,
    lines,
    request_redrive,
    split,
    upload,
    wait_for,
)
from tests.faults.injection import Mode
from tests.faults.platform import Platform
from tests.faults.scenarios import rock
from tests.support.cloud_settings import BATCH_QUEUE, UPLOAD_QUEUE

_UPLOAD_MS = 3_600_000
#: Five good lines, one of which can't be built; one for what stands failed, one that repeats
#: another, and two bad ones.
MIXED = (
    *(line(0), line(1), b"nonsense\n"),
    *(line(UNBUILDABLE), line(STANDS_FAILED, priority=9), line(3)),
    *(line(4), b'{"format": "x"}\n', line(4)),
)


def have_a_failed_asset(stage: Platform) -> None:
    stage.create(rock(STANDS_FAILED))
    stage.engine.fail_next(UnbuildableSpec("injected"))
    stage.run_to_rest()
    (failed,) = stage.assets()
    assert failed.status == "failed"


def have_a_mixed_manifest(stage: Platform) -> None:
    have_a_failed_asset(stage)
    stage.engine.doomed = {UNBUILDABLE: UnbuildableSpec("no")}
    drop(stage, b"".join(MIXED))


def have_assets_that_fail(stage: Platform) -> None:
    """One is built, one is refused, and one fails as often as it is tried."""
    stage.engine.doomed = {UNBUILDABLE: UnbuildableSpec("no"), UNLUCKY: RuntimeError("no luck")}
    drop(stage, lines([20, UNBUILDABLE, UNLUCKY]))
    ingest_all(stage)


def have_failures(stage: Platform) -> None:
    """A batch that is over, of which one asset can't be built, and two may be next time."""
    stage.engine.doomed = {
        UNBUILDABLE: UnbuildableSpec("no"),
        UNLUCKY: RuntimeError("no luck"),
        ALSO_UNLUCKY: RuntimeError("no luck"),
    }
    drop(stage, lines([20, UNBUILDABLE, UNLUCKY, ALSO_UNLUCKY]))
    stage.run_to_rest()
    stage.check_at_rest()
    del stage.engine.doomed[UNLUCKY], stage.engine.doomed[ALSO_UNLUCKY]


def have_spent_attempts(stage: Platform) -> None:
    """Each of its workers died; the message waits."""
    stage.engine.doomed = {UNLUCKY: RuntimeError("no luck")}
    drop(stage, line(UNLUCKY))
    ingest_all(stage)
    for _ in range(3):
        die_at(
            stage,
            "UpdateItem",
            lambda stage: stage.attempt("generate", stage.cloud.work),
        )
        wait_for(stage, LEASE_MS + MARGIN_MS)


def lose_the_message_of_spent_attempts(stage: Platform) -> None:
    have_spent_attempts(stage)
    messages.lose("standard")


def bury_the_message_of_spent_attempts(stage: Platform) -> None:
    have_spent_attempts(stage)
    messages.give_up("standard")


def have_pending_assets(stage: Platform) -> None:
    drop(stage, lines([0, 1]))
    ingest_all(stage)
    messages.lose("standard")


def have_every_line_counted(stage: Platform) -> None:
    """Who counted the last one died before the report."""
    drop(stage, lines(range(4)) + b"nonsense\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FinishBatch, "__call__", lambda *_: False)
        ingest_all(stage)
    stage.clock.advance(2 * WATCH_MS)


def leave_a_file_without_a_batch(stage: Platform) -> None:
    """It came by the form of a batch that was deleted."""
    issued = issue(stage)
    assert ask(stage, "DELETE", f"{BATCHES}/{issued['batch_id']}").status == 204
    upload(stage, issued)


def lose_the_announcement(stage: Platform) -> None:
    upload(stage, issue(stage))
    stage.cloud.announce_uploads()
    messages.lose(UPLOAD_QUEUE)
    wait_for(stage, _UPLOAD_MS + WATCH_MS)


def never_upload(stage: Platform) -> None:
    issue(stage)
    wait_for(stage, _UPLOAD_MS + WATCH_MS)


def lose_the_splitter(stage: Platform) -> None:
    """It died when it had planned nothing, and so did its message."""
    drop(stage, lines(range(4)))
    die_at(stage, "GetObject", split)
    messages.lose(UPLOAD_QUEUE)
    wait_for(stage, LEASE_MS + MARGIN_MS)


def lose_the_chunks(stage: Platform) -> None:
    """Planned, and nobody is told."""
    drop(stage, lines(range(4)))
    die_at(stage, "SendMessageBatch", split, Mode.DIES_BEFORE)
    messages.lose(UPLOAD_QUEUE)
    wait_for(stage, WATCH_MS)


def lose_one_chunk(stage: Platform) -> None:
    """One of two is done; who had the other died with his message."""
    drop(stage, lines(range(4)))
    split(stage)
    ingest(stage)
    die_at(stage, "PutObject", ingest)
    messages.lose(BATCH_QUEUE)
    wait_for(stage, LEASE_MS + WATCH_MS)


def lose_the_redrive(stage: Platform) -> None:
    have_failures(stage)
    assert request_redrive(stage).status == 202
    messages.lose(BATCH_QUEUE)
    wait_for(stage, WATCH_MS)


def spend_the_splitters(stage: Platform) -> None:
    """Each of them dies in the middle of the file."""
    drop(stage, lines(range(4)))
    for _ in range(3):
        die_at(stage, "GetObject", split)
        wait_for(stage, LEASE_MS + MARGIN_MS)
    messages.lose(UPLOAD_QUEUE)


def bury_an_announcement(stage: Platform) -> None:
    upload(stage, issue(stage))
    stage.cloud.announce_uploads()
    messages.give_up(UPLOAD_QUEUE)


def bury_a_drops_announcement(stage: Platform) -> None:
    """A splitter has seen it before it died."""
    drop(stage, lines(range(4)))
    die_at(stage, "GetObject", split)
    messages.give_up(UPLOAD_QUEUE)
    wait_for(stage, LEASE_MS + MARGIN_MS)


def bury_the_chunks(stage: Platform) -> None:
    drop(stage, lines(range(4)))
    split(stage)
    messages.give_up(BATCH_QUEUE)


def bury_nonsense(stage: Platform) -> None:
    for queue in (UPLOAD_QUEUE, BATCH_QUEUE):
        messages.send(stage.cloud, queue, "nobody understands")
