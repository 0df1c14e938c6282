"""Manifests: how they are announced, who takes them, and how long anything of them is held."""

from __future__ import annotations

from typing import Any

from tests.infra.templates import Synthesised

LAMBDA_CONCURRENCY = 1_000
"""What an account may run at a time, unless it asked for more: *Lambda quotas*."""


def _uploads(stage: Synthesised) -> dict[str, Any]:
    (bucket,) = (
        resource
        for name, resource in stage.resources("AWS::S3::Bucket").items()
        if name.startswith("Uploads")
    )
    return dict(bucket)


def _policy_of(stage: Synthesised, queue: str) -> tuple[str, list[dict[str, Any]]]:
    """Logical id and statements of a queue's policy."""
    ((name, policy),) = (
        (name, policy["Properties"])
        for name, policy in stage.resources("AWS::SQS::QueuePolicy").items()
        if policy["Properties"]["Queues"] == [{"Ref": queue}]
    )
    return name, policy["PolicyDocument"]["Statement"]


def test_every_object_below_uploads_is_announced_to_the_splitters_queue(
    stage: Synthesised,
) -> None:
    queue, _ = stage.batch_queues()["split_manifest"]
    assert _uploads(stage)["Properties"]["NotificationConfiguration"] == {
        "QueueConfigurations": [
            {
                "Event": "s3:ObjectCreated:*",
                "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "uploads/"}]}},
                "Queue": {"Fn::GetAtt": [queue, "Arn"]},
            }
        ]
    }


def test_the_queue_lets_s3_in_before_the_bucket_that_tries_it_is_made(stage: Synthesised) -> None:
    queue, _ = stage.batch_queues()["split_manifest"]
    policy, _ = _policy_of(stage, queue)
    assert policy in _uploads(stage)["DependsOn"]
    assert queue in stage.data["Resources"]


