"""Reading one asset, for its owner or by its signed link."""

from __future__ import annotations

import pytest

from meshmill.domain.errors import InvalidSignature, LinkExpired, NotFound
from meshmill.domain.signing import sign_status_link
from tests.unit.usecases.world import ADA, GRACE, World


def test_the_owner_reads_the_asset_as_it_stands(world: World) -> None:
    asset = world.submit().asset
    world.work()
    assert world.read_asset(ADA, asset.asset_id) == world.record(asset)


def test_another_users_asset_is_as_absent_as_one_that_does_not_exist(world: World) -> None:
    asset = world.submit(user=GRACE).asset
    told = []
    for asset_id in (asset.asset_id, "00000000-0000-5000-8000-000000000000"):
        with pytest.raises(NotFound) as caught:
            world.read_asset(ADA, asset_id)
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
    assert read.asset_id == asset.asset_id
