"""Messages: where they go, who takes them, and what becomes of those that nobody could."""

from __future__ import annotations

from tests.infra.templates import Synthesised


def test_every_lane_has_a_dead_letter_queue_of_its_own(stage: Synthesised) -> None:
    queues = stage.resources("AWS::SQS::Queue")
    for queue, dead_letters in stage.lanes().values():
        target = queues[queue]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]
        assert target == {"Fn::GetAtt": [dead_letters, "Arn"]}


def test_no_queue_is_left_over(stage: Synthesised) -> None:
    known = {name for pair in stage.lanes().values() for name in pair}
    assert set(stage.resources("AWS::SQS::Queue")) == known


def test_lanes_feed_generate_and_their_dead_letters_feed_dead_letter(stage: Synthesised) -> None:
    for queue, dead_letters in stage.lanes().values():
        for source, verb in ((queue, "generate"), (dead_letters, "dead_letter")):
            (mapping,) = stage.mappings_of(source)
            assert stage.function_of(mapping)["Description"].endswith(f": {verb}")


def test_each_message_is_answered_for_by_itself(stage: Synthesised) -> None:
    mappings = stage.resources("AWS::Lambda::EventSourceMapping").values()
    assert len(mappings) == 6
    for mapping in mappings:
        assert mapping["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_no_lane_can_take_all_workers(stage: Synthesised) -> None:
    for mapping in stage.resources("AWS::Lambda::EventSourceMapping").values():
        assert mapping["Properties"]["ScalingConfig"]["MaximumConcurrency"] >= 2


def test_batches_of_work_are_small(stage: Synthesised) -> None:
    for queue, _ in stage.lanes().values():
        (mapping,) = stage.mappings_of(queue)
        assert mapping["BatchSize"] <= 5
