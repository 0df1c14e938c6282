from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest

from meshmill.aws.audit_items import to_entry, to_item
from meshmill.aws.dynamodb_audit import DynamoDbAuditTrail
from meshmill.domain.audit import Action, AuditEntry
from meshmill.ports import AuditTrail
from tests.contract import samples
from tests.contract.samples import NOW
from tests.fakes.audit import InMemoryAuditTrail
from tests.support.backend import Backend, audit_table
from tests.support.sdk_events import counted_calls

KEEP_DAYS = 400


@pytest.fixture(scope="module")
def trail(platform: Backend | None) -> Iterator[AuditTrail]:
    """Shared by tests that each have subjects of their own."""
    if platform is None:
        yield InMemoryAuditTrail()
        return
    with audit_table(platform) as table:
        yield DynamoDbAuditTrail(platform.client("dynamodb"), table, KEEP_DAYS)


def entry(subject: str, number: int = 0, **members: Any) -> AuditEntry:
    made = AuditEntry(
        subject=subject,
        at=NOW + number,
        entry_id=f"{number:026d}",
        action=Action.ASSET_DELETED,
        actor="key:mk_1",
        request_id="request-1",
        target="asset:7",
        details={"run": "1" * 26, "priority": 9, "filters": {"status": "failed"}},
    )
    return dataclasses.replace(made, **members)


def test_an_entry_is_read_back_as_it_was_recorded(trail: AuditTrail) -> None:
    recorded = entry(samples.new_user())

    trail.record([recorded])

    assert trail.of(recorded.subject, None, 10) == [recorded]
    assert trail.latest(recorded.subject, None, 10) == [recorded]


def test_entries_without_details_are_entries_too(trail: AuditTrail) -> None:
    recorded = entry(samples.new_user(), details={})

    trail.record([recorded])

    assert trail.of(recorded.subject, None, 10) == [recorded]


def test_recording_nothing_is_no_error(trail: AuditTrail) -> None:
    trail.record([])


def test_the_same_entry_again_is_one_also_within_one_call(trail: AuditTrail) -> None:
    recorded = entry(samples.new_user())

    trail.record([recorded, recorded])
    trail.record([recorded])

    assert trail.of(recorded.subject, None, 10) == [recorded]


def test_entries_of_one_millisecond_stand_beside_each_other(trail: AuditTrail) -> None:
    user = samples.new_user()
    first, second = entry(user, 1, at=NOW), entry(user, 2, at=NOW)

    trail.record([second, first])

    assert trail.of(user, None, 10) == [first, second]


def test_nobody_elses_entries_are_among_them(trail: AuditTrail) -> None:
    trail.record([entry(samples.new_user())])

    assert trail.of(samples.new_user(), None, 10) == []
    assert trail.latest(samples.new_user(), None, 10) == []


def test_more_entries_than_one_call_takes_are_all_recorded(trail: AuditTrail) -> None:
    user = samples.new_user()
    entries = [entry(user, number) for number in range(60)]

    trail.record(entries)

    assert trail.of(user, None, 100) == entries


def test_pages_join_without_gap_or_overlap_in_either_order(trail: AuditTrail) -> None:
    user = samples.new_user()
    entries = [entry(user, number) for number in range(13)]
    trail.record(entries)
    forward, backward = [], []
    after = before = None
    while page := trail.of(user, after, 5):
        forward.append(page)
        after = page[-1].position
    while page := trail.latest(user, before, 5):
        backward.append(page)
        before = page[-1].position

    assert [len(page) for page in forward] == [len(page) for page in backward] == [5, 5, 3]
    assert list(chain.from_iterable(forward)) == entries
    assert list(chain.from_iterable(backward)) == entries[::-1]


def test_an_entry_of_a_subject_that_begins_like_another_is_not_its(trail: AuditTrail) -> None:
    user = samples.new_user()
    trail.record([entry(f"{user}x")])

    assert trail.of(user, None, 10) == []


def test_twenty_five_entries_are_one_call(aws: Backend) -> None:
    client, user = aws.client("dynamodb"), samples.new_user()
    with audit_table(aws) as table, counted_calls(client) as calls:
        trail = DynamoDbAuditTrail(client, table, KEEP_DAYS)
        trail.record([entry(user, number) for number in range(25)])
        trail.record([entry(user, number) for number in range(26)])

    assert calls["BatchWriteItem"] == 3


def test_an_entry_may_be_dropped_after_so_many_days() -> None:
    item = to_item(entry("u"), keep_days=2)

    assert item["expires_at"] == {"N": str(NOW // 1000 + 2 * 24 * 60 * 60)}
    assert item["at"] == {"N": str(NOW)}


def test_an_entry_of_a_later_version_can_be_read() -> None:
    later = to_item(entry("u"), 1) | {"action": {"S": "asset.painted"}, "new": {"BOOL": True}}

    assert to_entry(later) == entry("u", action="asset.painted")
