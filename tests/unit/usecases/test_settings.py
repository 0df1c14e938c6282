"""What functions read from their environment, and what the CDK app writes there."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from meshmill.domain.lanes import Lane
from meshmill.settings import (
    AccountSettings,
    ApiSettings,
    DeadLetterSettings,
    GenerateSettings,
    ReconcileSettings,
    Settings,
    SettingsError,
    StatusSettings,
)

EVERY = (
    ApiSettings,
    StatusSettings,
    GenerateSettings,
    DeadLetterSettings,
    ReconcileSettings,
    AccountSettings,
)


def settings(kind: type[Settings]) -> Any:
    """Settings whose every value tells the field that it stands in."""
    values: dict[str, Any] = {
        field.name: number if field.type == "int" else f"https://aws.test/{field.name}"
        for number, field in enumerate(dataclasses.fields(kind), 1)
    }
    return kind(**values)


@pytest.mark.parametrize("kind", EVERY)
def test_what_is_written_into_an_environment_reads_back(kind: type[Settings]) -> None:
    written = settings(kind)
    assert kind.from_environment(written.as_environment() | {"OTHER": "x"}) == written


@pytest.mark.parametrize("kind", EVERY)
def test_a_variable_that_is_absent_is_named(kind: type[Settings]) -> None:
    for missing in (environment := settings(kind).as_environment()):
        rest = {name: value for name, value in environment.items() if name != missing}
        with pytest.raises(SettingsError, match=missing):
            kind.from_environment(rest)


def test_a_number_that_is_none_is_named_and_not_repeated() -> None:
    environment = settings(GenerateSettings).as_environment()
    with pytest.raises(SettingsError) as caught:
        GenerateSettings.from_environment(environment | {"MESHMILL_LEASE_MS": "secret"})
    assert "MESHMILL_LEASE_MS" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_each_lane_has_its_queue_and_its_patience() -> None:
    api = settings(ApiSettings)
    assert api.queue_urls == {lane: f"https://aws.test/{lane}_queue_url" for lane in Lane}
    assert set(api.patience) == set(Lane)
    assert len(set(api.patience.values())) == 3


@pytest.mark.parametrize("lane", list(Lane))
def test_an_event_names_its_queue_by_its_arn(lane: Lane) -> None:
    generate = settings(GenerateSettings)
    arn = f"arn:aws:sqs:eu-central-1:123456789012:{lane}_queue_url"
    assert generate.queue_url(arn) == generate.queue_urls[lane]


@pytest.mark.parametrize("arn", ["", "arn:aws:sqs:eu-central-1:123456789012:other", "queue_url"])
def test_an_event_of_another_queue_is_refused(arn: str) -> None:
    with pytest.raises(SettingsError):
        settings(GenerateSettings).queue_url(arn)
