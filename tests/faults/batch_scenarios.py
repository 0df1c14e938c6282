"""Ways of a manifest through the pipeline: set up without faults, and then played under them."""

from __future__ import annotations

import moto.s3.models as moto_s3
import pytest

from meshmill.aws import s3_reports
from tests.faults import insides
from tests.faults.batch_actors import (
    ALSO_UNLUCKY,
    BATCHES,
    UNLUCKY,
    ask,
    issue,
    reconcile,
    request_redrive,
    upload,
)
from tests.faults.batch_beginnings import (
    bury_a_drops_announcement,
    bury_an_announcement,
    bury_nonsense,
    bury_the_chunks,
    bury_the_message_of_spent_attempts,
    have_a_mixed_manifest,
    have_assets_that_fail,
    have_every_line_counted,
    have_failures,
    have_pending_assets,
    leave_a_file_without_a_batch,
    lose_one_chunk,
    lose_the_announcement,
    lose_the_chunks,
    lose_the_message_of_spent_attempts,
    lose_the_redrive,
    lose_the_splitter,
    never_upload,
    spend_the_splitters,
)
from tests.faults.platform import Platform
from tests.faults.scenarios import Scenario, scenario
from tests.support.cloud_settings import UPLOADS


def ask_upload_and_wait(stage: Platform) -> None:
    """Asked for once more on the way, it is the same batch."""
    issued = issue(stage)
    assert issue(stage)["batch_id"] == issued["batch_id"]
    upload(stage, issued)
    stage.run_to_rest()
    assert ask(stage, "GET", f"{BATCHES}/{issued['batch_id']}").json["percent"] == 100
    assert ask(stage, "GET", BATCHES).json["data"][0]["batch_id"] == issued["batch_id"]
    seen = stage.poll(issued["status_url"]).json
    assert seen["status"] == "completed_with_errors"
    assert {file["name"] for file in seen["files"]} >= {"results", "errors"}


def redrive_in_vain(stage: Platform) -> None:
    """What was unlucky is so again, and is left alone then."""
    stage.engine.doomed |= dict.fromkeys((UNLUCKY, ALSO_UNLUCKY), RuntimeError("no luck"))
    redrive_and_wait(stage)


def redrive_and_wait(stage: Platform) -> None:
    assert request_redrive(stage).status == 202
    stage.run_to_rest()


def issue_and_delete(stage: Platform) -> None:
    """What was asked for; a repetition finds it gone."""
    issued = issue(stage)
    assert ask(stage, "DELETE", f"{BATCHES}/{issued['batch_id']}").status in {204, 404}
    assert insides.batches() == []
    stage.run_to_rest()


def sweep_and_wait(stage: Platform) -> None:
    """A file whose batch was deleted before it came is deleted."""
    stage.run_to_rest()
    assert "Versions" not in stage.cloud.s3.list_object_versions(Bucket=UPLOADS)


def delete_one(stage: Platform) -> None:
    """What a batch waits for is deleted by its user."""
    first = min(stage.assets(), key=lambda asset: asset.asset_id)
    assert stage.delete(first.asset_id).status in {204, 404}
    assert len(stage.assets()) == 1
    stage.run_to_rest()


def reconcile_and_wait(stage: Platform) -> None:
    reconcile(stage)
    stage.run_to_rest()


def report_in_pieces(stage: Platform) -> None:
    """As if the files were of many megabytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(s3_reports, "_PIECE_BYTES", 256)
        patch.setattr(moto_s3, "S3_UPLOAD_PART_MIN_SIZE", 1)
        reconcile_and_wait(stage)


def quarantine_both(stage: Platform) -> None:
    stage.run_to_rest()
    assert len(stage.cloud.keys("quarantine/")) == 2


_RECONCILED = tuple(
    f"reconcile {operation}"
    for operation in (
        "GetItem",
        "ListObjectVersions",
        "Query",
        "SendMessage",
        "SendMessageBatch",
        "UpdateItem",
    )
)

DROPPED = scenario(
    "a dropped manifest",
    have_a_mixed_manifest,
    Platform.run_to_rest,
    *("split_manifest", "ingest_manifest", "generate TransactWriteItems"),
)
FINISHED = scenario(
    "every line counted and nothing reported",
    have_every_line_counted,
    reconcile_and_wait,
    *("ingest_manifest", *_RECONCILED),
)
REDRIVEN = scenario("redriven", have_failures, redrive_and_wait, "api", "ingest_manifest")
IN_VAIN = scenario("redriven in vain", have_failures, redrive_in_vain, "ingest_manifest")
BATCH_SCENARIOS: tuple[Scenario, ...] = (
    DROPPED,
    FINISHED,
    REDRIVEN,
    IN_VAIN,
    scenario(
        "a report of many pieces",
        have_every_line_counted,
        report_in_pieces,
        *(
            f"ingest_manifest {operation}"
            for operation in ("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload")
        ),
    ),
    scenario(
        "an issued batch",
        lambda stage: None,
        ask_upload_and_wait,
        *("api", "status", "split_manifest"),
    ),
    scenario(
        "assets that fail",
        have_assets_that_fail,
        Platform.run_to_rest,
        *("generate TransactWriteItems", "generate ChangeMessageVisibility"),
    ),
    scenario(
        "an asset whose attempts are spent",
        lose_the_message_of_spent_attempts,
        reconcile_and_wait,
        "reconcile TransactWriteItems",
    ),
    scenario(
        "an asset whose attempts are spent, and its dead letter",
        bury_the_message_of_spent_attempts,
        Platform.run_to_rest,
        "dead_letter",
    ),
    scenario("a pending asset deleted", have_pending_assets, delete_one, "api"),
    scenario("deleted before its upload", lambda stage: None, issue_and_delete, "api"),
    scenario(
        "a file of a deleted batch",
        leave_a_file_without_a_batch,
        sweep_and_wait,
        "split_manifest",
    ),
    scenario("a lost announcement", lose_the_announcement, reconcile_and_wait, *_RECONCILED),
    scenario("no upload", never_upload, reconcile_and_wait, *_RECONCILED),
    scenario("a lost splitter", lose_the_splitter, reconcile_and_wait, *_RECONCILED),
    scenario("splitters that all died", spend_the_splitters, reconcile_and_wait, *_RECONCILED),
    scenario("chunks that nobody is told of", lose_the_chunks, reconcile_and_wait, *_RECONCILED),
    scenario("a lost chunk", lose_one_chunk, reconcile_and_wait, *_RECONCILED),
    scenario("a lost redrive", lose_the_redrive, reconcile_and_wait, *_RECONCILED),
    scenario(
        "an announcement among the dead letters",
        bury_an_announcement,
        Platform.run_to_rest,
        "dead_letter",
    ),
    scenario(
        "the announcement of a dropped file among the dead letters",
        bury_a_drops_announcement,
        Platform.run_to_rest,
        "dead_letter",
    ),
    scenario("chunks among the dead letters", bury_the_chunks, Platform.run_to_rest, "dead_letter"),
    scenario(
        "messages that nobody understands",
        bury_nonsense,
        quarantine_both,
        *("split_manifest", "ingest_manifest", "dead_letter"),
    ),
)
