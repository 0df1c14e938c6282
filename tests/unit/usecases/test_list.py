"""A user's listing: newest first, without gap or repeat, by a cursor that can't be forged."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshmill.domain.asset import Asset
from meshmill.domain.errors import DependencyUnavailable, Forbidden, InvalidRequest
from meshmill.usecases.list_assets import Listing
from tests.unit.usecases.world import ADA, ADA_READS, ADMIN_READS, GRACE, World


def page_through(world: World, limit: int, **filters: str) -> list[Asset]:
    found: list[Asset] = []
    cursor = None
    while True:
        page = world.page(ADA, Listing(limit=limit, cursor=cursor, filters=filters))
        found.extend(page.records)
        cursor = page.next_cursor
        if cursor is None:
            return found


def fill(world: World, count: int, *, apart_ms: int = 1) -> list[str]:
    """Ids, newest first."""
    ids = []
    for seed in range(count):
        ids.append(world.submit(seed).asset.asset_id)
        world.clock.advance(apart_ms)
    return ids[::-1]


def first_cursor(world: World) -> str:
    fill(world, 3)
    cursor = world.page(ADA, Listing(limit=1)).next_cursor
    assert cursor is not None
    return cursor


def test_a_user_without_assets_has_one_empty_page(world: World) -> None:
    world.submit(user=GRACE)
    page = world.page(ADA, Listing(limit=20))
    assert (page.records, page.next_cursor) == ((), None)


@pytest.mark.parametrize("count", [19, 20])
def test_what_fits_on_a_page_has_no_cursor(world: World, count: int) -> None:
    ids = fill(world, count)
    page = world.page(ADA, Listing(limit=20))
    assert [asset.asset_id for asset in page.records] == ids
    assert page.next_cursor is None


def test_a_thousand_assets_are_paged_without_gap_or_repeat_while_others_are_added(
    world: World,
) -> None:
    ids = fill(world, 1_000)
    found: list[str] = []
    cursor, added = None, 1_000
    while True:
        page = world.page(ADA, Listing(limit=70, cursor=cursor))
        found += [asset.asset_id for asset in page.records]
        cursor = page.next_cursor
        world.submit(seed=added)
        world.submit(seed=added, user=GRACE)
        added += 1
        if cursor is None:
            break
    assert found == ids


def test_assets_of_one_millisecond_are_paged_without_gap_or_repeat(world: World) -> None:
    ids = fill(world, 50, apart_ms=0)
    found = [asset.asset_id for asset in page_through(world, 7)]
    assert sorted(found) == sorted(ids)


def test_what_is_deleted_between_two_pages_shifts_nothing(world: World) -> None:
    ids = fill(world, 30)
    page = world.page(ADA, Listing(limit=10))
    world.assets.delete(ids[9])
    world.assets.delete(ids[10])
    rest = world.page(ADA, Listing(limit=100, cursor=page.next_cursor))
    assert [asset.asset_id for asset in rest.records] == ids[11:]


def test_what_the_index_still_lists_after_its_deletion_is_left_out(world: World) -> None:
    ids = fill(world, 5)
    positions = world.assets.listed(ADA, None, 10)
    world.assets.delete(ids[2])
    world.assets.listed = lambda user_id, before, limit: positions  # type: ignore[method-assign]
    page = world.page(ADA, Listing(limit=20))
    assert [asset.asset_id for asset in page.records] == ids[:2] + ids[3:]


def test_a_filter_may_leave_a_page_short_and_loses_nothing(world: World) -> None:
    fill(world, 10)
    world.work()
    fill(world, 25)
    page = world.page(ADA, Listing(limit=5, filters={"status": "completed"}))
    assert len(page.records) < 5
    assert page.next_cursor
    assert len(page_through(world, 5, status="completed")) == 10
    assert len(page_through(world, 5, status="pending")) == 15


def test_filters_combine(world: World) -> None:
    fill(world, 3)
    assert len(page_through(world, 2, generator="rock", format="gltf", status="pending")) == 3
    assert page_through(world, 2, generator="terrain", format="gltf") == []


def test_another_users_cursor_is_refused(world: World) -> None:
    cursor = first_cursor(world)
    with pytest.raises(InvalidRequest):
        world.page(GRACE, Listing(limit=20, cursor=cursor))


def test_a_cursor_survives_one_rotation_of_the_keys(world: World) -> None:
    cursor = first_cursor(world)
    world.secret.rotate(b"a new key")
    assert len(world.page(ADA, Listing(limit=20, cursor=cursor)).records) == 2
    world.secret.rotate(b"a newer key")
    with pytest.raises(InvalidRequest):
        world.page(ADA, Listing(limit=20, cursor=cursor))


def test_a_cursor_whose_position_was_changed_is_refused(world: World) -> None:
    padded = first_cursor(world) + "=="
    position, _, signature = base64.urlsafe_b64decode(padded).decode().rpartition(".")
    forged = position[:-1] + ("0" if position[-1] != "0" else "1")
    cursor = base64.urlsafe_b64encode(f"{forged}.{signature}".encode()).decode().rstrip("=")
    with pytest.raises(InvalidRequest) as caught:
        world.page(ADA, Listing(limit=20, cursor=cursor))
    assert caught.value.details["field"] == "cursor"


@settings(deadline=None, derandomize=True, database=None)
@given(st.text(min_size=1) | st.text("ABCabc019_-=", min_size=1))
def test_a_cursor_of_any_text_is_refused_as_a_mistake_of_the_caller(text: str) -> None:
    with pytest.raises(InvalidRequest):
        World().page(ADA, Listing(limit=20, cursor=text))


def test_another_users_listing_is_forbidden(world: World) -> None:
    world.submit(user=GRACE)
    with pytest.raises(Forbidden) as caught:
        world.list_assets(ADA_READS, GRACE, Listing(limit=20))
    assert caught.value.details == {"required": "admin:read"}
    assert world.trail.of(GRACE, None, 10) == []


def test_an_admin_lists_anybodys_assets_and_each_page_is_written_down(world: World) -> None:
    ids = [world.submit(seed, user=GRACE).asset.asset_id for seed in range(3)]
    first = world.list_assets(ADMIN_READS, GRACE, Listing(limit=2, filters={"format": "gltf"}))
    rest = world.list_assets(ADMIN_READS, GRACE, Listing(limit=20, cursor=first.next_cursor))
    assert {asset.asset_id for asset in first.records + rest.records} == set(ids)
    entries = world.trail.of(GRACE, None, 10)
    assert [entry.action for entry in entries] == ["assets.listed_by_admin"] * 2
    assert [entry.target for entry in entries] == [f"user:{GRACE}"] * 2
    assert [entry.details["filters"] for entry in entries] == [{"format": "gltf"}, {}]


def test_a_cursor_of_a_users_listing_opens_no_others_to_an_admin(world: World) -> None:
    cursor = first_cursor(world)
    with pytest.raises(InvalidRequest):
        world.list_assets(ADMIN_READS, GRACE, Listing(limit=20, cursor=cursor))


def test_a_listing_that_can_not_be_written_down_is_not_shown(world: World) -> None:
    world.submit(user=GRACE)
    world.flaky_trail.fail_before("record")
    with pytest.raises(DependencyUnavailable):
        world.list_assets(ADMIN_READS, GRACE, Listing(limit=20))


def test_an_admins_own_listing_is_not_written_down(world: World) -> None:
    world.list_assets(ADMIN_READS, ADMIN_READS.user_id, Listing(limit=20))
    assert world.trail.of(ADMIN_READS.user_id, None, 10) == []