def test_s3_may_announce_only_for_buckets_of_this_stack_and_account(stage: Synthesised) -> None:
    queue, _ = stage.batch_queues()["split_manifest"]
    _, statements = _policy_of(stage, queue)
    (allowed,) = (each for each in statements if each["Effect"] == "Allow")
    assert allowed["Principal"] == {"Service": "s3.amazonaws.com"}
    assert allowed["Action"] == "sqs:SendMessage"
    assert allowed["Resource"] == {"Fn::GetAtt": [queue, "Arn"]}
    condition = allowed["Condition"]
    assert condition["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    (arn,) = condition["ArnLike"].values()
    assert arn["Fn::Join"][1][-1] == f":s3:::meshmill-{stage.stage}-data-*"


def test_nothing_but_s3_may_send_to_a_queue_by_its_policy(stage: Synthesised) -> None:
    allowing = [
        statement
        for policy in stage.resources("AWS::SQS::QueuePolicy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert [each["Sid"] for each in allowing] == ["AnnounceUploads"]


def test_no_function_is_deployed_to_connect_bucket_and_queue(stage: Synthesised) -> None:
    kinds = {resource["Type"] for resource in stage.data["Resources"].values()}
    assert not {kind for kind in kinds if kind.startswith(("Custom::", "AWS::Lambda::"))}


def test_manifests_and_chunks_come_one_at_a_time_and_are_answered_for(stage: Synthesised) -> None:
    for verb, (queue, _) in stage.batch_queues().items():
        (mapping,) = stage.mappings_of(queue)
        assert stage.function_of(mapping)["Description"].endswith(f": {verb}")
        assert mapping["BatchSize"] == 1
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["ScalingConfig"]["MaximumConcurrency"] >= 2


def test_what_was_given_up_of_batches_comes_to_dead_letter(stage: Synthesised) -> None:
    queues = stage.resources("AWS::SQS::Queue")
    for queue, dead_letters in stage.batch_queues().values():
        redrive = queues[queue]["Properties"]["RedrivePolicy"]
        assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": [dead_letters, "Arn"]}
        assert redrive["maxReceiveCount"] >= 5
        (mapping,) = stage.mappings_of(dead_letters)
        assert stage.function_of(mapping)["Description"].endswith(": dead_letter")
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_queues_are_told_by_the_addresses_that_functions_know(stage: Synthesised) -> None:
    (uploads, dead_uploads), (batch, dead_batch) = stage.batch_queues().values()
    for verb in ("api", "split_manifest", "ingest_manifest", "reconcile"):
        assert stage.environment(verb)["MESHMILL_BATCH_QUEUE_URL"] == {"Ref": batch}
    for verb in ("split_manifest", "reconcile"):
        address = stage.environment(verb)["MESHMILL_UPLOAD_QUEUE_URL"]["Fn::ImportValue"]
        assert address.endswith(f"ExportsOutputRef{uploads}{address[-8:]}")
    undertaker = stage.environment("dead_letter")
    assert undertaker["MESHMILL_BATCH_DEAD_LETTERS_URL"] == {"Ref": dead_batch}
    address = undertaker["MESHMILL_UPLOAD_DEAD_LETTERS_URL"]["Fn::ImportValue"]
    assert f"ExportsOutputRef{dead_uploads}" in address


def test_a_lease_outlives_the_splitter_or_ingester_that_took_it(stage: Synthesised) -> None:
    for verb, variable in (("split_manifest", "SPLIT"), ("ingest_manifest", "CHUNK")):
        lease = int(stage.environment(verb)[f"MESHMILL_{variable}_LEASE_MS"])
        assert lease >= 1_000 * stage.function(verb)["Timeout"]
    assert int(stage.environment("split_manifest")["MESHMILL_SPLIT_MARGIN_MS"]) > 0


def test_attempts_at_a_batch_end_before_deliveries_do(stage: Synthesised) -> None:
    queues = stage.resources("AWS::SQS::Queue")
    for verb, variable in (("split_manifest", "SPLIT"), ("ingest_manifest", "CHUNK")):
        queue, _ = stage.batch_queues()[verb]
        receives = queues[queue]["Properties"]["RedrivePolicy"]["maxReceiveCount"]
        assert 1 <= int(stage.environment(verb)[f"MESHMILL_{variable}_MAX_ATTEMPTS"]) <= receives
        delay = int(stage.environment(verb)[f"MESHMILL_{variable}_RETRY_SECONDS"])
        assert delay < queues[queue]["Properties"]["VisibilityTimeout"]


def test_splitters_and_the_reconciler_agree_on_the_number_of_attempts(stage: Synthesised) -> None:
    numbers = {
        stage.environment(verb)["MESHMILL_SPLIT_MAX_ATTEMPTS"]
        for verb in ("split_manifest", "reconcile")
    }
    assert len(numbers) == 1


def test_every_function_agrees_on_how_long_a_batch_may_be_silent(stage: Synthesised) -> None:
    verbs = ("api", "split_manifest", "ingest_manifest")
    assert len({stage.environment(verb)["MESHMILL_BATCH_WATCH_MS"] for verb in verbs}) == 1


def test_an_ingester_keeps_time_for_a_stretch_and_has_some_to_work(stage: Synthesised) -> None:
    reserve = int(stage.environment("ingest_manifest")["MESHMILL_RESERVE_MS"])
    assert 20_000 < reserve < 1_000 * stage.function("ingest_manifest")["Timeout"]


def test_lines_draw_on_a_thousand_a_second_and_forms_last_an_hour(stage: Synthesised) -> None:
    for verb in ("split_manifest", "ingest_manifest"):
        assert stage.environment(verb)["MESHMILL_LINES_PER_SECOND"] == "1000"
    assert stage.environment("api")["MESHMILL_UPLOAD_SECONDS"] == "3600"


def test_links_of_batches_last_seven_days_and_replaced_keys_outlast_them(
    stage: Synthesised,
) -> None:
    week = str(7 * 24 * 60 * 60)
    for verb in ("api", "status"):
        assert stage.environment(verb)["MESHMILL_BATCH_LINK_SECONDS"] == week
    assert stage.service["Outputs"]["LongestLinkSeconds"]["Value"] == week


def test_erasure_waits_for_splitters_and_ingesters(stage: Synthesised) -> None:
    settle = int(stage.environment("account")["MESHMILL_SETTLE_MS"])
    for verb in ("split_manifest", "ingest_manifest"):
        assert settle > 1_000 * stage.function(verb)["Timeout"]


def test_all_queues_together_leave_the_api_a_quarter_of_an_accounts_workers(
    stage: Synthesised,
) -> None:
    concurrency = [
        mapping["Properties"]["ScalingConfig"]["MaximumConcurrency"]
        for mapping in stage.resources("AWS::Lambda::EventSourceMapping").values()
        if "ScalingConfig" in mapping["Properties"]
    ]
    assert len(concurrency) == 10
    assert sum(concurrency) <= 0.75 * LAMBDA_CONCURRENCY
