from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from meshmill.aws.s3_quarantine import S3Quarantine
from meshmill.ports import Quarantine
from tests.fakes.artefacts import InMemoryQuarantine
from tests.support.backend import Backend, bucket


@dataclass(frozen=True)
class Ward:
    """A quarantine, and everything in it by key."""

    quarantine: Quarantine
    kept: Callable[[], dict[str, str]]


@pytest.fixture
def ward(platform: Backend | None) -> Iterator[Ward]:
    if platform is None:
        fake = InMemoryQuarantine()
        yield Ward(fake, lambda: fake.kept)
        return
    with bucket(platform) as name:
        client = platform.client("s3")

        def kept() -> dict[str, str]:
            keys = [it["Key"] for it in client.list_objects_v2(Bucket=name).get("Contents", [])]
            return {
                key: client.get_object(Bucket=name, Key=key)["Body"].read().decode() for key in keys
            }

        yield Ward(S3Quarantine(client, name), kept)


@pytest.mark.parametrize("body", ["", "no JSON", '{"asset_id": 1}', "Größe \u202e\x00", "\ud800"])
def test_whatever_was_sent_is_kept_as_it_was(ward: Ward, body: str) -> None:
    ward.quarantine.keep("express-dead-letters", "message-1", body)

    [(key, text)] = ward.kept().items()
    assert key == "quarantine/express-dead-letters/message-1.json"
    assert json.loads(text) == {
        "queue": "express-dead-letters",
        "message_id": "message-1",
        "body": body,
    }


def test_the_same_message_twice_is_kept_once(ward: Ward) -> None:
    ward.quarantine.keep("bulk", "message-1", "same")
    ward.quarantine.keep("bulk", "message-1", "same")

    assert len(ward.kept()) == 1


def test_messages_of_two_queues_are_kept_apart(ward: Ward) -> None:
    ward.quarantine.keep("bulk", "message-1", "one")
    ward.quarantine.keep("express", "message-1", "two")

    assert len(ward.kept()) == 2
