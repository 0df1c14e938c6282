"""Messages: where they go, who takes them, and what becomes of those that nobody could."""

from __future__ import annotations

from typing import Any

from tests.infra.templates import Synthesised


def of_queues(stage: Synthesised) -> list[dict[str, Any]]:
    """What feeds functions from the six queues."""
    mappings = [
        mapping
        for pair in stage.lanes().values()
        for queue in pair
        for mapping in stage.mappings_of(queue)
    ]
    assert len(mappings) == 6
    return mappings


def test_every_lane_has_a_dead_letter_queue_of_its_own(stage: Synthesised) -> None:
    queues = stage.resources("AWS::SQS::Queue")
    for queue, dead_letters in stage.lanes().values():
        target = queues[queue]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]
        assert target == {"Fn::GetAtt": [dead_letters, "Arn"]}


def test_no_queue_is_left_over(stage: Synthesised) -> None:
    known = {
        name
        for pairs in (stage.lanes(), stage.batch_queues())
        for pair in pairs.values()
        for name in pair
    }
    assert set(stage.resources("AWS::SQS::Queue")) == known


def test_lanes_feed_generate_and_their_dead_letters_feed_dead_letter(stage: Synthesised) -> None:
    for queue, dead_letters in stage.lanes().values():
        for source, verb in ((queue, "generate"), (dead_letters, "dead_letter")):
            (mapping,) = stage.mappings_of(source)
            assert stage.function_of(mapping)["Description"].endswith(f": {verb}")


def test_each_message_is_answered_for_by_itself(stage: Synthesised) -> None:
    for mapping in of_queues(stage):
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_no_lane_can_take_all_workers(stage: Synthesised) -> None:
    for mapping in of_queues(stage):
        assert mapping["ScalingConfig"]["MaximumConcurrency"] >= 2


def test_batches_of_work_are_small(stage: Synthesised) -> None:
    for queue, _ in stage.lanes().values():
        (mapping,) = stage.mappings_of(queue)
        assert mapping["BatchSize"] <= 5
