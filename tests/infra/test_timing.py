"""What the templates say about time agrees, whatever configuration it was written from."""

from __future__ import annotations

from tests.infra.templates import Synthesised

FOURTEEN_DAYS = 14 * 24 * 60 * 60


def test_a_message_stays_hidden_for_six_timeouts_and_the_window(stage: Synthesised) -> None:
    queues = stage.resources("AWS::SQS::Queue")
    for name, queue in queues.items():
        (mapping,) = stage.mappings_of(name)
        timeout = stage.function_of(mapping)["Timeout"]
        window = mapping.get("MaximumBatchingWindowInSeconds", 0)
        assert queue["Properties"]["VisibilityTimeout"] >= 6 * timeout + window, name


def test_a_lease_outlives_the_invocation_that_took_it(stage: Synthesised) -> None:
    environment = stage.environment("generate")
    assert int(environment["MESHMILL_LEASE_MS"]) >= 1_000 * stage.function("generate")["Timeout"]
    assert int(environment["MESHMILL_LEASE_MARGIN_MS"]) > 0


def test_attempts_end_before_deliveries_do(stage: Synthesised) -> None:
    queues = stage.resources("AWS::SQS::Queue")
    maximum = int(stage.environment("generate")["MESHMILL_MAX_ATTEMPTS"])
    for queue, _ in stage.lanes().values():
        receives = queues[queue]["Properties"]["RedrivePolicy"]["maxReceiveCount"]
        assert receives >= 5
        assert 1 <= maximum <= receives


def test_every_function_agrees_on_the_number_of_attempts(stage: Synthesised) -> None:
    verbs = ("generate", "dead_letter", "reconcile")
    assert len({stage.environment(verb)["MESHMILL_MAX_ATTEMPTS"] for verb in verbs}) == 1


def test_messages_are_kept_for_fourteen_days(stage: Synthesised) -> None:
    for name, queue in stage.resources("AWS::SQS::Queue").items():
        assert queue["Properties"]["MessageRetentionPeriod"] == FOURTEEN_DAYS, name


def test_a_retry_comes_before_the_message_would_return_by_itself(stage: Synthesised) -> None:
    delay = int(stage.environment("generate")["MESHMILL_RETRY_DELAY_SECONDS"])
    for queue, _ in stage.lanes().values():
        visibility = stage.resources("AWS::SQS::Queue")[queue]["Properties"]["VisibilityTimeout"]
        assert delay < visibility


def test_a_record_is_handed_back_early_but_not_at_once(stage: Synthesised) -> None:
    reserve = int(stage.environment("generate")["MESHMILL_ATTEMPT_RESERVE_MS"])
    assert 0 < reserve < 1_000 * stage.function("generate")["Timeout"]


def test_patience_is_two_ten_and_sixty_minutes_in_the_cloud(
    production: Synthesised, staging: Synthesised
) -> None:
    for stage in (production, staging):
        environment = stage.environment("api")
        assert [
            int(environment[f"MESHMILL_{lane}_PATIENCE_MS"]) // 60_000
            for lane in ("EXPRESS", "STANDARD", "BULK")
        ] == [2, 10, 60]


def test_what_is_scheduled_runs_each_minute(stage: Synthesised) -> None:
    schedules = stage.resources("AWS::Scheduler::Schedule").values()
    assert len(schedules) == 2
    for schedule in schedules:
        assert schedule["Properties"]["ScheduleExpression"] == "rate(1 minute)"
        assert schedule["Properties"]["Target"]["RetryPolicy"] == {
            "MaximumEventAgeInSeconds": 60,
            "MaximumRetryAttempts": 1,
        }


def test_reconcile_ends_before_its_next_run(stage: Synthesised) -> None:
    assert stage.function("reconcile")["Timeout"] <= 60
