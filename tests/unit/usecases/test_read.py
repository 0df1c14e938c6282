"""Reading one asset, for its owner or by its signed link."""

from __future__ import annotations

import pytest

from meshmill.domain.errors import (
    DependencyUnavailable,
    InvalidSignature,
    LinkExpired,
    NotFound,
)
from meshmill.domain.signing import sign_status_link
from tests.unit.usecases.world import ADA_READS, ADMIN_READS, ASKED, GRACE, World


def test_the_owner_reads_the_asset_as_it_stands(world: World) -> None:
    asset = world.submit().asset
    world.work()
    assert world.read_asset(ADA_READS, asset.asset_id) == world.record(asset)


def test_another_users_asset_is_as_absent_as_one_that_does_not_exist(world: World) -> None:
    asset = world.submit(user=GRACE).asset
    told = []
    for asset_id in (asset.asset_id, "00000000-0000-5000-8000-000000000000"):
        with pytest.raises(NotFound) as caught:
            world.read_asset(ADA_READS, asset_id)
        told.append((caught.value.code, caught.value.message, caught.value.details))
    assert told[0] == told[1]


def test_a_signed_link_reads_without_a_user_until_it_expires(world: World) -> None:
    asset = world.submit().asset
    expires = world.clock.now_ms() // 1000 + 60
    signature = sign_status_link(world.secret.keys(), "assets", asset.asset_id, expires)
    link = ("assets", asset.asset_id, str(expires), signature)
    assert world.read_status(*link) == asset
    world.secret.rotate(b"a new key")
    assert world.read_status(*link) == asset
    world.clock.advance(60_000)
    with pytest.raises(LinkExpired):
        world.read_status(*link)
    world.secret.rotate(b"a newer key")
    with pytest.raises(InvalidSignature):
        world.read_status(*link)


@pytest.mark.parametrize("kind", ["assets", "batches"])
def test_a_signed_link_to_what_is_gone_is_not_found(world: World, kind: str) -> None:
    expires = world.clock.now_ms() // 1000 + 60
    signature = sign_status_link(world.secret.keys(), kind, "gone", expires)
    with pytest.raises(NotFound):
        world.read_status(kind, "gone", str(expires), signature)


def test_a_link_signed_with_a_newer_key_than_ours_is_checked_against_the_one_that_stands(
    world: World,
) -> None:
    asset = world.submit().asset
    held = world.secret.keys()
    world.secret.rotate(b"the newer key")
    expires = world.clock.now_ms() // 1000 + 60
    signature = sign_status_link(world.secret.keys(), "assets", asset.asset_id, expires)
    world.secret.keys = lambda: held  # type: ignore[method-assign]  # a process that lags
    read = world.read_status("assets", asset.asset_id, str(expires), signature)
    assert read == asset


def test_an_admin_reads_anybodys_asset_and_it_is_written_down_first(world: World) -> None:
    asset = world.submit(user=GRACE).asset
    assert world.read_asset(ADMIN_READS, asset.asset_id) == asset
    (entry,) = world.trail.of(GRACE, None, 10)
    assert (entry.action, entry.target) == ("asset.read_by_admin", f"asset:{asset.asset_id}")
    assert (entry.actor, entry.request_id) == (ASKED.actor, ASKED.request_id)
    assert entry.at == world.clock.now_ms()


def test_each_reading_of_an_admin_is_written_down(world: World) -> None:
    asset = world.submit(user=GRACE).asset
    for _ in range(3):
        world.read_asset(ADMIN_READS, asset.asset_id)
    assert len(world.trail.of(GRACE, None, 10)) == 3


def test_what_an_admin_reads_of_their_own_or_does_not_find_is_not_written_down(
    world: World,
) -> None:
    asset = world.submit(user=ADMIN_READS.user_id).asset
    world.read_asset(ADMIN_READS, asset.asset_id)
    with pytest.raises(NotFound):
        world.read_asset(ADMIN_READS, "00000000-0000-5000-8000-000000000000")
    assert world.trail.of(ADMIN_READS.user_id, None, 10) == []


@pytest.mark.parametrize("fail", ["fail_before", "fail_after"])
def test_what_can_not_be_written_down_is_not_shown(world: World, fail: str) -> None:
    asset = world.submit(user=GRACE).asset
    getattr(world.flaky_trail, fail)("record")
    with pytest.raises(DependencyUnavailable):
        world.read_asset(ADMIN_READS, asset.asset_id)
